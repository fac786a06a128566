import { describe, expect, it } from 'vitest'
import type { SourceContext, Warning } from '../../src/connectors/contract.ts'
import { isMillraceError, Session } from '../../src/index.ts'
import { nextEnd, openSource, places, plan, read, serve, until } from './support.ts'
import { webSocketServer } from './websocket-server.ts'

const fresh = places()
const open = (options: Record<string, string>, place = fresh(), over: Partial<SourceContext> = {}) =>
  openSource('websocket', place, options, over)

describe('messages of a WebSocket', () => {
  it('come after the subscription, over a connection with the headers and protocols asked for', async () => {
    await using server = await webSocketServer()
    const source = await open({
      url: server.url,
      subscribe: '["sub a","sub b"]',
      'header.X-Key': 'k',
      protocols: 'v1, v2',
      bearerToken: 't',
    })
    await until(() => server.peers[0]?.heard.length === 2)
    const [peer] = server.peers
    expect(peer!.heard).toEqual(['sub a', 'sub b'])
    expect(peer!.request.headers).toMatchObject({ 'x-key': 'k', authorization: 'Bearer t', 'sec-websocket-protocol': 'v1, v2' })
    peer!.send('{"n":1}')
    peer!.send(Buffer.from('zwei'))
    await until(async () => (await plan(source)).latest === '1')
    expect((await read(source, null, '1')).map(r => r['data'])).toEqual(['{"n":1}', 'zwei'])
    await source.close()
  })

  it('are bytes where that is asked for; bytes that are no text are told of elsewhere', async () => {
    await using server = await webSocketServer(peer => peer.send(new Uint8Array([255, 0])))
    const binary = await open({ url: server.url, payload: 'binary' })
    expect((await read(binary, null, await nextEnd(binary)))[0]!['data']).toEqual(new Uint8Array([255, 0]))
    await binary.close()
    const said: Warning[] = []
    const text = await open({ url: server.url }, fresh(), { warn: w => said.push(w) })
    await nextEnd(text)
    expect(said.map(w => w.code)).toContain('WEBSOCKET_BINARY')
    await text.close()
  })

  it('go on after a connection broke, and the gap is told', async () => {
    const said: Warning[] = []
    await using server = await webSocketServer()
    const source = await open({ url: server.url }, fresh(), { warn: w => said.push(w) })
    await until(() => server.peers.length === 1)
    server.peers[0]!.send('one')
    await nextEnd(source)
    server.peers[0]!.drop()
    await until(() => server.peers.length === 2)
    server.peers[1]!.send('two')
    await until(async () => (await plan(source)).latest === '1')
    server.peers[1]!.close(1001)
    await until(() => server.peers.length === 3)
    expect((await read(source, null, '1')).map(r => r['data'])).toEqual(['one', 'two'])
    expect(said.map(w => w.code)).toEqual(['WEBSOCKET_GAP', 'WEBSOCKET_GAP'])
    expect(said[1]!.message).toContain('closed with 1001')
    await source.close()
  })

  it('that were planned are read again after a restart, which says what it lost', async () => {
    await using server = await webSocketServer(peer => peer.send('hello'))
    const place = fresh()
    const first = await open({ url: server.url }, place)
    const end = await nextEnd(first)
    await first.close()
    const said: Warning[] = []
    const again = await open({ url: server.url }, place, { warn: w => said.push(w) })
    expect((await read(again, null, end)).map(r => r['data'])).toEqual(['hello'])
    expect(said.map(w => w.code)).toEqual(['WEBSOCKET_GAP'])
    await again.close()
  })

  it('keep a connection alive that wants to hear something, and one that is silent is made anew', async () => {
    await using server = await webSocketServer()
    const source = await open({ url: server.url, pingMessage: 'ping', pingInterval: '10ms', idleTimeout: '200ms' })
    await until(() => (server.peers[0]?.heard.length ?? 0) > 2)
    expect(server.peers[0]!.heard[0]).toBe('ping')
    await until(() => server.peers.length === 2)
    await source.close()
  })

  it('stop coming while the log is full', async () => {
    await using server = await webSocketServer(peer => peer.send('x'.repeat(200)))
    const source = await open({ url: server.url, maxLogBytes: '100' })
    await until(() => Number(source.metrics!()['waitingBytes']) > 100)
    const end = await nextEnd(source)
    expect(await read(source, null, end)).toHaveLength(1)
    await until(() => server.peers.length === 2)
    await source.close()
  })

  it('from nowhere end the query', async () => {
    const gone = await serve(() => {})
    const url = gone.url.replace('http', 'ws')
    await gone[Symbol.asyncDispose]()
    const source = await open({ url, retryFor: '1ms' })
    await expect(nextEnd(source)).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_UNAVAILABLE'))
    await source.close()
    await expect(open({ url: 'http://x' })).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_URL'))
  })

  it('reach a query, whose explain says what may be missing', async () => {
    await using server = await webSocketServer(peer => peer.send('{"n":7}'))
    const session = await Session.open()
    const rows: unknown[] = []
    const query = await session.readStream
      .format('websocket')
      .load(server.url)
      .selectExpr("get_json_object(data, '$.n') AS n")
      .writeStream.foreach((row: any) => void rows.push(row.n))
      .option('checkpointLocation', fresh())
      .start()
    await until(() => rows.length === 1)
    expect(rows).toEqual(['7'])
    expect(await query.explain(true)).toContain('not: what the server sends while nobody is connected')
    await query.stop()
    await session.close()
  })
})
