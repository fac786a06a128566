import { createHash, timingSafeEqual } from 'node:crypto'
import type { QueryBook, QueryFacts } from './book.ts'
import type { RunningQuery } from './contract.ts'
import { metricsText } from './metrics.ts'

/** What of a request counts. */
export interface Asked {
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly authorization: string | undefined
}
export interface Answer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What the routes look at. */
export interface Seen {
  readonly book: QueryBook
  readonly running: () => readonly RunningQuery[]
  readonly now: () => number
  readonly token: string | undefined
}

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  /** Changes something: asks for the token. */
  readonly guarded?: true
  readonly answer: (seen: Seen, name: string) => Answer | Promise<Answer>
}

export const json = (status: number, value: unknown, headers?: Answer['headers']): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
  ...(headers && { headers }),
})

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/health$/, answer: health },
  { method: 'GET', path: /^\/ready$/, answer: ready },
  {
    method: 'GET',
    path: /^\/metrics$/,
    answer: ({ book, now }) => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: metricsText(book.all(), now()),
    }),
  },
  { method: 'GET', path: /^\/queries$/, answer: seen => json(200, { queries: seen.book.all().map(q => shown(q, seen)) }) },
  { method: 'GET', path: /^\/queries\/([^/]+)$/, answer: oneQuery },
  { method: 'POST', path: /^\/queries\/([^/]+)\/stop$/, guarded: true, answer: stop },
]

/** Answers one request. */
export async function answerTo(asked: Asked, seen: Seen): Promise<Answer> {
  const here = ROUTES.filter(route => route.path.test(asked.path))
  if (here.length === 0) return json(404, { error: 'there is nothing here', paths: ['/health', '/ready', '/metrics', '/queries'] })
  const method = asked.method === 'HEAD' ? 'GET' : asked.method
  const route = here.find(r => r.method === method)
  if (!route) return json(405, { error: `this takes ${here.map(r => r.method).join(', ')}` }, { allow: here.map(r => r.method).join(', ') })
  const refusal = route.guarded ? refusalOf(asked.authorization, seen.token) : undefined
  if (refusal) return refusal
  const name = nameIn(route.path.exec(asked.path)![1] ?? '')
  return name === undefined ? json(400, { error: 'the name is not written as a URL writes it' }) : route.answer(seen, name)
}

function refusalOf(authorization: string | undefined, token: string | undefined): Answer | undefined {
  if (token === undefined) return json(403, { error: 'nothing can be changed here: no token was set when this was started' })
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && same(given, token)) return undefined
  return json(401, { error: 'the bearer token is missing or wrong' }, { 'www-authenticate': 'Bearer' })
}

/** Takes the same time wherever they differ, and whatever their lengths. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function nameIn(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function health({ book }: Seen): Answer {
  const failed = book.all().filter(q => q.state === 'failed')
  if (failed.length === 0) return json(200, { status: 'ok', running: book.all().filter(q => q.state === 'running').length })
  return json(503, { status: 'failed', failed: failed.map(({ key, failure }) => ({ query: key, error: failure })) })
}

/** Before the first query has been started nothing is ready either: whoever asks waits for streams. */
function ready({ book, running }: Seen): Answer {
  const all = book.all()
  const waits = (facts: QueryFacts): boolean => running().some(q => q.runId === facts.runId && q.status.message.startsWith('Waiting for'))
  const missing = all.filter(q => q.state === 'failed' || (q.state === 'running' && q.movedMs === undefined && !waits(q)))
  if (all.length > 0 && missing.length === 0) return json(200, { status: 'ready' })
  return json(503, { status: 'not ready', waitingFor: all.length === 0 ? 'the first query' : missing.map(q => q.key) })
}

function shown(facts: QueryFacts, { running }: Seen): unknown {
  const { key, id, runId, state, failure, restarts, batches, inputRows, lateRows, startedMs, last } = facts
  return {
    name: key,
    id,
    runId,
    state,
    ...(failure !== undefined && { error: failure }),
    startedAt: new Date(startedMs).toISOString(),
    restarts,
    batches,
    inputRows,
    lateRows,
    status: running().find(q => q.runId === runId)?.status ?? null,
    lastProgress: last ?? null,
  }
}

const unknown = (name: string): Answer => json(404, { error: `there is no query "${name}"` })

/** By name, id or run id. */
const find = ({ book }: Seen, name: string): QueryFacts | undefined =>
  book.get(name) ?? book.all().find(q => q.id === name || q.runId === name)

function oneQuery(seen: Seen, name: string): Answer {
  const facts = find(seen, name)
  return facts ? json(200, shown(facts, seen)) : unknown(name)
}

async function stop(seen: Seen, name: string): Promise<Answer> {
  const facts = find(seen, name)
  if (!facts) return unknown(name)
  const query = seen.running().find(q => q.runId === facts.runId)
  if (!query) return json(409, { error: `the query "${facts.key}" does not run` })
  await query.stop()
  return json(200, { stopped: facts.key })
}
