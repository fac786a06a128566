import { createHash } from 'node:crypto'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { Answer, HttpClient } from '../web/client.ts'
import type { JsonPath } from '../web/json-path.ts'
import { persist } from '../web/persist.ts'
import { shownUrl, without } from '../web/shown-url.ts'
import { compareKeys, parseExactly, scalarText } from './exact-json.ts'
import { type NextPage, type Pagination, requestOf, unreadable } from './pages.ts'

/** Everything a poll needs to know, worked out from the options. */
export interface PollPlan {
  readonly client: HttpClient
  readonly platform: Platform
  /** With every parameter that each request has. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly answer: 'json' | 'lines' | 'text'
  readonly rows: JsonPath | undefined
  readonly pagination: Pagination
  readonly incremental?: { readonly key: JsonPath; readonly parameter: string; readonly start: string | undefined } | undefined
  readonly timeoutMs: number
  readonly retryForMs: number
  readonly maxAnswerBytes: number
  readonly repeating?: (why: string, waitMs: number) => void
}

/** Where polling stands: kept with the rows in the log. */
export interface PollState {
  /** When the last poll began, epoch milliseconds. */
  readonly polledAt: number
  /** The greatest key of all polls that are over, and digests of the rows that have it. */
  readonly since?: string
  readonly seen?: readonly string[]
  /** What the server calls the answer to the first page, when asked with `since`. */
  readonly version?: { readonly etag?: string; readonly modified?: string; readonly since?: string }
  /** A poll that is not over. */
  readonly under?: UnderWay
}
interface UnderWay {
  readonly next: NextPage
  readonly at: number
  readonly greatest?: string
  readonly seen?: readonly string[]
}

/** The rows of a page as texts, and where polling stands once they are kept. */
export interface PolledPage {
  readonly rows: readonly string[]
  readonly state: PollState
}

const MOST_REDIRECTS = 5
const digest = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('base64url').slice(0, 20)

/** One poll: page after page, from where an earlier one broke off. Nothing comes when the server says that nothing is new. */
export async function* pollPages(plan: PollPlan, before: PollState | undefined, signal: AbortSignal): AsyncGenerator<PolledPage> {
  const polledAt = before?.under ? before.polledAt : plan.platform.clock.now()
  const since = before?.since ?? plan.incremental?.start
  let under: UnderWay | undefined = before?.under
  let version = before?.under ? before.version : undefined
  let last: string | undefined
  for (;;) {
    const request = requestOf(baseOf(plan, since), under?.next)
    const answer = await ask(plan, request, under ? {} : conditional(before, since), signal)
    if (answer.status === 304) {
      answer.discard()
      return
    }
    if (!under) version = versionOf(answer, since)
    const bytes = await answer.bytes(plan.maxAnswerBytes)
    const { json, rows } = readRows(plan, request, bytes)
    const at = under?.at ?? 0
    const body = digest(bytes)
    if (body === last && rows.length > 0) throw unreadable(request, 'a page is the same as the page before it')
    last = body
    const kept = { since: before?.since, seen: before?.seen }
    const met = meet(plan, rows, kept, { greatest: under?.greatest ?? before?.since, seen: under ? under.seen : before?.seen })
    const next = plan.pagination({ request, headers: answer.headers, json, rowCount: rows.length, at })
    const common = { polledAt, ...(version && { version }) }
    const marks = { ...(met.seen && { seen: met.seen }) }
    if (!next) {
      yield { rows: met.rows, state: { ...common, ...(met.greatest !== undefined && { since: met.greatest }), ...marks } }
      return
    }
    under = { next, at: at + 1, ...(met.greatest !== undefined && { greatest: met.greatest }), ...marks }
    yield { rows: met.rows, state: { ...common, ...defined(kept), under } }
  }
}

const defined = <T extends object>(of: T): Partial<T> =>
  Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined)) as Partial<T>

function baseOf({ url, incremental }: PollPlan, since: string | undefined): URL {
  const base = new URL(url)
  if (incremental && since !== undefined) base.searchParams.set(incremental.parameter, since)
  return base
}

function conditional(before: PollState | undefined, since: string | undefined): Record<string, string> {
  const { etag, modified, since: of } = before?.version ?? {}
  if (of !== since) return {}
  return { ...(etag !== undefined && { 'if-none-match': etag }), ...(modified !== undefined && { 'if-modified-since': modified }) }
}

function versionOf({ headers }: Answer, since: string | undefined): PollState['version'] {
  const { etag, 'last-modified': modified } = headers
  return etag === undefined && modified === undefined ? undefined : defined({ etag, modified, since })
}

/** Asks once, and again while it is worth it; redirects stay on the server that was named. */
async function ask(plan: PollPlan, first: URL, extra: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
  const { client, platform, timeoutMs, retryForMs, repeating } = plan
  const headers = { accept: plan.answer === 'json' ? 'application/json' : '*/*', ...plan.headers, ...extra }
  let url = first
  for (let redirects = 0; ; redirects++) {
    const request = url
    const answer = await persist(() => client.send({ method: 'GET', url: request, headers, timeoutMs, signal }), {
      platform,
      retryForMs,
      signal,
      method: 'GET',
      url: shownUrl(request),
      ...(repeating && { repeating }),
    })
    if (answer.status === 200 || answer.status === 304 || answer.status === 206) return answer
    if (answer.status === 204) return { ...answer, bytes: async () => new TextEncoder().encode(plan.answer === 'json' ? '[]' : '') }
    const to = answer.headers['location']
    if (![301, 302, 303, 307, 308].includes(answer.status) || to === undefined || redirects === MOST_REDIRECTS)
      throw await refusal(plan, request, answer)
    answer.discard()
    if (!URL.canParse(to, request.href)) throw unreadable(request, 'it redirects to what is no URL')
    url = new URL(to, request)
    if (url.origin !== plan.url.origin)
      throw new MillraceError('HTTP_ELSEWHERE', { url: shownUrl(request), to: url.origin, how: 'redirects to' })
  }
}

const MOST_SHOWN = 300

async function refusal({ secrets }: PollPlan, url: URL, answer: Answer): Promise<MillraceError> {
  const bytes = await answer.bytes(1 << 16).catch(() => new Uint8Array())
  const text = without(Buffer.from(bytes).toString().trim().replaceAll(/\s+/g, ' '), secrets).slice(0, MOST_SHOWN)
  return new MillraceError('HTTP_REFUSED', { method: 'GET', url: shownUrl(url), status: answer.status, answer: text })
}

/** The rows of an answer, each as a text. */
function readRows(plan: PollPlan, request: URL, bytes: Uint8Array): { readonly json: unknown; readonly rows: readonly string[] } {
  const text = textOf(request, bytes)
  if (plan.answer === 'text') return { json: undefined, rows: text === '' ? [] : [text] }
  if (plan.answer === 'lines') return { json: undefined, rows: text.split(/\r?\n/).filter(line => line !== '') }
  let json: unknown
  try {
    json = parseExactly(text)
  } catch (cause) {
    throw new MillraceError('HTTP_ANSWER_UNREADABLE', { url: shownUrl(request), why: 'it is not JSON' }, { cause })
  }
  const values = plan.rows ? plan.rows(json) : Array.isArray(json) ? json : [json]
  return { json, rows: values.map(value => JSON.stringify(value)) }
}

function textOf(request: URL, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable(request, 'it is not UTF-8')
  }
}

interface Marks {
  readonly greatest: string | undefined
  readonly seen: readonly string[] | undefined
}

/** Leaves out rows that earlier polls had at the greatest key, and moves it on. Servers differ in whether "since" includes the moment itself: both do. */
function meet(
  { incremental }: PollPlan,
  rows: readonly string[],
  before: { readonly since: string | undefined; readonly seen: readonly string[] | undefined },
  marks: Marks,
): Marks & { readonly rows: readonly string[] } {
  if (!incremental) return { greatest: undefined, seen: undefined, rows }
  const known = new Set(before.seen)
  let { greatest } = marks
  let seen = new Set(marks.seen)
  const fresh: string[] = []
  for (const row of rows) {
    const key = scalarText(incremental.key(parseOrText(row))[0])
    const mark = digest(row)
    if (key !== undefined && key === before.since && known.has(mark)) continue
    fresh.push(row)
    if (key === undefined) continue
    const order = greatest === undefined ? 1 : compareKeys(key, greatest)
    if (order > 0) {
      greatest = key
      seen = new Set()
    }
    if (order >= 0) seen.add(mark)
  }
  return { greatest, seen: [...seen], rows: fresh }
}

function parseOrText(row: string): unknown {
  try {
    return parseExactly(row)
  } catch {
    return row
  }
}
