import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MillraceError } from '../errors/index.ts'
import type { WatchOptions } from './contract.ts'
import { type Answer, answerTo, json, type Seen } from './routes.ts'

const MAX_CONNECTIONS = 64
const MAX_HEADER_BYTES = 8 << 10
const REQUEST_MS = 10_000

/** Serves what the routes answer, and nothing with a body is read. */
export class WatchServer {
  readonly #server: Server
  readonly #seen: Seen

  private constructor(seen: Seen) {
    this.#seen = seen
    this.#server = createServer(
      { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS / 2, keepAliveTimeout: REQUEST_MS / 2 },
      (request, response) => void this.#serve(request, response),
    )
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** Listens. @throws HTTP_LISTEN_FAILED, WATCH_OPTION */
  static async open({ port, host = '127.0.0.1' }: WatchOptions, seen: Seen): Promise<WatchServer> {
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new MillraceError('WATCH_OPTION', { option: 'watch.port', expected: 'a port from 0 to 65535', got: String(port) })
    if (seen.token !== undefined && !/^\S+$/.test(seen.token))
      throw new MillraceError('WATCH_OPTION', { option: 'watch.token', expected: 'a text without spaces that is not empty', got: '***' })
    const made = new WatchServer(seen)
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', cause => {
        const code = (cause as NodeJS.ErrnoException).code ?? cause.message
        reject(new MillraceError('HTTP_LISTEN_FAILED', { host, port, code }, { cause }))
      })
      made.#server.listen(port, host, resolve)
    })
    // A connection that breaks is its client's affair, and a program whose queries have ended may end.
    made.#server.on('error', () => undefined)
    made.#server.unref()
    return made
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const answer = hasBody(request)
      ? json(413, { error: 'requests have no body here' })
      : await answerTo({ method, path: url.split('?', 1)[0]!, authorization: headers.authorization }, this.#seen).catch(failed)
    // What was sent in spite of that is not waited for.
    send(response, answer, method === 'HEAD', hasBody(request))
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const failed = (error: unknown): Answer => json(500, { error: error instanceof Error ? error.message.split('\n', 1)[0] : 'it failed' })

function send(response: ServerResponse, { status, type, body, headers }: Answer, headOnly: boolean, close: boolean): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(close && { connection: 'close' }),
    ...headers,
  })
  response.end(headOnly ? undefined : bytes)
}
