import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { SourceLog, Warning } from '../contract.ts'
import { type Arrival, decodeSegment, encodeSegment, sizeOf } from './segment.ts'

/** One object of the log: the arrivals from position `first` up to the next object's. */
interface Piece {
  readonly first: number
  readonly count: number
  readonly bytes: number
  /** Bytes of all objects before it that this run knows of. */
  readonly before: number
}
interface Waiting {
  readonly arrivals: readonly Arrival[]
  readonly state: unknown
  readonly resolve: (last: number) => void
  readonly reject: (reason: unknown) => void
}

/** What goes into one put at most; a single larger append goes whole. */
const GROUP_BYTES = 8 << 20
/** Objects written last are kept in memory: the next batch reads just these. */
const KEPT_BYTES = 16 << 20
/** Where deleting is a request that costs, so many objects are worth one. */
const WORTH_A_REQUEST = 100

const nameOf = (first: number): string => String(first).padStart(20, '0')

/**
 * What came in and cannot be asked for again, in the checkpoint: a write-ahead log. An arrival has a position, counted from 0.
 *
 * Promises: `append` is fulfilled when its arrivals are durable, and they stay until they are forgotten; those that wait together share one put.
 * Each object is put under the position of its first arrival and only where that name is free, so of two processes on one checkpoint
 * one is told SOURCE_LOG_CONFLICT before it has promised anything. The newest object is never deleted: it holds the count and the feed's state.
 */
export class ArrivalLog {
  readonly #log: SourceLog
  readonly #run: string
  readonly #pieces: Piece[] = []
  readonly #kept = new Map<number, Uint8Array>()
  readonly #waiting: Waiting[] = []
  readonly #listeners = new Set<() => void>()
  #keptBytes = 0
  #next = 0
  #queued = 0
  #attempt = 0
  #state: unknown
  #writing: Promise<void> | undefined
  #failure: unknown

  private constructor(log: SourceLog, platform: Platform) {
    this.#log = log
    this.#run = platform.ids.uuid()
  }

  /** Reads what an earlier run has left. @throws ARRIVAL_LOG_DAMAGED */
  static async open(log: SourceLog, platform: Platform, warn: (warning: Warning) => void = () => {}): Promise<ArrivalLog> {
    const opened = new ArrivalLog(log, platform)
    await opened.#restore(warn)
    return opened
  }

  /** The position of the last durable arrival; -1 = none ever was. */
  get end(): number {
    return this.#next - 1
  }
  /** What the feed left with its last append. */
  get state(): unknown {
    return this.#state
  }
  /** What ended the log: nothing can be appended any more. */
  get failure(): unknown {
    return this.#failure
  }

  /** Bytes behind a position, those still on their way to the disk included. */
  bytesAfter(position: number): number {
    const piece = this.#pieces[this.#indexOf(position + 1)]
    if (!piece) return this.#queued
    const taken = Math.max(0, position + 1 - piece.first)
    return this.#queued + this.#total() - piece.before - Math.floor((piece.bytes * taken) / piece.count)
  }

  /** Fulfilled with the position of the last one when all are durable, and `state` with them. */
  append(arrivals: readonly Arrival[], state?: unknown): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (arrivals.length === 0) return Promise.resolve(this.end)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ arrivals, state, resolve, reject })
      for (const arrival of arrivals) this.#queued += sizeOf(arrival)
      // what is appended in the same turn goes together
      this.#writing ??= Promise.resolve().then(() => this.#writeAll())
    })
  }

  /** Fulfilled when what was appended before is durable, or will never be. */
  async settled(): Promise<void> {
    if (!this.#writing) return
    await new Promise<void>(resolve => {
      this.#waiting.push({ arrivals: [], state: undefined, resolve: () => resolve(), reject: () => resolve() })
    })
  }

  /** The arrivals behind `start` up to `end`, in slices. @throws ARRIVALS_GONE, ARRIVAL_LOG_DAMAGED */
  async *read(start: number, end: number): AsyncGenerator<readonly Arrival[]> {
    let at = start + 1
    while (at <= end) {
      const piece = this.#pieces[this.#indexOf(at)]
      if (!piece || piece.first > at) throw this.#gone(at)
      const arrivals = await this.#arrivalsOf(piece)
      yield arrivals.slice(at - piece.first, end - piece.first + 1)
      at = piece.first + piece.count
    }
  }

  /** How far a batch that begins behind `start` goes with so many arrivals or bytes; at least one object's share of them. */
  endWithin(start: number, most: { readonly arrivals?: number | undefined; readonly bytes: number }): number {
    const last = most.arrivals === undefined ? this.end : Math.min(this.end, start + most.arrivals)
    let bytes = 0
    let end = start
    for (let i = this.#indexOf(start + 1); i < this.#pieces.length; i++) {
      const piece = this.#pieces[i]!
      if (end > start && bytes + piece.bytes > most.bytes) break
      bytes += piece.bytes
      end = piece.first + piece.count - 1
      if (end >= last) break
    }
    return Math.min(end, last)
  }

  /** Arrivals up to here are never asked for again. */
  async forget(position: number): Promise<void> {
    const done = this.#pieces.slice(0, Math.min(this.#indexOf(position + 1), this.#pieces.length - 1))
    if (done.length === 0 || (this.#log.store.localRoot === undefined && done.length < WORTH_A_REQUEST)) return
    this.#pieces.splice(0, done.length)
    for (const { first } of done) this.#drop(first)
    await this.#log.store.delete(done.map(p => this.#pathOf(p.first)))
  }

  /** Goes on counting from here; only while the log is empty. */
  skipTo(next: number): void {
    if (this.#pieces.length === 0 && this.#queued === 0) this.#next = Math.max(this.#next, next)
  }

  /** Calls back when something became durable, or nothing will any more; gives how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The first object that ends at the position or behind it. */
  #indexOf(position: number): number {
    let [low, high] = [0, this.#pieces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const { first, count } = this.#pieces[middle]!
      if (first + count - 1 < position) low = middle + 1
      else high = middle
    }
    return low
  }

  #total(): number {
    const last = this.#pieces.at(-1)
    return last ? last.before + last.bytes : 0
  }

  #pathOf(first: number): string {
    return `${this.#log.millracePath}/${nameOf(first)}`
  }

  #gone(position: number): MillraceError {
    return new MillraceError('ARRIVALS_GONE', { log: this.#log.millracePath, position, end: this.end })
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0 && this.#failure === undefined) {
      const group = this.#takeGroup()
      try {
        await this.#put(group)
      } catch (error) {
        this.#fail(error, group)
      }
      for (const listener of this.#listeners) listener()
    }
    this.#writing = undefined
  }

  /** Whoever waits now goes together, up to a size. */
  #takeGroup(): Waiting[] {
    let bytes = 0
    let n = 0
    while (n < this.#waiting.length && (n === 0 || bytes < GROUP_BYTES)) {
      for (const arrival of this.#waiting[n]!.arrivals) bytes += sizeOf(arrival)
      n++
    }
    return this.#waiting.splice(0, n)
  }

  async #put(group: readonly Waiting[]): Promise<void> {
    const arrivals = group.flatMap(w => w.arrivals)
    if (arrivals.length > 0) await this.#putObject(arrivals, group)
    let end = this.end - arrivals.length
    for (const { arrivals: own, resolve } of group) {
      end += own.length
      resolve(end)
    }
  }

  async #putObject(arrivals: readonly Arrival[], group: readonly Waiting[]): Promise<void> {
    const state = group.findLast(w => w.state !== undefined)?.state ?? this.#state
    const bytes = encodeSegment({ arrivals, state })
    const first = this.#next
    const path = this.#pathOf(first)
    const put = await this.#log.store.writeIfAbsent(path, bytes, { run: this.#run, attempt: this.#attempt++ })
    if (put === 'existed') throw new MillraceError('SOURCE_LOG_CONFLICT', { path })
    this.#pieces.push({ first, count: arrivals.length, bytes: bytes.length, before: this.#total() })
    this.#keep(first, bytes)
    this.#next = first + arrivals.length
    this.#state = state
    for (const arrival of arrivals) this.#queued -= sizeOf(arrival)
  }

  /** Whether the name is there now is not known, so nothing can come after it: the query ends, and its next run looks. */
  #fail(error: unknown, group: readonly Waiting[]): void {
    this.#failure = error
    for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(error)
  }

  #keep(first: number, bytes: Uint8Array): void {
    this.#kept.set(first, bytes)
    this.#keptBytes += bytes.length
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= KEPT_BYTES) break
      this.#drop(oldest)
    }
  }

  #drop(first: number): void {
    this.#keptBytes -= this.#kept.get(first)?.length ?? 0
    this.#kept.delete(first)
  }

  async #arrivalsOf({ first }: Piece): Promise<readonly Arrival[]> {
    const path = this.#pathOf(first)
    const bytes = this.#kept.get(first) ?? (await this.#log.store.read(path))
    if (!bytes) throw this.#gone(first)
    const segment = decodeSegment(bytes)
    if (!segment) throw new MillraceError('ARRIVAL_LOG_DAMAGED', { path })
    return segment.arrivals
  }

  async #restore(warn: (warning: Warning) => void): Promise<void> {
    const { store, millracePath } = this.#log
    const found = (await store.list(millracePath, { shallow: true })).flatMap(({ path, size }) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      return /^\d{20}$/.test(name) ? [{ path, size, first: Number(name) }] : []
    })
    while (found.length > 0) {
      const last = found.at(-1)!
      const segment = decodeSegment((await store.read(last.path)) ?? new Uint8Array())
      if (segment) {
        found.forEach(({ first, size }, i) => {
          const count = found[i + 1] ? found[i + 1]!.first - first : segment.arrivals.length
          this.#pieces.push({ first, count, bytes: size, before: this.#total() })
        })
        this.#next = last.first + segment.arrivals.length
        this.#state = segment.state
        return
      }
      // Only the last put of a run can have been cut off, and nobody was promised anything of it.
      if ((await store.crashLeaves?.()) !== 'torn') throw new MillraceError('ARRIVAL_LOG_DAMAGED', { path: last.path })
      warn({
        code: 'ARRIVALS_CUT_OFF',
        message: `${last.path} was cut off by a crash before anything in it was acknowledged; it is left out`,
      })
      await store.delete([last.path])
      found.pop()
    }
  }
}
