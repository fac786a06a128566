import { MillraceError } from '../../errors/index.ts'
import type { RowBatch, StructType } from '../../types/index.ts'
import type { PlannedRange, Source } from '../contract.ts'

const open = new Map<string, MemoryStream>()
let made = 0

/**
 * Rows put in by hand, for tests: `addBatch` makes each batch of rows visible to every query that reads the stream.
 * Rows stay until the stream is closed, so a query restarted on its checkpoint reads the same rows again.
 */
export class MemoryStream {
  /** What the read option `id` names. */
  readonly id: string
  readonly schema: StructType
  readonly #batches: RowBatch[] = []
  readonly #waiting = new Set<() => void>()

  constructor(schema: StructType) {
    this.id = `memory-${made++}`
    this.schema = schema
    open.set(this.id, this)
  }

  /** Answers the offset the rows got, counted from 0. */
  addBatch(batch: RowBatch): number {
    this.#batches.push(batch)
    for (const wake of this.#waiting) wake()
    return this.#batches.length - 1
  }

  /** The offset of the newest rows; -1 when there are none. */
  get latest(): number {
    return this.#batches.length - 1
  }

  slice(afterOffset: number, toOffset: number): readonly RowBatch[] {
    return this.#batches.slice(afterOffset + 1, toOffset + 1)
  }

  onAdd(wake: () => void): () => void {
    this.#waiting.add(wake)
    return () => this.#waiting.delete(wake)
  }

  close(): void {
    open.delete(this.id)
  }
}

/** The open stream of this id; throws MEMORY_STREAM_GONE. */
export function memoryStream(id: string): MemoryStream {
  const stream = open.get(id)
  if (!stream) throw new MillraceError('MEMORY_STREAM_GONE', { id })
  return stream
}

const position = (offset: string | null): number => (offset === null ? -1 : Number(offset))

/** A query's view of a memory stream; offsets are bare numbers as in Spark's MemoryStream. */
export class MemorySource implements Source {
  readonly description: string
  readonly schema: StructType
  readonly #stream: MemoryStream
  #frozen: number | undefined
  #planned = -1

  constructor(stream: MemoryStream) {
    this.#stream = stream
    this.schema = stream.schema
    this.description = `MemoryStream[${stream.schema.fields.map(f => f.name).join(',')}]`
  }

  async plan(): Promise<PlannedRange> {
    const latest = this.#frozen ?? this.#stream.latest
    this.#planned = this.#stream.latest
    const text = latest < 0 ? null : String(latest)
    return { end: text, latest: text }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#frozen = this.#stream.latest
  }

  async read(start: string | null, end: string) {
    return { kind: 'batches', schema: this.schema, batches: this.#stream.slice(position(start), position(end)) } as const
  }

  async commit(): Promise<void> {}

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (signal.aborted || this.#stream.latest > this.#planned) return
    await new Promise<void>(resolve => {
      const done = () => {
        off()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const off = this.#stream.onAdd(done)
      signal.addEventListener('abort', done)
    })
  }

  async close(): Promise<void> {}
}
