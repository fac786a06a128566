import { MillraceError } from '../../errors/index.ts'
import type { Clock } from '../../platform/index.ts'
import type { RegistryAccess } from './options.ts'

/** A schema as the registry has it. */
export interface RegisteredText {
  readonly id: number
  readonly version: number
  readonly schema: string
  readonly schemaType: string
  readonly references: readonly SchemaReference[]
}
export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

type Body = Readonly<Record<string, unknown>>
/** What the registry said: its answer, or that there is nothing of the name. */
type Answer = { readonly found: true; readonly body: Body } | { readonly found: false; readonly why: string }

const FIRST_PAUSE_MS = 200
const JSON_TYPE = 'application/vnd.schemaregistry.v1+json'
/** Answers after which another try may go better. */
const AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

const text = (body: Body, key: string): string => (typeof body[key] === 'string' ? (body[key] as string) : '')

/** Confluent's HTTP API of schemas. Nothing it throws shows a password. */
export class RegistryClient {
  readonly #access: RegistryAccess
  readonly #clock: Clock
  /** The address that answered last. */
  #current = 0

  constructor(access: RegistryAccess, clock: Clock) {
    this.#access = access
    this.#clock = clock
  }

  get shownUrl(): string {
    return this.#access.urls.join(', ')
  }

  /** undefined: no schema has the id. */
  async byId(id: number): Promise<RegisteredText | undefined> {
    const answer = await this.#ask('GET', `/schemas/ids/${id}`)
    return answer.found ? registered({ ...answer.body, id }) : undefined
  }

  /** undefined: no such subject, or no such version of it. */
  async version(subject: string, version: number | 'latest'): Promise<RegisteredText | undefined> {
    const answer = await this.#ask('GET', `/subjects/${encodeURIComponent(subject)}/versions/${version}`)
    return answer.found ? registered(answer.body) : undefined
  }

  /** Why the registry would not take a schema as the subject's next version; empty = it would. */
  async incompatibility(subject: string, schema: string): Promise<readonly string[]> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`
    const answer = await this.#ask('POST', path, { schema })
    if (!answer.found || answer.body['is_compatible'] !== false) return []
    const messages = answer.body['messages']
    return Array.isArray(messages) && messages.length > 0 ? messages.map(String) : ['the registry gives no reason']
  }

  /** Registers a schema, or finds that it is there already; answers its id. */
  async register(subject: string, schema: string): Promise<number> {
    const answer = await this.#ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema })
    const id = answer.found ? answer.body['id'] : undefined
    if (typeof id !== 'number') throw this.#refused(`it gave no id for a schema of "${subject}"`)
    return id
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: Body): Promise<Answer> {
    const { urls, retries } = this.#access
    let pause = FIRST_PAUSE_MS
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#once(urls[this.#current]!, method, path, body)
      if (typeof outcome !== 'string') return outcome
      this.#current = (this.#current + 1) % urls.length
      if (attempt >= retries)
        throw new MillraceError('SCHEMA_REGISTRY_UNREACHABLE', { url: this.shownUrl, why: outcome, attempts: attempt + 1 })
      // The other addresses are asked at once, and all of them again after a pause.
      if ((attempt + 1) % urls.length !== 0) continue
      await this.#clock.sleep(pause)
      pause = Math.min(pause * 2, 5_000)
    }
  }

  /** One request; a text says why it may go better another time. */
  async #once(url: string, method: string, path: string, body: Body | undefined): Promise<Answer | string> {
    const { authorization, timeoutMs } = this.#access
    let response: Response
    let answer: string
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: {
          accept: `${JSON_TYPE}, application/json`,
          ...(body && { 'content-type': JSON_TYPE }),
          ...(authorization !== undefined && { authorization }),
        },
        ...(body && { body: JSON.stringify(body) }),
        // A login is never carried to another place.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      answer = await response.text()
    } catch (error) {
      return reasonOf(error, timeoutMs)
    }
    const { status } = response
    if (AGAIN.has(status)) return `it answers ${status}`
    if (status === 401 || status === 403) throw new MillraceError('SCHEMA_REGISTRY_LOGIN', { url, status })
    const read = bodyOf(answer)
    if (status === 404) return { found: false, why: read ? text(read, 'message') : '' }
    if (status >= 400 || !read) throw this.#refused(read ? `${status} ${text(read, 'message')}` : `its answer (${status}) is no JSON`)
    return { found: true, body: read }
  }

  #refused(why: string): MillraceError {
    return new MillraceError('SCHEMA_REGISTRY_REFUSED', { url: this.shownUrl, why })
  }
}

function bodyOf(answer: string): Body | undefined {
  try {
    const body = JSON.parse(answer) as unknown
    return typeof body === 'object' && body !== null ? (body as Body) : undefined
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause, message } = error as Error & { readonly cause?: { readonly code?: string; readonly message?: string } }
  if (name === 'TimeoutError') return `it did not answer within ${timeoutMs} ms`
  return cause?.code ?? cause?.message ?? message
}

const registered = (body: Body): RegisteredText => ({
  id: body['id'] as number,
  version: (body['version'] as number | undefined) ?? 0,
  schema: text(body, 'schema'),
  schemaType: text(body, 'schemaType') || 'AVRO',
  references: (body['references'] as readonly SchemaReference[] | undefined) ?? [],
})
