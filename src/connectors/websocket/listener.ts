import { isUtf8 } from 'node:buffer'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { ArrivalLog } from '../arrivals/log.ts'
import type { Feed, FeedHost } from '../arrivals/source.ts'
import type { Warning } from '../contract.ts'
import { backoff } from '../web/persist.ts'
import { shownUrl } from '../web/shown-url.ts'

export interface ListenerParts {
  readonly platform: Platform
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly protocols: readonly string[]
  /** Sent when a connection opens. */
  readonly subscribe: readonly string[]
  readonly ping?: { readonly message: string; readonly everyMs: number } | undefined
  /** 0 = never. */
  readonly idleTimeoutMs: number
  readonly timeoutMs: number
  readonly retryForMs: number
  readonly binary: boolean
  readonly warn: (warning: Warning) => void
}

/** How a connection ended. */
interface Ended {
  readonly why: string
  readonly opened: boolean
}

/** Node's client takes headers, which the standard does not have. */
type Connect = new (url: string, options: { readonly headers: Readonly<Record<string, string>>; readonly protocols: string[] }) => WebSocket
/** Codes a client may close with are these or 3000 to 4999. */
const NORMAL = 1000

/** Listens to a WebSocket, and again where a connection ends. The protocol has no way to ask for what was missed: each gap is told. */
export class SocketListener implements Feed {
  readonly #parts: ListenerParts
  readonly #log: ArrivalLog
  readonly #query: FeedHost
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #failure: unknown
  #messages = 0
  #connections = 0

  constructor(parts: ListenerParts, log: ArrivalLog, query: FeedHost) {
    this.#parts = parts
    this.#log = log
    this.#query = query
    this.#running = this.#run()
  }

  failed(): unknown {
    return this.#failure
  }

  metrics(): Readonly<Record<string, string>> {
    return { connections: String(this.#connections), messages: String(this.#messages) }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const { platform, warn, url, retryForMs } = this.#parts
    const { clock, ids } = platform
    let failingSince: number | undefined
    try {
      for (let attempt = 0; !signal.aborted; attempt++) {
        const before = this.#messages
        const { why, opened } = await this.#connection(signal)
        if (signal.aborted) return
        if (this.#messages > before) attempt = 0
        failingSince = opened ? undefined : (failingSince ?? clock.ticks())
        if (failingSince !== undefined && clock.ticks() - failingSince >= retryForMs) {
          throw new MillraceError('HTTP_UNAVAILABLE', { method: 'CONNECT', url: shownUrl(url), why, forMs: retryForMs })
        }
        warn({
          code: 'WEBSOCKET_GAP',
          message: `the connection to ${shownUrl(url)} ended (${why}): what is sent until it is open again is lost`,
          hint: 'WebSocket has no way to go on where one was. Where every message counts, read the service by another way (sse, http-poll, a broker).',
        })
        await clock.sleep(backoff(attempt, ids.random()), signal)
        await this.#query.hasRoom(signal)
      }
    } catch (error) {
      if (!signal.aborted) this.#failure = error
      this.#query.changed()
    }
  }

  /** One connection, from its opening to its end. */
  async #connection(signal: AbortSignal): Promise<Ended> {
    const { url, headers, protocols, subscribe, timeoutMs, idleTimeoutMs, ping } = this.#parts
    const socket = new (WebSocket as unknown as Connect)(url.href, { headers, protocols: [...protocols] })
    socket.binaryType = 'arraybuffer'
    const ended = Promise.withResolvers<Ended>()
    const timers = new AbortController()
    let opened = false
    let heard = this.#ticks()
    const end = (why: string): void => {
      ended.resolve({ why, opened })
      if (socket.readyState !== WebSocket.CLOSED) socket.close(NORMAL)
    }
    socket.addEventListener('open', () => {
      opened = true
      this.#connections++
      heard = this.#ticks()
      for (const message of subscribe) socket.send(message)
      if (ping) this.#every(ping.everyMs, timers.signal, () => socket.send(ping.message))
      if (idleTimeoutMs > 0) {
        this.#every(idleTimeoutMs / 4, timers.signal, () => {
          if (this.#ticks() - heard >= idleTimeoutMs) end(`nothing came for ${idleTimeoutMs} ms`)
        })
      }
    })
    socket.addEventListener('message', ({ data }: MessageEvent) => {
      heard = this.#ticks()
      this.#take(data as string | ArrayBuffer)
      if (this.#query.room() <= 0) end('the log is full')
    })
    socket.addEventListener('error', event => end((event as { message?: string }).message || 'the network failed'))
    socket.addEventListener('close', ({ code, reason }) => end(`closed with ${code}${reason ? ` ${reason}` : ''}`))
    this.#every(timeoutMs, timers.signal, () => opened || end(`not open within ${timeoutMs} ms`))
    const stop = () => end('closed')
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    const result = await ended.promise
    signal.removeEventListener('abort', stop)
    timers.abort()
    return result
  }

  #ticks(): number {
    return this.#parts.platform.clock.ticks()
  }

  #every(ms: number, signal: AbortSignal, call: () => void): void {
    const { clock } = this.#parts.platform
    const go = async () => {
      for (;;) {
        await clock.sleep(ms, signal)
        call()
      }
    }
    go().catch(() => {})
  }

  #take(data: string | ArrayBuffer): void {
    const { platform, binary } = this.#parts
    this.#messages++
    const body = typeof data === 'string' ? Buffer.from(data) : new Uint8Array(data)
    if (typeof data !== 'string' && !binary && !isUtf8(body)) {
      this.#parts.warn({
        code: 'WEBSOCKET_BINARY',
        message: `${shownUrl(this.#parts.url)} sends binary messages that are no UTF-8: bytes that are none became \uFFFD`,
        hint: "Set option('payload', 'binary').",
      })
    }
    // what cannot be written ends the log, and with it the query
    this.#log.append([{ at: platform.clock.now(), head: '', body }]).catch(() => {})
  }
}
