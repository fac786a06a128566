import { basename, dirname, join } from 'node:path'
import { didYouMean, MillraceError } from '../../errors/index.ts'
import type { DataContext, Dataset } from './dataset.ts'
import { isFrame, isLocal, whatIs } from './dataset.ts'
import type { Entry } from './entry.ts'
import { shownEntry } from './show-entry.ts'

/** `type: table`: all that is there now, read and written as a batch. */
export class TableDataset implements Dataset {
  readonly kind = 'table'
  readonly entry: Entry

  constructor(entry: Entry) {
    this.entry = entry
  }
  get name(): string {
    return this.entry.name
  }

  async load(context: DataContext): Promise<unknown> {
    const { format, load, schema } = this.entry
    const reader = (await context.session()).read.format(format)
    const declared = (schema ? reader.schema(schema) : reader).options(load.values)
    const path = await this.#readPath(context)
    return path === undefined ? declared.load() : declared.load(path)
  }

  async save(data: unknown, context: DataContext): Promise<undefined> {
    const { name, format, save, mode, partitionBy, singleFile } = this.entry
    if (!isFrame(data) || data.isStreaming)
      throw new MillraceError('DATASET_CANNOT', {
        name,
        what: 'written',
        why: `it is a table, and what the node gave is ${whatIs(data)}`,
        instead: 'Return a batch frame, or let the entry be of type "stream".',
      })
    const path = this.#writePath(context)
    if (path !== undefined && isLocal(path)) await context.platform.files.makeDir(dirname(path))
    if (singleFile) return this.#oneFile(data, path, context)
    const writer = data.write.format(format).mode(mode).options(save.values)
    await (partitionBy.length > 0 ? writer.partitionBy(...partitionBy) : writer).save(path)
    return undefined
  }

  async #oneFile(data: any, path: string | undefined, { platform }: DataContext): Promise<undefined> {
    const { name, save, mode, partitionBy } = this.entry
    const refuse = (why: string, instead: string): never => {
      throw new MillraceError('DATASET_CANNOT', { name, what: 'written as one file', why, instead })
    }
    if (path === undefined) return refuse('it has no path', 'Give it a path.')
    if (partitionBy.length > 0) return refuse('partition_by makes directories', 'Leave out partition_by or single_file.')
    const there = (await platform.files.stat(path)) !== undefined
    if (mode === 'append') return refuse('a file is there whole or not at all', 'Write save_args: { mode: overwrite }.')
    if (mode === 'error' && there) return refuse(`"${path}" is there already`, 'Write save_args: { mode: overwrite }.')
    if (mode === 'ignore' && there) return undefined
    await data.writeFile(path, save.values)
    return undefined
  }

  async exists(context: DataContext): Promise<boolean | undefined> {
    const { path, versioned } = this.entry
    if (path === undefined || !isLocal(path)) return undefined
    return versioned ? (await versionsOf(path, context)).length > 0 : (await context.platform.files.stat(path)) !== undefined
  }

  describe(): Promise<Readonly<Record<string, unknown>>> {
    return shownEntry(this.entry)
  }

  #writePath({ runId }: DataContext): string | undefined {
    const { path, versioned } = this.entry
    return versioned ? join(this.#versions(), runId, basename(this.#versions())) : path
  }

  /** The version asked for, or the newest. */
  async #readPath(context: DataContext): Promise<string | undefined> {
    const { path, versioned, name } = this.entry
    const wanted = context.versions[name]
    if (!versioned) {
      if (wanted === undefined) return path
      throw new MillraceError('DATASET_CANNOT', {
        name,
        what: 'loaded by version',
        why: 'it is not versioned',
        instead: 'Leave it out of --load-versions, or write "versioned: true".',
      })
    }
    const known = await versionsOf(this.#versions(), context)
    const version = wanted ?? known.at(-1)
    if (version !== undefined && known.includes(version)) return join(this.#versions(), version, basename(this.#versions()))
    throw new MillraceError('DATASET_CANNOT', {
      name,
      what: 'loaded',
      why: wanted === undefined ? `there is no version below "${path}"` : `there is no version "${wanted}"${didYouMean(wanted, known)}`,
      instead: known.length === 0 ? 'Run the pipeline that writes it first.' : `Versions are ${known.slice(-5).join(', ')}.`,
    })
  }

  #versions(): string {
    const { path, name } = this.entry
    if (path !== undefined && isLocal(path)) return path.replace(/\/$/, '')
    throw new MillraceError('DATASET_CANNOT', {
      name,
      what: 'versioned',
      why: 'versions are directories of this machine',
      instead: 'Leave out "versioned", or use a local path.',
    })
  }
}

/** Versions by name, oldest first: ids of runs are times. */
async function versionsOf(path: string, { platform }: DataContext): Promise<readonly string[]> {
  return [...(await platform.files.list(path))].filter(name => !/^[._]/.test(name)).sort()
}
