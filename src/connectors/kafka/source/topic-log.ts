import { MillraceError } from '../../../errors/index.ts'
import type { SourceLog } from '../../contract.ts'
import { type Positions, positionsOf, printPositions } from './positions.ts'

/** From where partitions of topics that were made again are read, by a batch that starts at `start`. */
interface Reset {
  readonly start: string
  readonly from: Positions
}
interface Entry {
  readonly ids: Readonly<Record<string, string>>
  readonly reset?: Reset
}

const WRITER = { run: 'kafka', attempt: 0 }

/**
 * Which topics the stream's offsets belong to: their ids, which Spark's offsets do not hold. `millrace/sources/<i>/topics/<n>`, a new entry
 * each time they change. Where a topic was made again, the entry also says from where the batch that noticed it reads: a rerun reads the same.
 */
export class TopicLog {
  readonly #log: SourceLog
  readonly #directory: string
  readonly #resets = new Map<string, Positions>()
  #ids: ReadonlyMap<string, string> = new Map()
  #next = 0

  private constructor(log: SourceLog) {
    this.#log = log
    this.#directory = `${log.millracePath}/topics`
  }

  static async open(log: SourceLog): Promise<TopicLog> {
    const topics = new TopicLog(log)
    const names = (await log.store.list(topics.#directory, { shallow: true })).map(o => o.path.slice(o.path.lastIndexOf('/') + 1))
    const numbers = names.filter(name => /^\d+$/.test(name)).map(Number)
    for (const n of numbers.sort((a, b) => a - b)) topics.#take(await topics.#read(n), n)
    return topics
  }

  /** Ids by topic as they were last written; topics the log does not know were never looked at (a checkpoint of Spark's). */
  get ids(): ReadonlyMap<string, string> {
    return this.#ids
  }

  /** From where the batch that starts at `start` reads partitions that were made again. */
  resetsAt(start: string | null): Positions {
    return (start !== null && this.#resets.get(start)) || new Map()
  }

  /** Durable when it answers. @throws SOURCE_LOG_CONFLICT when another query wrote here */
  async write(ids: ReadonlyMap<string, string>, reset?: Reset): Promise<void> {
    const entry: Entry = { ids: Object.fromEntries(ids), ...(reset && { reset }) }
    const path = `${this.#directory}/${this.#next}`
    const from = reset && { start: reset.start, from: JSON.parse(printPositions(reset.from)) as unknown }
    const bytes = new TextEncoder().encode(`v1\n${JSON.stringify({ ids: entry.ids, ...(from && { reset: from }) })}`)
    if ((await this.#log.store.writeIfAbsent(path, bytes, WRITER)) === 'existed')
      throw new MillraceError('SOURCE_LOG_CONFLICT', { path: `${this.#log.store.uri}/${path}` })
    this.#take(entry, this.#next)
  }

  #take(entry: Entry, n: number): void {
    this.#ids = new Map(Object.entries(entry.ids))
    if (entry.reset) this.#resets.set(entry.reset.start, entry.reset.from)
    this.#next = n + 1
  }

  async #read(n: number): Promise<Entry> {
    const path = `${this.#directory}/${n}`
    const bytes = await this.#log.store.read(path)
    const [version, text = ''] = new TextDecoder().decode(bytes).split('\n')
    const entry = version === 'v1' ? entryOf(text) : undefined
    if (!entry) throw new MillraceError('MALFORMED_LOG_FILE', { path, reason: 'expected "v1" and the ids of the topics' })
    return entry
  }
}

function entryOf(text: string): Entry | undefined {
  try {
    const { ids, reset } = JSON.parse(text) as { ids: Record<string, string>; reset?: { start: string; from: unknown } }
    if (!reset) return { ids }
    const from = positionsOf(reset.from)
    return from && { ids, reset: { start: reset.start, from } }
  } catch {
    return undefined
  }
}
