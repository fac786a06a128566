import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { ArrivalLog } from '../arrivals/log.ts'
import type { Feed, FeedHost } from '../arrivals/source.ts'
import { type BodyForm, bodyOf, FORMS, joined, Refused, unpacked } from './body.ts'
import type { Head } from './rows.ts'
import { type SchemeName, sameSecret, signatureProblem } from './signature.ts'

export interface EndpointOptions {
  readonly host: string
  readonly port: number
  readonly path: string
  /** In upper case. */
  readonly methods: readonly string[]
  readonly form: BodyForm
  readonly token?: { readonly value: string; readonly header: string | undefined } | undefined
  readonly signature?: { readonly scheme: SchemeName; readonly secrets: readonly string[]; readonly toleranceMs: number } | undefined
  readonly idHeaders: readonly string[]
  readonly maxBodyBytes: number
  readonly maxHeaderBytes: number
  readonly maxConnections: number
  readonly requestTimeoutMs: number
  readonly retryAfterMs: number
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly passphrase?: string } | undefined
}

/** Bodies that are in memory at once, whole or in part. */
const IN_FLIGHT_BYTES = 64 << 20
/** Behind a refusal so much of a body is still read, so that the sender sees the answer and not a broken connection. */
const READ_ON_BYTES = 1 << 20

const STOPPING = new Refused(503, 'the query is stopping')

/** What is wrong with a request before its body has been looked at; undefined = nothing. */
function headProblem(request: IncomingMessage, path: string, options: EndpointOptions): Refused | undefined {
  if (path !== options.path) return new Refused(404, 'there is nothing here')
  if (!options.methods.includes(request.method!)) return new Refused(405, `this takes ${options.methods.join(', ')}`)
  if (options.token && !hasToken(request, options.token)) return new Refused(401, 'the token is missing or wrong')
  if (Number(request.headers['content-length'] ?? 0) > options.maxBodyBytes) {
    return new Refused(413, `the body is larger than ${options.maxBodyBytes} bytes`)
  }
  return undefined
}

function hasToken({ headers }: IncomingMessage, { value, header }: NonNullable<EndpointOptions['token']>): boolean {
  const sent = header === undefined ? /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] : headers[header.toLowerCase()]
  return typeof sent === 'string' && sameSecret(sent, value)
}

/** The HTTP server of a webhook: a request is answered 2xx once it is durable in the log, and not before. */
export class Endpoint implements Feed {
  readonly #options: EndpointOptions
  readonly #log: ArrivalLog
  readonly #query: FeedHost
  readonly #platform: Platform
  readonly #server: Server
  /** Aborted with what senders are told once the query stops. */
  readonly #closing = new AbortController()
  readonly #answering = new Set<Promise<void>>()
  readonly #answered: Record<string, number> = { accepted: 0, refused: 0, turnedAway: 0 }
  #inFlight = 0
  #failure: unknown

  private constructor(options: EndpointOptions, log: ArrivalLog, query: FeedHost, platform: Platform) {
    this.#options = options
    this.#log = log
    this.#query = query
    this.#platform = platform
    this.#server = this.#create()
  }

  /** Listens. @throws HTTP_LISTEN_FAILED */
  static async open(options: EndpointOptions, log: ArrivalLog, query: FeedHost, platform: Platform): Promise<Endpoint> {
    const endpoint = new Endpoint(options, log, query, platform)
    const { host, port } = options
    await new Promise<void>((resolve, reject) => {
      endpoint.#server.once('error', cause => {
        const code = (cause as NodeJS.ErrnoException).code ?? cause.message
        reject(new MillraceError('HTTP_LISTEN_FAILED', { host, port, code }, { cause }))
      })
      endpoint.#server.listen(port, host, resolve)
    })
    endpoint.#server.on('error', error => endpoint.#fail(error))
    return endpoint
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo
    const host = family === 'IPv6' ? `[${address}]` : address
    return `${this.#options.tls ? 'https' : 'http'}://${host}:${port}${this.#options.path}`
  }

  failed(): unknown {
    return this.#failure
  }

  metrics(): Readonly<Record<string, string>> {
    return {
      url: this.url,
      underWay: String(this.#answering.size),
      ...Object.fromEntries(Object.entries(this.#answered).map(([name, n]) => [name, String(n)])),
    }
  }

  /** Takes no more; what was taken is still answered. */
  async close(): Promise<void> {
    this.#closing.abort(STOPPING)
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    await Promise.allSettled(this.#answering)
    this.#server.closeAllConnections()
    await closed
  }

  #create(): Server {
    const { maxHeaderBytes, requestTimeoutMs, maxConnections, tls } = this.#options
    const headersTimeout = Math.ceil(requestTimeoutMs / 3)
    const limits = {
      maxHeaderSize: maxHeaderBytes,
      requestTimeout: requestTimeoutMs,
      headersTimeout,
      connectionsCheckingInterval: Math.max(50, Math.min(1000, Math.ceil(headersTimeout / 4))),
    }
    const server = tls ? createTlsServer({ ...limits, ...tls }) : createServer(limits)
    server.maxConnections = maxConnections
    // who asks before sending a body is answered before it comes
    server.on('checkContinue', (request, response) => this.#take(request, response, () => response.writeContinue()))
    server.on('request', (request, response) => this.#take(request, response, () => {}))
    return server
  }

  #fail(error: unknown): void {
    this.#failure = error
    this.#query.changed()
  }

  #take(request: IncomingMessage, response: ServerResponse, goOn: () => void): void {
    const answer = this.#answer(request, goOn).then(
      id => {
        this.#answered.accepted!++
        response.writeHead(200, { 'content-type': 'application/json', ...(this.#closing.signal.aborted && { connection: 'close' }) })
        return sent(response, { id })
      },
      (error: unknown) => this.#refuse(request, response, error),
    )
    this.#answering.add(answer)
    void answer.finally(() => this.#answering.delete(answer))
  }

  /** The id of the event, once it is durable. Rejects with `Refused`; with anything else where the log failed or the sender went away. */
  async #answer(request: IncomingMessage, goOn: () => void): Promise<string> {
    const at = this.#platform.clock.now()
    const [path = '/', search = ''] = splitUrl(request.url ?? '/')
    const problem = headProblem(request, path, this.#options) ?? this.#noRoom(Number(request.headers['content-length'] ?? 0))
    if (problem) throw problem
    goOn()
    let bytes = 0
    try {
      const taken = (n: number): void => {
        bytes += n
        this.#inFlight += n
      }
      const raw = await bodyOf(request, { most: this.#options.maxBodyBytes, taken, signal: this.#closing.signal })
      const body = await this.#checked(request, raw, at)
      // what others have sent meanwhile counts as well
      const full = this.#noRoom(0)
      if (full) throw full
      const head = this.#head(request, path, search)
      await this.#log.append([{ at, head: JSON.stringify(head), body }])
      return head.id
    } finally {
      this.#inFlight -= bytes
    }
  }

  #noRoom(coming: number): Refused | undefined {
    if (this.#closing.signal.aborted) return STOPPING
    if (this.#log.failure !== undefined) return new Refused(503, 'the log cannot be written')
    if (this.#query.room() <= 0) return new Refused(429, 'too many events wait to be taken on')
    return this.#inFlight + coming > IN_FLIGHT_BYTES ? new Refused(503, 'too many bodies are on their way') : undefined
  }

  async #checked(request: IncomingMessage, raw: Uint8Array, nowMs: number): Promise<Uint8Array> {
    const { signature, maxBodyBytes, form } = this.#options
    if (signature) {
      const header = (name: string) => [request.headers[name]].flat()[0]
      const signed = { header, body: raw, nowMs, toleranceMs: signature.toleranceMs }
      const problem = signatureProblem(signature.scheme, signature.secrets, signed)
      if (problem) throw new Refused(401, problem)
    }
    const body = await unpacked(raw, request.headers['content-encoding'], maxBodyBytes)
    return FORMS[form](body, request.headers['content-type'])
  }

  /** The token and what signs stay out of the log: their headers are left out. */
  #head(request: IncomingMessage, path: string, search: string): Head {
    const { token, idHeaders } = this.#options
    const secret = token ? (token.header?.toLowerCase() ?? 'authorization') : undefined
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      name === secret || value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value] as const],
    )
    const id = idHeaders.map(name => request.headers[name]).find(value => typeof value === 'string' && value !== '')
    return {
      // one of our own where the sender gives none: rows without an id would be duplicates of each other
      id: (id as string | undefined) ?? this.#platform.ids.uuid(),
      method: request.method!,
      path,
      headers: Object.fromEntries(headers),
      query: joined(new URLSearchParams(search)),
      remoteAddress: request.socket.remoteAddress ?? '',
    }
  }

  async #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    if (error === undefined || response.destroyed) return
    const { status, message } = error instanceof Refused ? error : new Refused(503, 'the log cannot be written')
    const wait = status === 429 || status === 503
    this.#answered[wait ? 'turnedAway' : 'refused']!++
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(wait && { 'retry-after': String(Math.max(1, Math.ceil(this.#options.retryAfterMs / 1000))) }),
      ...(status === 405 && { allow: this.#options.methods.join(', ') }),
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(!request.complete && { connection: 'close' }),
    })
    if (request.complete || this.#closing.signal.aborted) return sent(response, { error: message })
    response.write(lineOf({ error: message }))
    readOn(request, () => response.end())
  }
}

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`

/** Fulfilled when the answer has left, or its receiver has. */
const sent = (response: ServerResponse, value: object): Promise<void> =>
  new Promise(resolve => {
    response.once('close', resolve)
    response.end(lineOf(value), resolve)
  })

/** Reads what is still coming, up to a bound, and calls back. */
function readOn(request: IncomingMessage, done: () => void): void {
  let bytes = 0
  const ended = (): void => {
    request.off('data', count).off('end', ended).off('close', ended)
    done()
  }
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length
    if (bytes > READ_ON_BYTES) ended()
  }
  request.on('data', count).on('end', ended).on('close', ended)
}

function splitUrl(url: string): readonly string[] {
  const at = url.indexOf('?')
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}
