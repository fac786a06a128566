import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import { untilAborted } from './abort.ts'
import type { Connections } from './connections.ts'
import type { CallOptions, ClientConfig } from './contract.ts'
import { asMillraceError, kafkaErrorOf, oursIn, reasonOf, retryable } from './failure.ts'

/** Milliseconds before attempt `n + 1` (n from 0): doubled each time up to `max`, spread by a fifth either way so that clients do not march in step. */
export function backoff(n: number, base: number, max: number, random: number): number {
  return Math.min(max, base * 2 ** Math.min(n, 30)) * (0.8 + 0.4 * random)
}

const TIME_UP = Symbol('time is up')

/** Tries again what may succeed later, until its time is up; turns what ends a call into a MillraceError. */
export class Retry {
  readonly #config: ClientConfig
  readonly #platform: Platform
  readonly #connections: Connections
  readonly #closed: AbortSignal

  constructor(config: ClientConfig, platform: Platform, connections: Connections, closed: AbortSignal) {
    this.#config = config
    this.#platform = platform
    this.#connections = connections
    this.#closed = closed
  }

  async run<T>(what: string, work: (left: Required<CallOptions>) => Promise<T>, options: CallOptions): Promise<T> {
    const { clock } = this.#platform
    const started = clock.ticks()
    const timeoutMs = options.timeoutMs ?? this.#config.defaultTimeoutMs
    const limit = new AbortController()
    const done = new AbortController()
    let silent: readonly string[] = []
    const timeUp = (): void => {
      silent = this.#connections.waiting()
      limit.abort(TIME_UP)
    }
    clock.sleep(timeoutMs, done.signal).then(timeUp, () => {})
    const signal = AbortSignal.any([options.signal, this.#closed, limit.signal])
    let last: unknown
    try {
      for (let n = 0; ; n++) {
        signal.throwIfAborted()
        try {
          return await untilAborted(work({ signal, timeoutMs: Math.max(1, timeoutMs - (clock.ticks() - started)) }), signal)
        } catch (error) {
          if (signal.aborted) throw signal.reason
          last = error
          if (!retryable(error)) throw error
        }
        await clock.sleep(this.#pause(n, last), signal)
      }
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason
      if (limit.signal.aborted && error === TIME_UP) throw this.#timeUp(what, Math.round(timeoutMs), started, last, silent)
      const at = this.#connections.metAt(error) ?? 'the broker'
      throw asMillraceError(error, what, at, this.#config.sasl?.mechanism ?? 'SASL')
    } finally {
      done.abort()
    }
  }

  #pause(n: number, error: unknown): number {
    const { retryBackoffMs, retryBackoffMaxMs, reconnectBackoffMs, reconnectBackoffMaxMs } = this.#config
    const random = this.#platform.ids.random()
    return kafkaErrorOf(error) === undefined
      ? backoff(n, reconnectBackoffMs, reconnectBackoffMaxMs, random)
      : backoff(n, retryBackoffMs, retryBackoffMaxMs, random)
  }

  #timeUp(what: string, timeoutMs: number, started: number, last: unknown, silent: readonly string[]): MillraceError {
    const ours = oursIn(last)
    if (ours) return ours
    const context = last === undefined ? {} : { cause: last }
    const failures = this.#connections.failuresSince(started)
    const met = failures.length > 0 ? failures : silent.map(address => ({ address, reason: 'no answer' }))
    const reasons = [...new Set(met.map(m => m.reason))]
    const each = met.map(m => `${m.address}: ${m.reason}`)
    if (kafkaErrorOf(last) === undefined && met.length > 0) {
      const tried = reasons.length === 1 ? reasons : each
      return new MillraceError('KAFKA_UNREACHABLE', { brokers: met.map(m => m.address), what, timeoutMs, tried }, context)
    }
    const tried = last === undefined || reasons.includes(reasonOf(last)) ? each : [...each, reasonOf(last)]
    return new MillraceError('KAFKA_TIMEOUT', { what, timeoutMs, tried }, context)
  }
}
