import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as it came in. */
export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** A request and what came of it. */
interface Exchange extends SeenRequest {
  status?: number
  /** Bytes of both bodies. */
  bytes: number
}
/** What requests of one operation came to. */
export interface Traffic {
  readonly calls: number
  readonly bytes: number
  readonly errors: number
}

/** What becomes of a request instead of being handed through. */
export type Fault =
  /** Answered by the proxy; the server never hears of it. */
  | { readonly do: 'answer'; readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks before the server hears of it. */
  | { readonly do: 'reset' }
  /** The server does it, and the answer is lost. */
  | { readonly do: 'lose-answer' }
  /** The server's answer breaks off after so many bytes of its body. */
  | { readonly do: 'break-off'; readonly after: number }
  /** Nothing ever comes back. */
  | { readonly do: 'silence' }

/** A real store behind a proxy that sees, counts and spoils requests. */
export interface StoreProxy extends AsyncDisposable {
  readonly endpoint: string
  /** Since the last `clear`, in order. */
  readonly requests: readonly SeenRequest[]
  /** Requests by operation, e.g. `{ 'PUT offsets': 3, LIST: 1 }`; `below` is cut off the front of keys. */
  counts(below?: string): Record<string, number>
  /** Calls, bytes and errors by operation. */
  traffic(): Record<string, Traffic>
  clear(): void
  /** Asked for each request; the first answer counts. Replaces what was said before. */
  spoil(fault: (request: SeenRequest) => Fault | undefined): void
}

/** @example await using proxy = await storeProxy((await s3()).endpoint) */
export async function storeProxy(target: string): Promise<StoreProxy> {
  const origin = new URL(target)
  let requests: Exchange[] = []
  let faultOf: (request: SeenRequest) => Fault | undefined = () => undefined
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const seen: Exchange = { method: request.method!, path: request.url!, headers: request.headers, bytes: 0 }
    requests.push(seen)
    request.on('data', (chunk: Buffer) => {
      seen.bytes += chunk.length
    })
    response.on('finish', () => {
      seen.status = response.statusCode
      seen.bytes += Number(response.getHeader('content-length') ?? 0)
    })
    const fault = faultOf(seen)
    if (fault) spoiled(fault, origin, request, response)
    else handThrough(origin, request, response)
  })
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}${origin.pathname === '/' ? '' : origin.pathname}`,
    get requests() {
      return requests
    },
    counts: below => counted(requests, below),
    traffic: () => {
      const by: Record<string, Traffic> = {}
      for (const request of requests) {
        const { calls, bytes, errors } = by[operation(request)] ?? { calls: 0, bytes: 0, errors: 0 }
        by[operation(request)] = { calls: calls + 1, bytes: bytes + request.bytes, errors: errors + ((request.status ?? 0) >= 400 ? 1 : 0) }
      }
      return by
    },
    clear: () => {
      requests = []
    },
    spoil: fault => {
      faultOf = fault
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(done => server.close(done))
    },
  }
}

function handThrough(origin: URL, request: IncomingMessage, response: ServerResponse, spoil?: (answer: IncomingMessage) => void): void {
  const { method, url, headers } = request
  // the headers as they came: a signature covers the host
  const onward = send({ host: origin.hostname, port: origin.port, method, path: url, headers }, answer => {
    if (spoil) return spoil(answer)
    response.writeHead(answer.statusCode!, answer.rawHeaders)
    answer.pipe(response)
  })
  onward.on('error', () => request.socket.destroy())
  request.pipe(onward)
}

const SPOILED: {
  readonly [D in Fault['do']]: (fault: Extract<Fault, { do: D }>, origin: URL, request: IncomingMessage, response: ServerResponse) => void
} = {
  answer: ({ status, body = '', headers }, _, request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body))
  },
  reset: (_, __, request) => void request.socket.destroy(),
  'lose-answer': (_, origin, request, response) =>
    handThrough(origin, request, response, answer => answer.resume().on('end', () => request.socket.destroy())),
  'break-off': ({ after }, origin, request, response) =>
    handThrough(origin, request, response, answer => {
      response.writeHead(answer.statusCode!, answer.rawHeaders)
      let left = after
      answer.on('data', (chunk: Buffer) => {
        if (left <= 0) return
        response.write(chunk.subarray(0, left), () => left <= 0 && request.socket.destroy())
        left -= chunk.length
      })
    }),
  silence: (_, __, request) => void request.resume(),
}
const spoiled = (fault: Fault, origin: URL, request: IncomingMessage, response: ServerResponse): void =>
  (SPOILED[fault.do] as (f: Fault, o: URL, q: IncomingMessage, s: ServerResponse) => void)(fault, origin, request, response)

/** What an S3 request does, by its method and query: https://docs.aws.amazon.com/AmazonS3/latest/API. */
function operation({ method, path }: SeenRequest): string {
  const query = path.slice(path.indexOf('?') + 1 || path.length)
  if (method === 'GET' && /(^|&)list-type=2/.test(query)) return 'LIST'
  if (method === 'POST' && /(^|&)delete/.test(query)) return 'DELETE many'
  if (/(^|&)upload/.test(query)) return { POST: 'MULTIPART', PUT: 'PUT part', DELETE: 'ABORT' }[method] ?? method
  return method
}

/** `PUT offsets`: the operation, and the directory of the key without numbers. */
function counted(requests: readonly SeenRequest[], below = ''): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const request of requests) {
    const key = decodeURIComponent(request.path.split('?')[0]!).replace(/^\//, '')
    const inside = below !== '' && key.startsWith(`${below}/`) ? key.slice(below.length + 1) : key
    const directory = inside.split('/').slice(0, -1).join('/')
    const name = [operation(request), directory].filter(part => part !== '').join(' ')
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
