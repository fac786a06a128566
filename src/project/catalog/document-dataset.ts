import { dirname } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { DataContext, Dataset } from './dataset.ts'
import { isFrame, whatIs } from './dataset.ts'
import type { Entry } from './entry.ts'
import { shownEntry } from './show-entry.ts'

/** `type: json` and `type: text`: one value in one file, for what is no table. */
export class DocumentDataset implements Dataset {
  readonly kind = 'document'
  readonly entry: Entry

  constructor(entry: Entry) {
    this.entry = entry
  }
  get name(): string {
    return this.entry.name
  }

  async load({ platform }: DataContext): Promise<unknown> {
    const text = new TextDecoder().decode(await platform.files.read(this.#path()))
    return this.entry.format === 'json' ? JSON.parse(text) : text
  }

  async save(data: unknown, { platform, runId }: DataContext): Promise<undefined> {
    const { name, format } = this.entry
    if (isFrame(data) || data === undefined || (format === 'text' && typeof data !== 'string'))
      throw new MillraceError('DATASET_CANNOT', {
        name,
        what: 'written',
        why: `it is a ${format === 'json' ? 'JSON value' : 'text'}, and what the node gave is ${whatIs(data)}`,
        instead: format === 'json' ? 'Return a plain value, or let the entry be of type "table".' : 'Return a text.',
      })
    const text = format === 'json' ? `${JSON.stringify(data, (_, v) => (typeof v === 'bigint' ? String(v) : v), 2)}\n` : String(data)
    const path = this.#path()
    await platform.files.makeDir(dirname(path))
    const draft = `${path}.${runId}.tmp`
    await platform.files.write(draft, new TextEncoder().encode(text))
    await platform.files.rename(draft, path)
    return undefined
  }

  async exists({ platform }: DataContext): Promise<boolean> {
    return (await platform.files.stat(this.#path())) !== undefined
  }

  describe(): Promise<Readonly<Record<string, unknown>>> {
    return shownEntry(this.entry)
  }

  #path(): string {
    const { path, name } = this.entry
    if (path !== undefined) return path
    throw new MillraceError('DATASET_CANNOT', { name, what: 'used', why: 'it has no path', instead: 'Give it a path.' })
  }
}
