import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Platform } from '../../../platform/index.ts'
import { keyPairToken } from '../login/private-key.ts'
import type { Login } from '../login/settings.ts'
import type { ObjectName } from '../sql/names.ts'
import { type ChannelStatus, type OpenedChannel, StreamingRefusal, statusOf } from './answers.ts'

const zipped = promisify(gzip)
/** Longer no single call is waited for. */
const CALL_MS = 60_000

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/**
 * Snowpipe Streaming's REST endpoints (high-performance architecture) for one channel: hostname and scoped token, open, append, status. Every failure is a
 * StreamingRefusal; nothing is tried again but a call whose token is over.
 */
export class StreamingClient {
  readonly #platform: Platform
  readonly #login: Login
  readonly #key: KeyObject
  readonly #pipe: ObjectName
  readonly #channel: string
  #door: { readonly base: string; readonly token: string } | undefined

  constructor(platform: Platform, login: Login, key: KeyObject, pipe: ObjectName, channel: string) {
    this.#platform = platform
    this.#login = login
    this.#key = key
    this.#pipe = pipe
    this.#channel = channel
  }

  /** Takes the channel over: whoever had it cannot append any more. With `gently` it is refused while rows of theirs are on their way. */
  async open(gently: boolean, signal: AbortSignal): Promise<OpenedChannel> {
    const body = JSON.stringify(gently ? { fail_on_uncommitted_rows: true } : {})
    const headers = { 'content-type': 'application/json' }
    const said = await this.#ask('PUT', `${this.#pipePath()}/channels/${encodeURIComponent(this.#channel)}`, { headers, body }, signal)
    return { continuation: continuationOf(said), status: statusOf(said['channel_status']) }
  }

  /** Hands rows over (lines of JSON); they count once `status` says that their token is committed. Answers the token for the next call. */
  async append(rows: string, continuation: string, offsetToken: string, signal: AbortSignal): Promise<string> {
    const { database, schema, name } = this.#pipe
    const where = [database, schema, name, this.#channel].map(encodeURIComponent)
    const path = `/v2/streaming/data/databases/${where[0]}/schemas/${where[1]}/pipes/${where[2]}/channels/${where[3]}/rows`
    const query = new URLSearchParams({ continuationToken: continuation, startOffsetToken: offsetToken, endOffsetToken: offsetToken })
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }
    return continuationOf(await this.#ask('POST', `${path}?${query}`, { headers, body: await zipped(rows, { level: 1 }) }, signal))
  }

  async status(signal: AbortSignal): Promise<ChannelStatus> {
    const body = JSON.stringify({ channel_names: [this.#channel] })
    const said = await this.#ask(
      'POST',
      `${this.#pipePath()}:bulk-channel-status`,
      { headers: { 'content-type': 'application/json' }, body },
      signal,
    )
    const found = (said['channel_statuses'] as Record<string, unknown> | undefined)?.[this.#channel]
    if (found === undefined)
      throw new StreamingRefusal(`there is no channel ${this.#channel}`, 404, 'ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED')
    return statusOf(found)
  }

  #pipePath(): string {
    const { database, schema, name } = this.#pipe
    const [d, s, p] = [database, schema, name].map(encodeURIComponent)
    return `/v2/streaming/databases/${d}/schemas/${s}/pipes/${p}`
  }

  async #ask(
    method: Call['method'],
    path: string,
    rest: Pick<Call, 'headers' | 'body'>,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    for (let renewed = false; ; renewed = true) {
      const { base, token } = await this.#enter(signal)
      try {
        const headers = { ...rest.headers, authorization: `Bearer ${token}` }
        return objectOf(await this.#send({ method, url: `${base}${path}`, ...rest, headers }, signal))
      } catch (error) {
        if (renewed || !(error instanceof StreamingRefusal) || error.trouble !== 'login') throw error
        this.#door = undefined
      }
    }
  }

  /** The host that takes rows, and a token for it. */
  async #enter(signal: AbortSignal): Promise<{ readonly base: string; readonly token: string }> {
    if (this.#door) return this.#door
    const { url } = this.#login
    const authorization = `Bearer ${keyPairToken(this.#key, this.#login, this.#platform.clock.now())}`
    const proof = { authorization, 'x-snowflake-authorization-token-type': 'KEYPAIR_JWT' }
    const hostname = namedOrBare(
      await this.#send({ method: 'GET', url: `${url}/v2/streaming/hostname`, headers: proof }, signal),
      'hostname',
    )
    const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', scope: hostname })
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const token = namedOrBare(await this.#send({ method: 'POST', url: `${url}/oauth/token`, headers, body: `${form}` }, signal), 'token')
    this.#door = { base: `${new URL(url).protocol}//${hostname}`, token }
    return this.#door
  }

  async #send({ method, url, headers, body }: Call, signal: AbortSignal): Promise<string> {
    let status: number
    let answer: string
    try {
      const request = { method, headers: { ...headers, accept: 'application/json' }, ...(body !== undefined && { body: body as string }) }
      const response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]) })
      status = response.status
      answer = await response.text()
    } catch (error) {
      signal.throwIfAborted()
      const cause = (error as { readonly cause?: { readonly code?: unknown } }).cause?.code
      throw new StreamingRefusal(typeof cause === 'string' ? cause : (error as Error).message, 0, '')
    }
    if (status >= 200 && status < 300) return answer
    const { code, message } = failureOf(answer)
    throw new StreamingRefusal(message || `HTTP ${status}`, status, code)
  }
}

function failureOf(answer: string): { readonly code: string; readonly message: string } {
  const said = parsed(answer)
  const of = (name: string): string => {
    const value = (said as Record<string, unknown> | undefined)?.[name]
    return typeof value === 'string' ? value : ''
  }
  return { code: of('code') || of('error_code'), message: of('message').slice(0, 1000) }
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer) as unknown
  } catch {
    return undefined
  }
}
function objectOf(answer: string): Record<string, unknown> {
  const said = parsed(answer)
  if (typeof said !== 'object' || said === null) throw new StreamingRefusal('the answer is no JSON object', 200, '')
  return said as Record<string, unknown>
}
function continuationOf(said: Readonly<Record<string, unknown>>): string {
  const token = said['next_continuation_token']
  if (typeof token !== 'string' || token === '') throw new StreamingRefusal('the answer has no next_continuation_token', 200, '')
  return token
}
/** `{"hostname":"…"}` as published, or the text alone as the tutorials show it. */
function namedOrBare(answer: string, name: string): string {
  const said = parsed(answer)
  const value = typeof said === 'object' && said !== null ? (said as Record<string, unknown>)[name] : (said ?? answer.trim())
  if (typeof value !== 'string' || value === '') throw new StreamingRefusal(`the answer has no ${name}`, 200, '')
  return value
}
