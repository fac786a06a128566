import { MillraceError } from '../../errors/index.ts'
import type { RowBatch, StructType } from '../../types/index.ts'
import type { BatchesScan, Offset, PlannedRange, ReadLimit, Source } from '../contract.ts'
import type { ArrivalLog } from './log.ts'
import type { Arrival } from './segment.ts'

/** What brings arrivals into the log while the source is open. */
export interface Feed {
  /** What ended it: the query ends with that. */
  failed(): unknown
  /** Fulfilled when what there is to be had now is in the log; for feeds that fetch. */
  catchUp?(signal: AbortSignal): Promise<void>
  metrics?(): Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface ArrivalSourceParts {
  readonly description: string
  readonly schema: StructType
  readonly log: ArrivalLog
  /** Opens what brings the arrivals. `changed` wakes the query where the feed failed; `full` says whether it should wait before it takes more. */
  readonly openFeed: (query: FeedHost) => Promise<Feed>
  readonly rowsOf: (arrivals: readonly Arrival[]) => RowBatch
  readonly maxEventsPerTrigger?: number | undefined
  /** More bytes than these are not taken in while no batch has taken them on. */
  readonly maxLogBytes: number
  /** The log may be empty though batches were committed: it goes on counting from there. */
  readonly mayBeLost?: boolean
}

/** What a feed may ask of the query it feeds. */
export interface FeedHost {
  changed(): void
  /** Bytes that may still be taken in before the log is full. */
  room(): number
  /** Fulfilled when there is room again, or aborted. */
  hasRoom(signal: AbortSignal): Promise<void>
}

/** One slice of the engine: what a batch takes where nothing else is said. */
const BATCH_BYTES = 64 << 20

/** A source over a log of arrivals: batches are ranges of positions, whatever brought them. Offsets are bare numbers, as those of Spark's socket source. */
export class ArrivalSource implements Source {
  readonly description: string
  readonly schema: StructType
  readonly #parts: ArrivalSourceParts
  readonly #wakers = new Set<() => void>()
  #feed: Feed | undefined
  #planned = -1
  #frozen: number | undefined
  #caughtUp = false

  private constructor(parts: ArrivalSourceParts) {
    this.description = parts.description
    this.schema = parts.schema
    this.#parts = parts
    parts.log.onChange(() => this.#wake())
  }

  static async open(parts: ArrivalSourceParts): Promise<ArrivalSource> {
    const source = new ArrivalSource(parts)
    source.#feed = await parts.openFeed({
      changed: () => source.#wake(),
      room: () => source.#room(),
      hasRoom: signal => source.#until(() => source.#room() > 0, signal),
    })
    return source
  }

  async plan(start: Offset | null, limit: ReadLimit, { signal }: { readonly signal: AbortSignal }): Promise<PlannedRange> {
    const { log, maxEventsPerTrigger } = this.#parts
    const from = this.#from(start)
    if (limit.kind === 'none' && this.#frozen === undefined) await this.#catchUp(signal)
    if (this.#frozen === undefined) await log.settled()
    this.#throwIfFailed()
    const latest = this.#frozen ?? log.end
    if (latest <= from) return { end: start, latest: latest < 0 ? null : String(Math.max(latest, from)) }
    const all = limit.kind === 'none' ? latest : log.endWithin(from, { arrivals: maxEventsPerTrigger, bytes: BATCH_BYTES })
    const end = Math.min(all, latest)
    this.#planned = end
    this.#wake()
    return { end: String(end), latest: String(latest), more: end < latest }
  }

  async prepareAvailableNow({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    await this.#catchUp(signal)
    await this.#parts.log.settled()
    this.#throwIfFailed()
    this.#frozen = this.#parts.log.end
  }

  async read(start: Offset | null, end: Offset): Promise<BatchesScan> {
    const { log, schema, rowsOf } = this.#parts
    const [from, to] = [this.#from(start), this.#position(end)]
    if (to > log.end) throw this.#lost(to)
    this.#planned = Math.max(this.#planned, to)
    const batches = {
      async *[Symbol.asyncIterator]() {
        for await (const arrivals of log.read(from, to)) yield rowsOf(arrivals)
      },
    }
    return { kind: 'batches', schema, batches }
  }

  async commit(end: Offset): Promise<void> {
    await this.#parts.log.forget(this.#position(end))
  }

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    await this.#until(() => this.#failure() !== undefined || (this.#frozen === undefined && this.#parts.log.end > this.#planned), signal)
    if (!signal.aborted) this.#throwIfFailed()
  }

  metrics(): Readonly<Record<string, string>> {
    return { ...this.#feed?.metrics?.(), waitingBytes: String(this.#parts.log.bytesAfter(this.#planned)) }
  }

  async close(): Promise<void> {
    await this.#feed?.close()
    await this.#parts.log.settled()
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    if (this.#caughtUp) return
    this.#caughtUp = true
    await this.#feed?.catchUp?.(signal)
  }

  #failure(): unknown {
    return this.#parts.log.failure ?? this.#feed?.failed()
  }
  #throwIfFailed(): void {
    const failure = this.#failure()
    if (failure !== undefined) throw failure
  }

  /** What a batch has taken on counts no more: it leaves the log with the commit of the one after it. */
  #room(): number {
    return this.#parts.maxLogBytes - this.#parts.log.bytesAfter(this.#planned)
  }

  #from(start: Offset | null): number {
    const { log, mayBeLost } = this.#parts
    const from = start === null ? -1 : this.#position(start)
    if (mayBeLost) log.skipTo(from + 1)
    if (from > log.end) throw this.#lost(from)
    this.#planned = Math.max(this.#planned, from)
    return from
  }

  #position(offset: Offset): number {
    if (!/^\d+$/.test(offset))
      throw new MillraceError('INVALID_OFFSET', { source: this.description, offset, expected: 'a position such as 41' })
    return Number(offset)
  }

  #lost(position: number): MillraceError {
    return new MillraceError('ARRIVALS_GONE', { log: this.description, position, end: this.#parts.log.end })
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake()
  }

  async #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !holds()) {
      await new Promise<void>(resolve => {
        const done = () => {
          this.#wakers.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        this.#wakers.add(done)
        signal.addEventListener('abort', done)
      })
    }
  }
}
