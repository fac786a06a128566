import type { ServerResponse } from 'node:http'
import { afterAll, describe, test } from 'vitest'
import { openSink, openSource, type SinkTenant, type SourceTenant, sinkContract, sourceContract } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { places, serve, textOf, until } from './support.ts'
import { webSocketServer } from './websocket-server.ts'

/** The contract suites on everything that speaks HTTP, as on every other connector. */
const fresh = places()
const closing: AsyncDisposable[] = []
afterAll(async () => {
  for (const one of closing) await one[Symbol.asyncDispose]()
})
const kept = <T extends AsyncDisposable>(server: T): T => {
  closing.push(server)
  return server
}

const webhook: SourceTenant = {
  name: 'webhook',
  open: async () => {
    const directory = fresh()
    let url = ''
    const open = async () => {
      const source = await openSource('webhook', { directory, options: { port: '0' } })
      url = source.metrics!()['url']!
      return source
    }
    let n = 0
    const arrive = async () => void (await (await fetch(url, { method: 'POST', body: `event ${n++}` })).text())
    return { source: await open(), again: open, arrive }
  },
}

const poll: SourceTenant = {
  name: 'http-poll',
  open: async () => {
    const directory = fresh()
    const all: { n: number }[] = []
    let asked = 0
    const { url } = kept(
      await serve((request, response) => {
        const after = Number(new URL(request.url!, 'http://x').searchParams.get('after') ?? -1)
        response.end(JSON.stringify(all.filter(row => row.n > after)))
        asked++
      }),
    )
    const options = { url, interval: '1ms', incrementalKey: 'n', incrementalParameter: 'after' }
    const open = () => openSource('http-poll', { directory, options })
    let frozen = false
    const source = await open()
    const prepare = source.prepareAvailableNow.bind(source)
    // a source that has its last poll behind it asks no more
    source.prepareAvailableNow = async how => {
      await prepare(how)
      frozen = true
    }
    const arrive = async () => {
      all.push({ n: all.length })
      // the poll after the one that brings it has begun: it is in the log
      const seen = asked
      await until(() => frozen || asked > seen + 2)
    }
    return { source, again: open, arrive }
  },
}

const sse: SourceTenant = {
  name: 'sse',
  open: async () => {
    const directory = fresh()
    const events: string[] = []
    const open: ServerResponse[] = []
    const { url } = kept(
      await serve((request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('retry: 1\n\n')
        for (const text of events.slice(Number(request.headers['last-event-id'] ?? 0))) response.write(text)
        open.push(response)
      }),
    )
    const opened = async () => {
      const before = open.length
      const source = await openSource('sse', { directory, options: { url } })
      await until(() => open.length > before)
      return source
    }
    const source = await opened()
    let current = source
    const arrive = async () => {
      const id = events.length + 1
      events.push(`id: ${id}\ndata: event ${id}\n\n`)
      open.at(-1)!.write(events.at(-1)!)
      await until(() => current.metrics!()['lastEventId'] === String(id))
    }
    const again = async () => {
      current = await opened()
      return current
    }
    return { source, again, arrive }
  },
}

const websocket: SourceTenant = {
  name: 'websocket',
  open: async () => {
    const directory = fresh()
    const server = kept(await webSocketServer())
    const opened = async () => {
      const before = server.peers.length
      const source = await openSource('websocket', { directory, options: { url: server.url } })
      await until(() => server.peers.length > before)
      return source
    }
    const source = await opened()
    let current = source
    const arrive = async () => {
      const before = Number(current.metrics!()['messages'])
      server.peers.at(-1)!.send(`message ${before}`)
      await until(() => Number(current.metrics!()['messages']) > before)
    }
    const again = async () => {
      current = await opened()
      return current
    }
    return { source, again, arrive }
  },
}

for (const tenant of [webhook, poll, sse, websocket])
  describe(tenant.name, () => {
    for (const promise of sourceContract(tenant)) test.skipIf(promise.skip)(promise.name, promise.run)
  })

const columns = parseDdl('n int, s string')
/** A receiver that takes each key once, as one does that honours them. */
const http = (name: string, options: Readonly<Record<string, string>>, honours: boolean): SinkTenant => ({
  name,
  schema: columns,
  row: n => ({ n, s: n % 2 ? 'a "b", c' : 'd\ne' }),
  ...(!honours && {
    skip: Object.fromEntries(
      ['the same batch id twice leaves one copy', 'also after a restart'].map(p => [
        p,
        'at least once, and it says why: the receiver ignores the key',
      ]),
    ),
  }),
  open: async () => {
    const has = new Map<string, object[]>()
    let requests = 0
    const { url } = kept(
      await serve(async (request, response) => {
        const body = await textOf(request)
        const rows =
          options['body'] === 'ndjson'
            ? body
                .trim()
                .split('\n')
                .map(line => JSON.parse(line))
            : [JSON.parse(body)].flat()
        const key = honours ? String(request.headers['idempotency-key']) : String(requests++)
        if (!has.has(key)) has.set(key, rows)
        response.end()
      }),
    )
    const open = () => openSink('http', { directory: fresh(), schema: columns, options: { url, ...options } })
    return { sink: await open(), again: open, read: async () => [...has.values()].flat() }
  },
})
for (const tenant of [
  http('http', {}, true),
  http('http, an array a request', { body: 'array' }, true),
  http('http, lines, in order', { body: 'ndjson', ordered: 'true' }, true),
  http('http to a receiver that ignores keys', {}, false),
])
  describe(tenant.name, () => {
    for (const promise of sinkContract(tenant)) test.skipIf(promise.skip)(promise.name, promise.run)
  })
