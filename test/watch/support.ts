import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Session, type SessionOptions } from '../../src/index.ts'

/** A directory that goes with its test. */
export function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'millrace-watch-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

export async function open(options: SessionOptions): Promise<Session> {
  const session = await Session.open({ logLevel: 'OFF', ...options })
  onTestFinished(() => session.close())
  return session
}

/** Waits until it holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const give = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > give) throw new Error(`${what}: did not come about`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: any
}

/** A server that keeps what it is sent; `answers` are the status codes it gives first, then 200. */
export async function receiver(answers: readonly number[] = []) {
  const got: Received[] = []
  const refused: Received[] = []
  const left = [...answers]
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const one = { path: request.url!, headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) }
    const status = left.shift() ?? 200
    ;(status === 200 ? got : refused).push(one)
    response.writeHead(status).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, refused }
}

/** What Prometheus reads of a page: types by metric and the value of each series; whatever its grammar does not allow throws. */
export function parsed(text: string) {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const helps = new Map<string, string>()
  const series: { readonly name: string; readonly labels: Record<string, string>; readonly value: number }[] = []
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line)
    if (comment) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string]
      const to = kind === 'HELP' ? helps : types
      if (to.has(name)) throw new Error(`${kind} of ${name} twice`)
      if (series.some(s => s.name === name)) throw new Error(`${kind} of ${name} behind its samples`)
      to.set(name, rest)
      continue
    }
    const sample = /^([a-zA-Z_:][\w:]*)\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\["\\n])*",?)*)\} (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(
      line,
    )
    if (!sample) throw new Error(`no line of the format: ${line}`)
    const labels = Object.fromEntries(
      [...sample[2]!.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"/g)].map(m => [m[1]!, unescaped(m[2]!)]),
    )
    series.push({ name: sample[1]!, labels, value: Number(sample[3]!.replace('Inf', 'Infinity')) })
  }
  const keys = series.map(s => JSON.stringify([s.name, Object.entries(s.labels).sort()]))
  if (new Set(keys).size !== keys.length) throw new Error('a series stands twice')
  for (const { name } of series) if (!types.has(name) || !helps.has(name)) throw new Error(`${name} has no type or help`)
  const value = (name: string, labels: Record<string, string> = {}): number | undefined =>
    series.find(s => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v))?.value
  return { types, helps, series, value }
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
