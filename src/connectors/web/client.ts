import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { MillraceError } from '../../errors/index.ts'
import type { Clock } from '../../platform/index.ts'
import { shownUrl } from './shown-url.ts'

export interface Tls {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly passphrase?: string
}

export interface WebRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Until the headers of the answer are there; and, unless `openEnded`, until its body is. */
  readonly timeoutMs: number
  /** The answer goes on for as long as it likes. */
  readonly openEnded?: boolean
  readonly signal: AbortSignal
}

/** A network that failed: it may go another time. */
export class NetworkTrouble extends Error {}

/** An answer whose body has not been read yet: read it, or `discard` it. */
export interface Answer {
  readonly status: number
  /** Names in lower case; repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** @throws HTTP_ANSWER_TOO_LARGE, NetworkTrouble */
  bytes(most: number): Promise<Uint8Array>
  /** Chunks as they come. @throws NetworkTrouble */
  chunks(): AsyncIterable<Uint8Array>
  discard(): void
}

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECODE)|ERR_TLS_CERT|HOSTNAME_MISMATCH)/
const UNPACK: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** HTTP requests over kept connections. It follows no redirects: whoever sends credentials decides where they go. */
export class HttpClient {
  readonly #agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent }
  readonly #clock: Clock

  constructor(tls: Tls, clock: Clock) {
    this.#agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true, ...tls }) }
    this.#clock = clock
  }

  /** The answer, whatever its status. @throws NetworkTrouble, HTTP_CERTIFICATE; the signal's reason */
  async send(request: WebRequest): Promise<Answer> {
    const { signal, timeoutMs } = request
    signal.throwIfAborted()
    const over = new AbortController()
    const done = new AbortController()
    const late = new NetworkTrouble(`no answer within ${timeoutMs} ms`)
    this.#clock.sleep(timeoutMs, done.signal).then(
      () => over.abort(late),
      () => {},
    )
    const end = AbortSignal.any([signal, over.signal])
    try {
      const message = await this.#exchange(request, end)
      if (request.openEnded) done.abort()
      return answerOf(message, request, end, () => done.abort())
    } catch (error) {
      done.abort()
      throw troubleOf(error, request.url, end)
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }

  #exchange({ method, url, headers, body }: WebRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) }
      const sent = { 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'millrace', ...headers, ...length }
      const start = url.protocol === 'https:' ? httpsRequest : httpRequest
      const agent = this.#agents[url.protocol as 'http:' | 'https:']
      const request = start(url, { method, headers: sent, agent, signal })
      request.once('response', resolve)
      request.once('error', reject)
      request.end(body)
    })
  }
}

/** What stopped an exchange, as whoever repeats it needs to know it. */
function troubleOf(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof MillraceError || error instanceof NetworkTrouble) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  if (CERTIFICATE.test(code)) return new MillraceError('HTTP_CERTIFICATE', { url: shownUrl(url), why: code }, { cause: error })
  return new NetworkTrouble(code || message, { cause: error })
}

function answerOf(message: IncomingMessage, request: WebRequest, signal: AbortSignal, done: () => void): Answer {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
  const unpack = UNPACK[headers['content-encoding']?.trim().toLowerCase() ?? '']
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let body: Readable = message
    if (unpack) {
      body = message.pipe(unpack() as never) as unknown as Readable
      message.once('error', error => body.destroy(error))
      message.once('aborted', () => body.destroy(new NetworkTrouble('the connection broke off')))
    }
    try {
      for await (const chunk of body) yield chunk as Uint8Array
    } catch (error) {
      throw troubleOf(error, request.url, signal)
    } finally {
      done()
      message.destroy()
    }
  }
  return {
    status: message.statusCode!,
    headers,
    chunks,
    bytes: async most => {
      const parts: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of chunks()) {
        bytes += chunk.length
        if (bytes > most) throw new MillraceError('HTTP_ANSWER_TOO_LARGE', { url: shownUrl(request.url), most })
        parts.push(chunk)
      }
      return Buffer.concat(parts)
    },
    discard: () => {
      done()
      // an end that is near is waited for, so that the connection can be kept
      message.once('error', () => {})
      message.resume()
    },
  }
}
