import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { builtins } from '../../src/connectors/builtin.ts'
import type { Scan, Source, SourceContext } from '../../src/connectors/contract.ts'
import { MemoryTables } from '../../src/connectors/memory/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { rowsOf } from '../../src/types/index.ts'

/** Fresh directories of one test file, removed at its end. */
export function places(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-web-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  return () => mkdtempSync(join(root, 'p-'))
}

const connectors = builtins({ memoryTables: new MemoryTables(), print: () => {} })

/** Opens a source on a place, as a query with its checkpoint there does. */
export async function openSource(
  format: string,
  place: string,
  options: Readonly<Record<string, string>>,
  over: Partial<SourceContext> = {},
): Promise<Source> {
  const platform = over.platform ?? nodePlatform
  const connector = await connectors[format]!()
  return connector.source!({
    platform,
    options,
    paths: [],
    streaming: true,
    conf: () => undefined,
    store: async uri => localStore(uri, platform),
    warn: () => {},
    log: { store: localStore(join(place, 'checkpoint'), platform), path: 'sources/0', millracePath: 'millrace/sources/0' },
    sourceIndex: 0,
    ...over,
  })
}

export const never: AbortSignal = new AbortController().signal
export const plan = (source: Source, start: string | null = null) => source.plan(start, { kind: 'default' }, { signal: never })

/** Plans until there is something behind `start`. */
export async function nextEnd(source: Source, start: string | null = null): Promise<string> {
  for (;;) {
    const { end } = await plan(source, start)
    if (end !== null && end !== start) return end
    await source.changed({ signal: never })
  }
}

export async function rowsIn(scan: Scan): Promise<Record<string, any>[]> {
  const all: Record<string, any>[] = []
  if (scan.kind === 'files') throw new Error('no files here')
  for await (const batch of scan.kind === 'bytes' ? scan.slices() : scan.batches)
    all.push(...(rowsOf(batch) as Iterable<Record<string, any>>))
  return all
}
export const read = async (source: Source, start: string | null, end: string) => rowsIn(await source.read(start, end, { signal: never }))

/** Waits until it holds. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const give = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > give) throw new Error(`${what} did not come about`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

export interface Web extends AsyncDisposable {
  readonly url: string
  readonly server: Server
}

/** A real HTTP server of the test's own, on a free port of 127.0.0.1. */
export async function serve(answer: RequestListener, port = 0): Promise<Web> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, [Symbol.asyncDispose]: close }
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
