import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { ArrivalLog } from '../arrivals/log.ts'
import type { Feed, FeedHost } from '../arrivals/source.ts'
import type { Warning } from '../contract.ts'
import { type Answer, type HttpClient, NetworkTrouble } from '../web/client.ts'
import { backoff, persist } from '../web/persist.ts'
import { shownUrl, without } from '../web/shown-url.ts'
import { EventStreamParser, type StreamEvent } from './event-stream.ts'

export interface ListenerParts {
  readonly client: HttpClient
  readonly platform: Platform
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  /** Names of the events that are taken; undefined = all. */
  readonly events: ReadonlySet<string> | undefined
  readonly lastEventId: string | undefined
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
  readonly retryForMs: number
  readonly warn: (warning: Warning) => void
}

/** What the log keeps beside the events. */
export interface ListenerState {
  readonly lastEventId: string
}

/** Before the first `retry` of a stream: what browsers wait. */
const RECONNECT_MS = 3000
const MOST_SHOWN = 300

/** Listens to an event stream, and again where a connection ends: from the last event that is in the log, where the server can. */
export class Listener implements Feed {
  readonly #parts: ListenerParts
  readonly #log: ArrivalLog
  readonly #query: FeedHost
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #lastEventId: string
  #retryMs = RECONNECT_MS
  #failure: unknown
  #connections = 0
  /** Connections in a row that brought nothing. */
  #idle = 0

  constructor(parts: ListenerParts, log: ArrivalLog, query: FeedHost) {
    this.#parts = parts
    this.#log = log
    this.#query = query
    this.#lastEventId = (log.state as ListenerState | undefined)?.lastEventId ?? parts.lastEventId ?? ''
    this.#running = this.#run()
  }

  failed(): unknown {
    return this.#failure
  }

  metrics(): Readonly<Record<string, string>> {
    return { connections: String(this.#connections), lastEventId: this.#lastEventId }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    this.#parts.client.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const { clock, ids } = this.#parts.platform
    try {
      while (!signal.aborted) {
        const answer = await this.#connect(signal)
        // the standard's way to say that there is nothing more, ever
        if (answer.status === 204) {
          answer.discard()
          this.#say('SSE_ENDED', 'says that the stream is over (204): nothing more will come')
          return
        }
        this.#connections++
        const why = await this.#hear(answer, signal)
        if (signal.aborted) return
        const waitMs = Math.max(this.#retryMs, this.#idle > 0 ? backoff(this.#idle, ids.random()) : 0)
        if (this.#lastEventId === '')
          this.#say('SSE_GAP', `broke off (${why}) and names no ids: what it sends until it is connected again is lost`)
        await clock.sleep(waitMs, signal)
      }
    } catch (error) {
      if (!signal.aborted) this.#failure = error
      this.#query.changed()
    }
  }

  #say(code: string, what: string): void {
    this.#parts.warn({ code, message: `the stream ${shownUrl(this.#parts.url)} ${what}` })
  }

  async #connect(signal: AbortSignal): Promise<Answer> {
    const { client, platform, url, headers, timeoutMs, retryForMs } = this.#parts
    const resume: Record<string, string> =
      this.#lastEventId === '' ? {} : { 'last-event-id': Buffer.from(this.#lastEventId).toString('latin1') }
    const sent = { accept: 'text/event-stream', 'cache-control': 'no-cache', ...headers, ...resume }
    const answer = await persist(() => client.send({ method: 'GET', url, headers: sent, timeoutMs, openEnded: true, signal }), {
      platform,
      retryForMs,
      signal,
      method: 'GET',
      url: shownUrl(url),
      repeating: why => this.#say('HTTP_REPEATED', `is asked for again: ${why}`),
    })
    if (answer.status === 204) return answer
    if (answer.status !== 200) throw await this.#refusal(answer)
    const type = answer.headers['content-type'] ?? ''
    if (/^text\/event-stream\b/i.test(type)) return answer
    answer.discard()
    throw new MillraceError('HTTP_ANSWER_UNREADABLE', { url: shownUrl(url), why: `it is ${type || 'of no type'} and no text/event-stream` })
  }

  async #refusal(answer: Answer): Promise<MillraceError> {
    const { url, secrets } = this.#parts
    const { status, headers } = answer
    const to = headers['location']
    if (status >= 300 && status < 400 && to !== undefined) {
      answer.discard()
      const place = URL.canParse(to, url.href) ? shownUrl(new URL(to, url)) : 'what is no URL'
      return new MillraceError('HTTP_ELSEWHERE', { url: shownUrl(url), to: place, how: 'redirects to' })
    }
    const text = Buffer.from(await answer.bytes(1 << 16).catch(() => new Uint8Array())).toString()
    return new MillraceError('HTTP_REFUSED', {
      method: 'GET',
      url: shownUrl(url),
      status,
      answer: without(text.trim(), secrets).slice(0, MOST_SHOWN),
    })
  }

  /** Takes events until the connection ends; answers why it did. */
  async #hear(answer: Answer, signal: AbortSignal): Promise<string> {
    const parser = new EventStreamParser(this.#lastEventId)
    const chunks = answer.chunks()[Symbol.asyncIterator]()
    this.#idle++
    try {
      for (;;) {
        const next = await this.#within(chunks.next(), signal)
        if (next === 'idle') return 'nothing came for too long'
        if (next.done) return 'the server ended it'
        const { events, retryMs } = parser.push(next.value)
        if (retryMs !== undefined) this.#retryMs = retryMs
        if (events.length === 0) continue
        this.#idle = 0
        await this.#take(events)
        this.#lastEventId = parser.lastEventId
        // nothing is read from the connection meanwhile, so the server waits too
        await this.#query.hasRoom(signal)
      }
    } catch (error) {
      if (signal.aborted) return 'closed'
      if (error instanceof NetworkTrouble) return error.message
      if (!(error instanceof RangeError)) throw error
      throw new MillraceError('HTTP_ANSWER_UNREADABLE', { url: shownUrl(this.#parts.url), why: error.message })
    } finally {
      void chunks.return?.(undefined)
    }
  }

  async #within<T>(next: Promise<T>, signal: AbortSignal): Promise<T | 'idle'> {
    const done = new AbortController()
    const stop = AbortSignal.any([done.signal, signal])
    next.catch(() => {})
    const idle = this.#parts.platform.clock.sleep(this.#parts.idleTimeoutMs, stop).then(() => 'idle' as const)
    try {
      return await Promise.race([next, idle])
    } finally {
      done.abort()
      idle.catch(() => {})
    }
  }

  async #take(events: readonly StreamEvent[]): Promise<void> {
    const { events: names, platform } = this.#parts
    const at = platform.clock.now()
    const wanted = events.filter(e => names === undefined || names.has(e.event))
    const arrivals = wanted.map(({ id, event, data }) => ({ at, head: JSON.stringify([id, event]), body: Buffer.from(data) }))
    await this.#log.append(arrivals, { lastEventId: events.at(-1)!.id } satisfies ListenerState)
  }
}
