import { isIP } from 'node:net'
import type { Connection } from '@platformatic/kafka'
import { MillraceError } from '../../../errors/index.ts'
import type { Clock } from '../../../platform/index.ts'
import { untilAborted } from './abort.ts'
import { libraryCall, type VersionRange } from './api-call.ts'
import type { ApiCall, ClientConfig } from './contract.ts'
import { kafkaErrorOf, reasonOf } from './failure.ts'
import type { KafkaLibrary } from './library.ts'

/** Long polls, large requests and short ones each have a connection of their own: a broker answers one connection's requests in order. */
export type Lane = 'fetch' | 'produce' | 'other'

export interface Address {
  readonly host: string
  readonly port: number
}
export const show = (at: Address): string => (at.host.includes(':') ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`)

interface Open {
  readonly connection: Connection
  readonly ready: Promise<void>
  /** Why it broke, where the socket said so: requests in flight are only told that it is closed. */
  broke?: Error
}
interface Met {
  readonly at: number
  readonly reason: string
}

/** The library's connections, one an address and lane: made when first needed, made again after they broke. */
export class Connections {
  readonly #library: KafkaLibrary
  readonly #config: ClientConfig
  readonly #clock: Clock
  readonly #open = new Map<string, Open>()
  readonly #versions = new Map<string, Promise<ReadonlyMap<number, VersionRange>>>()
  readonly #failures = new Map<string, Met>()
  readonly #metAt = new WeakMap<object, string>()
  readonly #waiting = new Map<string, number>()
  #closed = false

  constructor(library: KafkaLibrary, config: ClientConfig, clock: Clock) {
    this.#library = library
    this.#config = config
    this.#clock = clock
  }

  /** Sends one request and waits for its answer. The signal ends the waiting, not the request. */
  async request<T>(address: Address, call: ApiCall<T>, lane: Lane, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    try {
      const answered = this.#connect(address, lane).then(made => exchange(made, call))
      return await this.#counted(show(address), untilAborted(answered, signal))
    } catch (error) {
      if (!signal.aborted) this.#note(address, error)
      throw error
    }
  }

  /** Keeps count of who owes an answer. */
  async #counted<T>(at: string, answer: Promise<T>): Promise<T> {
    this.#waiting.set(at, (this.#waiting.get(at) ?? 0) + 1)
    try {
      return await answer
    } finally {
      this.#waiting.set(at, this.#waiting.get(at)! - 1)
    }
  }

  /** What the broker at this address understands, by request key; asked once a connection. */
  versions(address: Address, signal: AbortSignal): Promise<ReadonlyMap<number, VersionRange>> {
    const at = show(address)
    let asked = this.#versions.get(at)
    if (!asked) {
      asked = this.#askVersions(address)
      this.#versions.set(at, asked)
      asked.catch((error: unknown) => {
        this.#versions.delete(at)
        this.#note(address, error)
      })
    }
    return this.#counted(at, untilAborted(asked, signal))
  }

  /** host:port an error was met at, where it came from here. */
  metAt(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null ? this.#metAt.get(error) : undefined
  }

  /** What went wrong at which address since then: `127.0.0.1:9092: connection refused`. */
  failuresSince(ticks: number): readonly { readonly address: string; readonly reason: string }[] {
    return [...this.#failures].filter(([, met]) => met.at >= ticks).map(([address, met]) => ({ address, reason: met.reason }))
  }

  /** Addresses that owe an answer just now. */
  waiting(): readonly string[] {
    return [...this.#waiting].filter(([, n]) => n > 0).map(([at]) => at)
  }

  async close(): Promise<void> {
    this.#closed = true
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(open.map(o => finish(o.connection, this.#clock)))
  }

  async #connect(address: Address, lane: Lane): Promise<Open> {
    if (this.#closed) throw new MillraceError('KAFKA_CLIENT_CLOSED', {})
    const key = `${show(address)}/${lane}`
    const open = this.#open.get(key)
    if (open && (open.connection.isConnected() || !broken(open.connection))) {
      await open.ready
      return open
    }
    if (open) void discard(open.connection)
    const made = this.#make(address, lane)
    this.#open.set(key, made)
    try {
      await made.ready
    } catch (error) {
      if (this.#open.get(key) === made) this.#open.delete(key)
      void discard(made.connection)
      throw error
    }
    return made
  }

  #make(address: Address, lane: Lane): Open {
    const { clientId, connectTimeoutMs, requestTimeoutMs, produce, tls, sasl } = this.#config
    const connection = new this.#library.Connection(clientId, {
      connectTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      maxInflights: lane === 'produce' ? produce.maxInFlight : 32,
      ...(tls && { tls, ...(isIP(address.host) === 0 && { tlsServerName: true }) }),
      ...(sasl && { sasl }),
    })
    // An emitter without a listener for 'error' would end the process; who waits for an answer hears of it anyway.
    connection.on('error', error => {
      made.broke = error
    })
    connection.on('close', () => this.#versions.delete(show(address)))
    const ready = Promise.resolve(connection.connect(address.host, address.port))
    ready.catch(() => {})
    const made: Open = { connection, ready }
    return made
  }

  async #askVersions(address: Address): Promise<ReadonlyMap<number, VersionRange>> {
    const made = await this.#connect(address, 'other')
    const { apiVersionsV0, apiVersionsV3 } = this.#library
    const answer = await exchange(made, libraryCall('ApiVersions', apiVersionsV3.api, 'millrace', '1')).catch((error: unknown) => {
      if (kafkaErrorOf(error) !== 'UNSUPPORTED_VERSION') throw error
      return exchange(made, libraryCall('ApiVersions', apiVersionsV0.api, '', ''))
    })
    return new Map(answer.apiKeys.map(a => [a.apiKey, { min: a.minVersion, max: a.maxVersion }]))
  }

  #note(address: Address, error: unknown): void {
    if (typeof error === 'object' && error !== null) this.#metAt.set(error, show(address))
    this.#failures.set(show(address), { at: this.#clock.ticks(), reason: reasonOf(error) })
  }
}

const broken = (connection: Connection): boolean => ['closed', 'closing', 'error'].includes(connection.status)

/** So long what was written may take to leave. */
const LEAVE_MS = 2000

/** Ends a connection once what was written to it has left: a request that nobody answers is nowhere else. */
async function finish(connection: Connection, clock: Clock): Promise<void> {
  const { socket } = connection
  if (!socket || socket.connecting || socket.writableLength === 0) return discard(connection)
  const left = new AbortController()
  const closing = Promise.resolve(connection.close()).catch(() => {})
  const late = clock.sleep(LEAVE_MS, left.signal).then(
    () => void socket.destroy(),
    () => {},
  )
  await closing
  left.abort()
  await late
}

/** Ends a connection whatever it is doing; who still waits for an answer is told. */
async function discard(connection: Connection): Promise<void> {
  // A socket that is still connecting would finish that first.
  const closing = Promise.resolve(connection.close()).catch(() => {})
  connection.socket?.destroy()
  await closing
}

function exchange<T>(made: Open, call: ApiCall<T>): Promise<T> {
  const write = call.noAnswer ? () => unanswered(call.write()) : call.write
  return new Promise<T>((resolve, reject) => {
    made.connection.send(
      call.key,
      call.version,
      write as () => never,
      call.read as () => T,
      call.requestTagged,
      call.responseTagged,
      (error: Error | null, answer?: T) =>
        error ? reject(/^Connection closed/.test(error.message) ? (made.broke ?? error) : error) : resolve(answer as T),
    )
  })
}

/** The library settles such a request once it is written. */
function unanswered(payload: unknown): unknown {
  const { context } = payload as { context: { noResponse?: boolean } }
  context.noResponse = true
  return payload
}
