import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { RowBatch } from '../../../types/index.ts'
import type { KafkaClient, KafkaOffset, TopicPartition } from '../client/contract.ts'
import { nameOf, partitionOf } from '../client/partition-name.ts'
import { ColumnPool, LentColumns } from '../records/lent-columns.ts'
import { COLUMN, RecordTable, type Room } from '../records/record-table.ts'
import { Bell } from './bell.ts'
import type { Fetcher, FetcherOptions, OffsetRange, ReadOptions } from './contract.ts'
import { Poller } from './poller.ts'
import { decodeChunk } from './range-reader.ts'
import { Tape } from './tape.ts'

/** A batch of rows ends behind so many bytes of keys and values, or so many rows. */
const SLICE_BYTES = 16 << 20
const SLICE_ROWS = 1 << 18
/** Where values are lent: pieces of memory that are used again need not fit exactly. */
const LENT_SLICE_BYTES = 1 << 20
/** So much more than is expected. */
const ROOM_TO_SPARE = 1.125
/** So many rows tell how large records are. */
const MANY_ROWS = 256

interface Job {
  readonly range: OffsetRange
  readonly tape: Tape
}

/** Reads partitions through raw Fetch requests; raw record batches are kept ahead of who reads and decoded when they are asked for. */
export const openFetcher = (client: KafkaClient, options: FetcherOptions, platform: Platform): Fetcher =>
  new TapeFetcher(client, options, platform)

class TapeFetcher implements Fetcher {
  readonly #client: KafkaClient
  readonly #options: FetcherOptions
  readonly #platform: Platform
  readonly #closed = new AbortController()
  readonly #news = new Bell()
  readonly #poller: Poller
  /** The tape of each partition that is fetched ahead; others live as long as one read. */
  readonly #tapes = new Map<string, Tape>()
  /** What `ahead` said last. */
  #positions: ReadonlyMap<string, KafkaOffset> = new Map()
  /** Faults that `arrived` has told of. */
  readonly #told = new WeakSet<object>()
  readonly #pool = new ColumnPool()
  /** How large keys and values were on average, last time. */
  #recordBytes = 64

  constructor(client: KafkaClient, options: FetcherOptions, platform: Platform) {
    this.#client = client
    this.#options = options
    this.#platform = platform
    this.#poller = new Poller({
      client,
      platform,
      aheadBytes: options.aheadBytes,
      expectedId: topic => options.topicId?.(topic),
      signal: this.#closed.signal,
      changed: tape => {
        tape.bell.ring()
        this.#news.ring()
      },
    })
  }

  async *read(ranges: readonly OffsetRange[], options: ReadOptions): AsyncGenerator<RowBatch, void, undefined> {
    const signal = AbortSignal.any([options.signal, this.#closed.signal])
    // Empty ranges are exhausted before anybody is asked.
    const jobs = ranges.filter(r => r.from < r.to).map(range => ({ range, tape: this.#tapeFor(range) }))
    try {
      const lent = new LentColumns(options.lent ?? new Set(), this.#pool)
      const most = lent.has(COLUMN.value) ? LENT_SLICE_BYTES : SLICE_BYTES
      const made = (): RecordTable => new RecordTable(this.#options.schema, options.columns, this.#room(jobs, most), lent)
      let table = made()
      const isFull = (): boolean => table.bytes >= most || table.length >= SLICE_ROWS
      // One partition after the other: the same rows in the same order each time.
      for (const { range, tape } of jobs)
        for (let over = false; !over; ) {
          over = await this.#advance(tape, range, table, isFull, { ...options, signal })
          if (!isFull()) continue
          yield this.#finished(table)
          table = made()
        }
      if (table.length > 0) yield this.#finished(table)
    } finally {
      for (const { tape } of jobs) this.#release(tape)
    }
  }

  ahead(positions: ReadonlyMap<string, KafkaOffset>): void {
    this.#positions = positions
    for (const [name, tape] of this.#tapes) if (!positions.has(name)) this.#discard(name, tape)
    for (const [name, position] of positions) {
      const tape = this.#tapes.get(name)
      if (!tape?.reading && !(tape && this.#fits(tape, position))) this.#make(name, partitionOf(name), position)
      const kept = this.#tapes.get(name)!
      kept.end = Number.POSITIVE_INFINITY
      if (!kept.reading) kept.trim(position)
    }
    this.#poller.pump()
  }

  known(at: TopicPartition): KafkaOffset | undefined {
    return this.#poller.known.get(nameOf(at))
  }

  async arrived({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const until = AbortSignal.any([signal, this.#closed.signal])
    while (!until.aborted && !this.#hasNews()) await this.#news.rung(until)
  }

  async close(): Promise<void> {
    this.#closed.abort(new MillraceError('KAFKA_CLIENT_CLOSED', {}))
    this.#tapes.clear()
  }

  #hasNews(): boolean {
    for (const [name, position] of this.#positions) {
      const tape = this.#tapes.get(name)
      const fault = tape?.fault
      if (fault && !this.#told.has(fault)) {
        this.#told.add(fault)
        return true
      }
      if (tape && !fault && Math.max(tape.next, this.#poller.known.get(name) ?? 0) > position) return true
    }
    return false
  }

  /** Decodes what the tape has, or waits until it has something. Says whether the range is exhausted. */
  async #advance(tape: Tape, range: OffsetRange, table: RecordTable, isFull: () => boolean, options: ReadOptions): Promise<boolean> {
    options.signal.throwIfAborted()
    if (tape.position >= range.to) return true
    const chunk = tape.chunks[0]
    if (!chunk) {
      if (tape.fault) return this.#atFault(tape, range, options)
      await this.#wait(tape, options.signal)
      return false
    }
    const { isolation, fetch } = this.#client.config
    const how = { readCommitted: isolation === 'read_committed', checkCrcs: fetch.checkCrcs }
    const outcome = decodeChunk(tape, chunk, range.to, table, isFull, how)
    if (typeof outcome === 'object') await outcome.codec
    if (outcome === 'chunk-over' || (outcome === 'done' && chunk.end <= range.to)) {
      tape.drop()
      this.#poller.pump()
    }
    return outcome === 'done'
  }

  async #wait(tape: Tape, signal: AbortSignal): Promise<void> {
    tape.waiting = true
    tape.waitingSince = this.#platform.clock.ticks()
    try {
      this.#poller.pump()
      while (tape.chunks.length === 0 && !tape.fault && !signal.aborted) await tape.bell.rung(signal)
    } finally {
      tape.waiting = false
    }
  }

  /** Says what was lost; who asked may end the read there. Otherwise it goes on where there is something again. */
  #atFault(tape: Tape, range: OffsetRange, { onDataLoss }: ReadOptions): boolean {
    const fault = tape.fault!
    if (fault.kind === 'error') throw fault.error
    const { earliest, latest } = fault
    const { topic, partition } = range
    onDataLoss({ topic, partition, asked: tape.position, earliest, latest })
    const goOn = earliest !== null && earliest > tape.position ? Math.min(earliest, range.to) : range.to
    tape.restart(goOn)
    this.#poller.pump()
    return goOn >= range.to
  }

  /** Room for what is left to read, as far as records are as large as they were last. */
  #room(jobs: readonly Job[], most: number): Room {
    const left = jobs.reduce((n, { range, tape }) => n + Math.max(0, range.to - Math.max(range.from, tape.position)), 0)
    const rows = Math.min(left, SLICE_ROWS) + 1
    const bytes = Math.min(rows * this.#recordBytes, most) * ROOM_TO_SPARE
    const fitting = Math.min(rows, (bytes / this.#recordBytes) * ROOM_TO_SPARE)
    return { rows: Math.ceil(fitting), bytes: Math.ceil(bytes) }
  }

  #finished(table: RecordTable): RowBatch {
    if (table.length > MANY_ROWS) this.#recordBytes = Math.max(1, table.bytes / table.length)
    return table.finish()
  }

  /** The tape that is fetched ahead when the range begins on it; otherwise one for this read. */
  #tapeFor(range: OffsetRange): Tape {
    const name = nameOf(range)
    const kept = this.#tapes.get(name)
    const usable = kept && !kept.reading && this.#fits(kept, range.from)
    const tape = usable ? kept : new Tape(range, range.from, range.to)
    tape.reading = true
    tape.wanted = range.to
    if (usable) {
      tape.trim(range.from)
      tape.end = Math.max(tape.end, range.to)
      this.#poller.pump()
    } else this.#poller.add(tape, 'other')
    return tape
  }

  #release(tape: Tape): void {
    tape.reading = false
    tape.wanted = 0
    const name = nameOf(tape)
    const position = this.#positions.get(name)
    if (this.#tapes.get(name) !== tape) this.#poller.remove(tape)
    else if (position !== undefined && tape.covers(position)) tape.trim(position)
  }

  /** May reading begin there, with records of the topic that is meant? */
  #fits(tape: Tape, offset: KafkaOffset): boolean {
    const meant = this.#options.topicId?.(tape.topic)
    const same = meant === undefined || tape.topicId === undefined || meant === tape.topicId
    return same && !tape.fault && tape.covers(offset)
  }

  #make(name: string, at: TopicPartition, position: KafkaOffset): void {
    const before = this.#tapes.get(name)
    if (before) this.#discard(name, before)
    const tape = new Tape(at, position, Number.POSITIVE_INFINITY)
    this.#tapes.set(name, tape)
    this.#poller.add(tape, 'fetch')
  }

  /** A tape that is being read stays with who reads it. */
  #discard(name: string, tape: Tape): void {
    this.#tapes.delete(name)
    if (!tape.reading) this.#poller.remove(tape)
  }
}
