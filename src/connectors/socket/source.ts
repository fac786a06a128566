import type { Platform } from '../../platform/index.ts'
import { batchFromRows, field, type StructType, stringType, structType, Timestamp, timestampType } from '../../types/index.ts'
import type { BatchesScan, PlannedRange, Source, SourceLog } from '../contract.ts'
import type { LineFeed } from './lines.ts'

interface Line {
  readonly text: string
  readonly atMs: number
}

export const socketSchema = (includeTimestamp: boolean): StructType =>
  structType([field('value', stringType), ...(includeTimestamp ? [field('timestamp', timestampType)] : [])])

const WRITER = { run: 'socket', attempt: 0 }
const position = (offset: string | null): number => (offset === null ? -1 : Number(offset))

/**
 * Lines that come once and cannot be asked for again: each batch's lines are written to the checkpoint before the batch is planned,
 * so that a restart reads the same ones. Offsets count lines from 0, as in Spark.
 */
export class SocketSource implements Source {
  readonly description: string
  readonly schema: StructType
  readonly #platform: Platform
  readonly #log: SourceLog
  readonly #lines = new Map<number, Line>()
  #next = 0
  #logged = -1
  #feed: LineFeed | undefined
  #waiting: (() => void) | undefined
  #frozen: number | undefined

  private constructor(address: string, schema: StructType, log: SourceLog, platform: Platform) {
    this.description = `TextSocketV2[${address}]`
    this.schema = schema
    this.#log = log
    this.#platform = platform
  }

  static async open(
    address: string,
    schema: StructType,
    log: SourceLog,
    platform: Platform,
    connect: (onLine: (line: string) => void, onEnd: () => void) => Promise<LineFeed>,
  ): Promise<SocketSource> {
    const source = new SocketSource(address, schema, log, platform)
    await source.#restore()
    source.#feed = await connect(
      line => source.#take(line),
      () => source.#wake(),
    )
    return source
  }

  async plan(start: string | null): Promise<PlannedRange> {
    this.#skipTo(position(start) + 1)
    const latest = this.#frozen ?? this.#next - 1
    if (latest < 0) return { end: null, latest: null }
    if (latest > this.#logged) await this.#keep(latest)
    return { end: String(latest), latest: String(latest) }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#frozen = this.#next - 1
  }

  async read(start: string | null, end: string): Promise<BatchesScan> {
    const rows = []
    for (let i = position(start) + 1; i <= position(end); i++) {
      const line = this.#lines.get(i)
      if (line)
        rows.push({
          value: line.text,
          ...(this.schema.fields.length > 1 && { timestamp: Timestamp.fromMicros(BigInt(line.atMs) * 1000n) }),
        })
    }
    return { kind: 'batches', schema: this.schema, batches: [batchFromRows(this.schema, rows)] }
  }

  async commit(end: string): Promise<void> {
    const done = position(end)
    for (const i of this.#lines.keys()) if (i <= done) this.#lines.delete(i)
    const files = await this.#log.store.list(this.#log.millracePath, { shallow: true })
    await this.#log.store.delete(files.map(f => f.path).filter(p => Number(p.slice(p.lastIndexOf('/') + 1)) <= done))
  }

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const failed = this.#feed?.ended()
    if (failed) throw failed
    if (signal.aborted || this.#next - 1 > this.#logged) return
    await new Promise<void>(resolve => {
      this.#waiting = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#waiting = undefined
  }

  async close(): Promise<void> {
    this.#feed?.close()
  }

  #take(text: string): void {
    this.#lines.set(this.#next++, { text, atMs: this.#platform.clock.now() })
    this.#wake()
  }

  #wake(): void {
    this.#waiting?.()
  }

  /** After a restart lines are numbered from where the checkpoint stands. */
  #skipTo(next: number): void {
    if (this.#next >= next) return
    const shift = next - this.#next
    const fresh = [...this.#lines].filter(([i]) => i > this.#logged)
    for (const [i] of fresh) this.#lines.delete(i)
    for (const [i, line] of fresh) this.#lines.set(i + shift, line)
    this.#logged = next - 1
    this.#next = next
  }

  async #keep(latest: number): Promise<void> {
    const lines: [number, string, number][] = []
    for (let i = this.#logged + 1; i <= latest; i++) {
      const line = this.#lines.get(i)
      if (line) lines.push([i, line.text, line.atMs])
    }
    const text = lines.map(l => JSON.stringify(l)).join('\n')
    await this.#log.store.write(`${this.#log.millracePath}/${latest}`, new TextEncoder().encode(text), WRITER)
    this.#logged = latest
  }

  async #restore(): Promise<void> {
    for (const file of await this.#log.store.list(this.#log.millracePath, { shallow: true })) {
      const bytes = await this.#log.store.read(file.path)
      for (const line of new TextDecoder().decode(bytes).split('\n').filter(Boolean)) {
        const [i, text, atMs] = JSON.parse(line) as [number, string, number]
        this.#lines.set(i, { text, atMs })
        this.#next = Math.max(this.#next, i + 1)
        this.#logged = Math.max(this.#logged, i)
      }
    }
  }
}
