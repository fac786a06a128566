import type { QueryPreview, StreamingQuery } from '../../api/index.ts'
import { MillraceError } from '../../errors/index.ts'
import { needsColumns } from './columns.ts'
import type { DataContext, Dataset, LoadOptions } from './dataset.ts'
import { isFrame, isLocal, whatIs } from './dataset.ts'
import type { Entry } from './entry.ts'
import { shownEntry } from './show-entry.ts'

/** `type: stream`: `readStream` when it is loaded, `writeStream` when it is saved. */
export class StreamDataset implements Dataset {
  readonly kind = 'stream'
  readonly entry: Entry

  constructor(entry: Entry) {
    this.entry = entry
  }
  get name(): string {
    return this.entry.name
  }

  async load({ session }: DataContext, { written }: LoadOptions = {}): Promise<unknown> {
    const { format, load, path } = this.entry
    const schema = this.entry.schema ?? (needsColumns(format) ? written : undefined)
    const reader = (await session()).readStream.format(format)
    const declared = (schema ? reader.schema(schema) : reader).options(load.values)
    return path === undefined ? declared.load() : declared.load(path)
  }

  /** Started as soon as it is told to; the checkpoint decides where it goes on. */
  async save(data: unknown, _context?: DataContext): Promise<StreamingQuery> {
    const writer = this.writer(data)
    const { path } = this.entry
    return path === undefined ? writer.start() : writer.start(path)
  }

  /** The query as it would be started. @throws DATASET_CANNOT for what is no stream */
  writer(data: unknown): any {
    const { name, format, save, outputMode, checkpoint, trigger, partitionBy, queryName } = this.entry
    if (!isFrame(data) || !data.isStreaming)
      throw new MillraceError('DATASET_CANNOT', {
        name,
        what: 'written',
        why: `it is a stream, and what the node gave is ${whatIs(data)}`,
        instead: 'Return a streaming frame, or let the entry be of type "table".',
      })
    let writer = data.writeStream.format(format).outputMode(outputMode).queryName(queryName).options(save.values)
    if (checkpoint !== undefined) writer = writer.option('checkpointLocation', checkpoint)
    if (trigger) writer = writer.trigger(trigger)
    return partitionBy.length > 0 ? writer.partitionBy(...partitionBy) : writer
  }

  /** What starting it would do. */
  preview(data: unknown): Promise<QueryPreview> {
    const { path } = this.entry
    return this.writer(data).preview(path)
  }

  /** Has its checkpoint a batch that is done? What cannot be started says so when it is. */
  async isCommitted(data: unknown): Promise<boolean> {
    return this.preview(data).then(
      ({ checkpoint }) => checkpoint.lastCommitted >= 0,
      () => false,
    )
  }

  async exists({ platform }: DataContext): Promise<boolean | undefined> {
    const { path } = this.entry
    if (path === undefined || !isLocal(path)) return undefined
    // Of globs the part above the first wildcard has to be there.
    const fixed = path.replace(/[^/]*[*?{[].*$/, '')
    return (await platform.files.stat(fixed)) !== undefined
  }

  describe(): Promise<Readonly<Record<string, unknown>>> {
    return shownEntry(this.entry)
  }
}
