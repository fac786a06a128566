import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { registry } from './registry.ts'

/** The registry behind a login. */
export interface GuardedRegistry extends AsyncDisposable {
  readonly url: string
  /** Requests that came, in order; `allowed` = with the right header. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly allowed: boolean }[]
}

/**
 * The registry of this run asks nobody for a password. This proxy stands in front of it and answers 401, with Confluent's error body, to
 * requests whose `Authorization` header is not exactly the one expected; all else it hands through.
 * @example await using guarded = await guardedRegistry(`Basic ${btoa('alice:secret')}`)
 */
export async function guardedRegistry(authorization: string): Promise<GuardedRegistry> {
  const target = new URL((await registry()).url)
  const requests: { method: string; path: string; allowed: boolean }[] = []
  const server = createServer((request, response) => {
    const allowed = request.headers.authorization === authorization
    requests.push({ method: request.method!, path: request.url!, allowed })
    if (allowed) void handThrough(target.origin, request, response)
    else response.writeHead(401, { 'content-type': 'application/json' }).end('{"error_code":401,"message":"Unauthorized"}')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

async function handThrough(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}
  const type = request.headers['content-type']
  const answer = await fetch(`${origin}${request.url}`, { method: request.method!, headers: type ? { 'content-type': type } : {}, ...body })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
  response.end(Buffer.from(await answer.arrayBuffer()))
}
