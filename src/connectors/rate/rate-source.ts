import { MillraceError } from '../../errors/index.ts'
import type { Clock } from '../../platform/index.ts'
import type { PlannedRange, Source, SourceContext } from '../contract.ts'
import { RATE_SCHEMA, rateBatches, valueAtSecond } from './values.ts'

export interface RateOptions {
  readonly rowsPerSecond: number
  readonly rampUpSeconds: number
}

/** When the query first started: `sources/<i>/0`, so that a restart makes the same rows. */
export async function creationTime({ log, platform }: SourceContext): Promise<number> {
  const path = `${log.path}/0`
  const kept = await log.store.read(path)
  if (!kept) {
    const now = platform.clock.now()
    await log.store.writeIfAbsent(path, new TextEncoder().encode(`v1\n${now}`), { run: 'rate', attempt: 0 })
    return now
  }
  const text = new TextDecoder().decode(kept)
  const match = /^v1\n(\d+)\s*$/.exec(text)
  if (!match) throw new MillraceError('MALFORMED_LOG_FILE', { path, reason: 'expected "v1" and a time in milliseconds' })
  return Number(match[1])
}

function second(offset: string | null, source: string): number {
  const n = offset === null ? 0 : Number(offset)
  if (!Number.isSafeInteger(n) || n < 0)
    throw new MillraceError('INVALID_OFFSET', { source, offset: offset!, expected: 'a number of seconds' })
  return n
}

/** So many rows a second, counted from the query's first start (Spark's `rate`). Offsets are whole seconds. */
export class RateSource implements Source {
  readonly description: string
  readonly schema = RATE_SCHEMA
  readonly #options: RateOptions
  readonly #created: number
  readonly #clock: Clock
  #last: number
  #frozen: number | undefined

  constructor(options: RateOptions, created: number, clock: Clock) {
    this.#options = options
    this.#created = created
    this.#clock = clock
    this.#last = created
    this.description = `RateStreamV2[rowsPerSecond=${options.rowsPerSecond}, rampUpTimeSeconds=${options.rampUpSeconds}, numPartitions=1]`
  }

  async plan(start: string | null): Promise<PlannedRange> {
    const from = second(start, this.description)
    // Time already handed out stays handed out when the clock is set back.
    this.#last = Math.max(this.#last, this.#created + from * 1000, this.#clock.now())
    const end = String(this.#frozen ?? this.#seconds())
    return { end, latest: end }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#last = Math.max(this.#last, this.#clock.now())
    this.#frozen = this.#seconds()
  }

  async read(start: string | null, end: string) {
    const from = second(start, this.description)
    const to = second(end, this.description)
    const { rowsPerSecond, rampUpSeconds } = this.#options
    const first = valueAtSecond(from, rowsPerSecond, rampUpSeconds)
    const last = valueAtSecond(to, rowsPerSecond, rampUpSeconds)
    const began = this.#created + from * 1000
    const msPerValue = last > first ? ((to - from) * 1000) / (last - first) : 0
    const at = (value: number) => began + Math.floor((value - first) * msPerValue + 0.5)
    return { kind: 'batches', schema: RATE_SCHEMA, batches: { [Symbol.iterator]: () => rateBatches(first, last, at) } } as const
  }

  async commit(): Promise<void> {}

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const next = this.#created + (this.#seconds() + 1) * 1000
    await this.#clock.sleep(Math.max(1, next - this.#clock.now()), signal).catch(() => {})
  }

  async close(): Promise<void> {}

  #seconds(): number {
    return Math.floor((this.#last - this.#created) / 1000)
  }
}
