/**
 * A strict stand-in for what fakesnow does not have. It is not Snowflake: it is written from Snowflake's published pages, and what those do not say is marked below.
 *
 * - In front of fakesnow: logins with key or password, roles, rights and warehouses that are refused with Snowflake's codes; calls that fail or whose answer is lost.
 * - Snowpipe Streaming (high-performance architecture), whose rows it keeps: hostname, scoped token, open channel, append rows, bulk channel status, by the
 *   request and response shapes of docs.snowflake.com ("Snowpipe Streaming REST API endpoints", "Error handling …"). Anything else in a request is refused.
 *   Not published, and so a guess: how long a scoped token lives (here until `expireTokens`), that a continuation token used twice is answered like a stale one,
 *   and the texts of messages.
 */
import { createHash, createPublicKey, createVerify, type KeyObject, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { type Channel, Channels } from './channels.ts'

/** A statement that is refused, as Snowflake refuses it. */
export interface Refused {
  readonly sql: RegExp
  readonly code: string
  readonly sqlState: string
  readonly message: string
}
/** What happens to the next calls that match: an HTTP status instead of an answer, or the work done and the answer lost. */
export interface Fault {
  /** Matched with the SQL text, or with `METHOD /path` of other calls. */
  readonly on: RegExp
  readonly times: number
  readonly status?: number
  readonly lose?: true
}
export interface StandInOptions {
  /** fakesnow's. */
  readonly behind?: string
  readonly account?: string
  /** Users and what proves them. */
  readonly users?: Readonly<Record<string, { readonly key?: KeyObject; readonly password?: string; readonly roles?: readonly string[] }>>
  readonly refuses?: readonly Refused[]
}
export interface StandIn extends AsyncDisposable {
  readonly url: string
  readonly channels: Channels
  /** Every call: the SQL text, or `METHOD /path`. */
  readonly calls: string[]
  fail(fault: Fault): void
  expireTokens(): void
}

interface Question {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}
interface Answer {
  readonly status: number
  readonly body: string | Buffer
  readonly type?: string
}
const json = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body), type: 'application/json' })
const wrong = (status: number, code: string, message: string): Answer => json(status, { code, message })
const sqlFailure = (code: string, sqlState: string, message: string): Answer =>
  json(200, { success: false, code, message, data: { errorCode: code, sqlState } })

export async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const service = new Service(options)
  const server: Server = createServer((request, response) => void service.serve(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  service.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${service.host}`,
    channels: service.channels,
    calls: service.calls,
    fail: fault => service.faults.push({ ...fault }),
    expireTokens: () => service.tokens.clear(),
    [Symbol.asyncDispose]: async () => {
      service.channels.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

class Service {
  readonly #options: StandInOptions
  readonly channels = new Channels()
  readonly calls: string[] = []
  readonly tokens = new Set<string>()
  readonly faults: { on: RegExp; times: number; status?: number; lose?: true }[] = []
  host = ''

  constructor(options: StandInOptions) {
    this.#options = options
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const url = new URL(request.url!, 'http://stand-in')
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const question = { method: request.method!, url, headers: request.headers, body }
    const name =
      url.pathname === '/queries/v1/query-request'
        ? (JSON.parse(body.toString()) as { sqlText: string }).sqlText
        : `${request.method} ${url.pathname}`
    this.calls.push(name)
    const fault = this.faults.find(f => f.times > 0 && f.on.test(name))
    if (fault) fault.times--
    if (fault?.status !== undefined) return send(response, wrong(fault.status, '', 'a fault that a test asked for'))
    const answer = await this.#answer(question, raw, name).catch(error => wrong(500, 'STAND_IN', String(error)))
    if (fault?.lose) {
      request.socket.destroy()
      return
    }
    send(response, answer)
  }

  async #answer(question: Question, raw: Buffer, name: string): Promise<Answer> {
    const { pathname } = question.url
    if (pathname === '/v2/streaming/hostname') return this.#hostname(question)
    if (pathname === '/oauth/token') return this.#token(question)
    if (pathname.startsWith('/v2/streaming/')) return this.#streaming(question)
    if (pathname === '/session/v1/login-request') {
      const refused = this.#refusedLogin(question)
      if (refused) return refused
    }
    const refused = pathname === '/queries/v1/query-request' && this.#options.refuses?.find(r => r.sql.test(name))
    if (refused) return sqlFailure(refused.code, refused.sqlState, refused.message)
    return this.#forward(question, raw)
  }

  async #forward({ method, url, headers }: Question, raw: Buffer): Promise<Answer> {
    if (this.#options.behind === undefined) return wrong(404, '', 'nothing stands behind')
    const { host: _, connection: __, 'content-length': ___, ...kept } = headers
    const answer = await fetch(`${this.#options.behind}${url.pathname}${url.search}`, {
      method,
      headers: kept as Record<string, string>,
      ...(raw.length > 0 && { body: new Uint8Array(raw) }),
    })
    return {
      status: answer.status,
      body: Buffer.from(await answer.arrayBuffer()),
      type: answer.headers.get('content-type') ?? 'application/json',
    }
  }

  #refusedLogin({ body, url }: Question): Answer | undefined {
    const { data } = JSON.parse(body.toString()) as { data: Readonly<Record<string, string>> }
    const users = this.#options.users
    if (!users) return undefined
    const user = users[data['LOGIN_NAME']!.toUpperCase()]
    if (data['AUTHENTICATOR'] === 'SNOWFLAKE_JWT') {
      if (!user?.key || !this.#holds(data['TOKEN'] ?? '', user.key))
        return sqlFailure('390144', '08001', `JWT token is invalid. [${randomUUID()}]`)
    } else if (user?.password === undefined || user.password !== data['PASSWORD']) {
      return sqlFailure('390100', '08001', 'Incorrect username or password was specified.')
    }
    const role = url.searchParams.get('roleName')
    if (role === null || user.roles === undefined || user.roles.includes(role)) return undefined
    return sqlFailure('390189', '08001', `Role '${role}' specified in the connect string does not exist or not authorized.`)
  }

  /** A key-pair token as Snowflake wants it: RS256, issuer account.user.fingerprint, subject account.user, an hour at most. */
  #holds(token: string, key: KeyObject): boolean {
    const [head, claims, signature] = token.split('.')
    if (!head || !claims || !signature) return false
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iss: string; sub: string; iat: number; exp: number }
    const print = createHash('sha256')
      .update(createPublicKey(key as never).export({ type: 'spki', format: 'der' }))
      .digest('base64')
    const account = (this.#options.account ?? this.host.split('.')[0]!).toUpperCase()
    return (
      (JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string }).alg === 'RS256' &&
      createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(createPublicKey(key as never), signature, 'base64url') &&
      said.sub.startsWith(`${account}.`) &&
      said.iss === `${said.sub}.SHA256:${print}` &&
      seconds(said.exp) - seconds(said.iat) <= 3600 &&
      seconds(said.exp) * 1000 > Date.now()
    )
  }

  #proven({ headers }: Question): boolean {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    return Object.values(this.#options.users ?? {}).some(user => user.key && this.#holds(token, user.key))
  }

  #hostname(question: Question): Answer {
    if (question.method !== 'GET') return wrong(405, 'METHOD_NOT_ALLOWED', 'GET is wanted')
    if (question.headers['x-snowflake-authorization-token-type'] !== 'KEYPAIR_JWT')
      return wrong(401, '390303', 'Invalid OAuth access token.')
    return this.#proven(question) ? json(200, { hostname: this.host }) : wrong(401, '390144', 'JWT token is invalid.')
  }

  #token(question: Question): Answer {
    const form = new URLSearchParams(question.body.toString())
    if (question.headers['content-type'] !== 'application/x-www-form-urlencoded') return wrong(400, 'invalid_request', 'a form is wanted')
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return wrong(400, 'unsupported_grant_type', 'jwt-bearer is wanted')
    if (form.get('scope') !== this.host) return wrong(400, 'invalid_scope', 'the hostname is wanted')
    if (!this.#proven(question)) return wrong(401, '390144', 'JWT token is invalid.')
    const token = randomUUID()
    this.tokens.add(token)
    return json(200, { token })
  }

  #streaming(question: Question): Answer {
    const token = /^Bearer (.+)$/.exec(question.headers.authorization ?? '')?.[1] ?? ''
    if (!this.tokens.has(token)) return wrong(401, '390318', 'the scoped token is over')
    const path = decodeURIComponent(question.url.pathname)
    const open = /^\/v2\/streaming\/databases\/([^/]+)\/schemas\/([^/]+)\/pipes\/([^/]+)\/channels\/([^/]+)$/.exec(path)
    const rows = /^\/v2\/streaming\/data\/databases\/([^/]+)\/schemas\/([^/]+)\/pipes\/([^/]+)\/channels\/([^/]+)\/rows$/.exec(path)
    const status = /^\/v2\/streaming\/databases\/([^/]+)\/schemas\/([^/]+)\/pipes\/([^/:]+):bulk-channel-status$/.exec(path)
    if (open && question.method === 'PUT') return this.#open(question, open.slice(1))
    if (rows && question.method === 'POST') return this.#append(question, rows.slice(1))
    if (status && question.method === 'POST') return this.#status(question, status.slice(1))
    return wrong(404, 'NOT_FOUND', `no ${question.method} ${path}`)
  }

  #open({ headers, body }: Question, at: readonly string[]): Answer {
    if (headers['content-type'] !== 'application/json') return wrong(415, 'UNSUPPORTED_MEDIA_TYPE', 'JSON is wanted')
    const said = JSON.parse(body.toString() || '{}') as Record<string, unknown>
    const odd = Object.keys(said).filter(k => !['offset_token', 'fail_on_uncommitted_rows'].includes(k))
    if (odd.length > 0) return wrong(400, 'INVALID_REQUEST', `unknown ${odd.join(', ')}`)
    const channel = this.channels.open(at, said['fail_on_uncommitted_rows'] === true)
    if (channel === 'no-pipe')
      return wrong(404, 'ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED', `pipe ${at[2]} does not exist or is not authorized`)
    if (channel === 'uncommitted') return wrong(409, 'ERR_CHANNEL_HAS_UNCOMMITTED_DATA', 'the channel has uncommitted rows')
    return json(200, { next_continuation_token: channel.continuation, channel_status: describe(channel, 'rows_error_count') })
  }

  #append({ headers, body, url }: Question, at: readonly string[]): Answer {
    if (headers['content-type'] !== 'application/x-ndjson') return wrong(415, 'UNSUPPORTED_MEDIA_TYPE', 'NDJSON is wanted')
    const odd = [...url.searchParams.keys()].filter(
      k => !['continuationToken', 'startOffsetToken', 'endOffsetToken', 'requestId'].includes(k),
    )
    if (odd.length > 0) return wrong(400, 'INVALID_REQUEST', `unknown ${odd.join(', ')}`)
    if (body.length > 4_000_000) return wrong(413, 'PAYLOAD_TOO_LARGE', 'rows may have 4 MB')
    const text = body.toString()
    if (!text.endsWith('\n')) return wrong(400, 'INVALID_REQUEST', 'every row ends with a line feed')
    const rows = text
      .slice(0, -1)
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    const next = this.channels.append(at, url.searchParams.get('continuationToken'), url.searchParams.get('endOffsetToken'), rows)
    if (next !== undefined) return json(200, { next_continuation_token: next })
    return wrong(
      400,
      'STALE_CONTINUATION_TOKEN_SEQUENCER',
      'Channel sequencer in the continuation token is stale. Please reopen the channel',
    )
  }

  #status({ headers, body }: Question, at: readonly string[]): Answer {
    if (headers['content-type'] !== 'application/json') return wrong(415, 'UNSUPPORTED_MEDIA_TYPE', 'JSON is wanted')
    const names = (JSON.parse(body.toString()) as { channel_names: string[] }).channel_names
    const found = names.flatMap(name => this.channels.find([...at, name]) ?? [])
    return json(200, { channel_statuses: Object.fromEntries(found.map(c => [c.name, describe(c, 'rows_errors')])) })
  }
}

/** Snowflake's own driver counts milliseconds where the standard counts seconds, and is let in. */
const seconds = (time: number): number => (time > 100_000_000_000 ? time / 1000 : time)

/** The count of errors has two names in the published answers. */
const describe = (c: Channel, errors: 'rows_error_count' | 'rows_errors') => ({
  database_name: c.database,
  schema_name: c.schema,
  pipe_name: c.pipe,
  channel_name: c.name,
  channel_status_code: 'SUCCESS',
  last_committed_offset_token: c.committed,
  rows_inserted: c.rows.length,
  rows_parsed: c.rows.length + c.errors,
  [errors]: c.errors,
  last_error_offset_upper_bound: c.errorsUpTo,
  last_error_message: c.errors > 0 ? 'a column does not take the value' : null,
  snowflake_avg_processing_latency_ms: 1,
})

function send(response: ServerResponse, { status, body, type }: Answer): void {
  response.writeHead(status, { 'content-type': type ?? 'application/json' })
  response.end(body)
}
