import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SourceContext, Warning } from '../../src/connectors/contract.ts'
import { EventStreamParser, type StreamEvent } from '../../src/connectors/sse/event-stream.ts'
import { isMillraceError } from '../../src/index.ts'
import { nextEnd, openSource, places, plan, read, serve, until } from './support.ts'

const fresh = places()
const open = (options: Record<string, string>, place = fresh(), over: Partial<SourceContext> = {}) =>
  openSource('sse', place, options, over)
const parse = (...chunks: (string | Uint8Array)[]) => {
  const parser = new EventStreamParser()
  const parsed = chunks.map(chunk => parser.push(Buffer.from(chunk as string)))
  return { events: parsed.flatMap(p => p.events), retryMs: parsed.findLast(p => p.retryMs !== undefined)?.retryMs, id: parser.lastEventId }
}
const event = (data: string, id = '', name = 'message'): StreamEvent => ({ id, event: name, data })

describe('an event stream is read as the standard says', () => {
  it.each<[string, string, readonly StreamEvent[]]>([
    ['lines of data are joined', 'data: YHOO\ndata: +2\ndata: 10\n\n', [event('YHOO\n+2\n10')]],
    [
      'comments count for nothing',
      ': test\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n',
      [event('first', '1'), event('second'), event(' third')],
    ],
    ['a field without a colon is empty', 'data\n\ndata\ndata\n\ndata:', [event(''), event('\n')]],
    ['one blank behind the colon is left out', 'data:test\n\ndata: test\n\n', [event('test'), event('test')]],
    ['events have names', 'event: add\ndata: 1\n\ndata: 2\n\n', [event('1', '', 'add'), event('2')]],
    ['an event without data is none', 'event: add\nid: 7\n\ndata: x\n\n', [event('x', '7')]],
    ['an id with a zero counts for nothing', 'id: a\ndata: 1\n\nid: b\0c\ndata: 2\n\n', [event('1', 'a'), event('2', 'a')]],
    ['an event that is not over is none', 'data: 1', []],
    ['a byte order mark is left out', '\uFEFFdata: 1\n\n', [event('1')]],
    ['unknown fields count for nothing', 'x: 1\nDATA: 2\ndata: 3\n\n', [event('3')]],
  ])('%s', (_, text, events) => {
    expect(parse(text).events).toEqual(events)
  })

  it('retry is a whole number or nothing', () => {
    expect(parse('retry: 10\n\n').retryMs).toBe(10)
    expect(parse('retry: 1.5\nretry: x\nretry: -1\n').retryMs).toBeUndefined()
  })

  it('wherever it is cut, and however its lines end', () => {
    const text = 'id: 1\nevent: ü\ndata: €\ndata: b\n\n: c\nretry: 5\ndata: 2\n\n'
    const whole = parse(text)
    fc.assert(
      fc.property(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(80), { maxLength: 12 }), (end, cuts) => {
        const bytes = Buffer.from(text.replaceAll('\n', end))
        const at = [0, ...cuts.map(c => Math.min(c, bytes.length)).sort((a, b) => a - b), bytes.length]
        expect(parse(...at.slice(1).map((to, i) => bytes.subarray(at[i]!, to)))).toEqual(whole)
      }),
    )
  })
})

/** A server whose connections the test speaks to by hand. */
async function stream() {
  const open: ServerResponse[] = []
  const ids: (string | undefined)[] = []
  const web = await serve((request, response) => {
    ids.push(request.headers['last-event-id'] as string | undefined)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('retry: 1\n\n')
    open.push(response)
  })
  return { ...web, open, ids, [Symbol.asyncDispose]: web[Symbol.asyncDispose] }
}

describe('listening to a server', () => {
  it('goes on from the last event after a broken connection and after a restart', async () => {
    await using server = await stream()
    const place = fresh()
    const first = await open({ url: server.url }, place)
    await until(() => server.open.length === 1)
    server.open[0]!.write('id: 1\ndata: a\n\nevent: x\nid: 2\ndata: b\n\nid: 3\ndata: not over')
    await until(async () => (await plan(first)).latest === '1')
    server.open[0]!.destroy()
    await until(() => server.open.length === 2)
    server.open[1]!.end('id: 3\ndata: c\n\n')
    await until(() => server.open.length === 3)
    expect((await plan(first)).latest).toBe('2')
    await first.close()
    const second = await open({ url: server.url }, place)
    await until(() => server.open.length === 4)
    expect(server.ids).toEqual([undefined, '2', '3', '3'])
    const rows = await read(second, null, '2')
    expect(rows.map(r => [r['id'], r['event'], r['data']])).toEqual([
      ['1', 'message', 'a'],
      ['2', 'x', 'b'],
      ['3', 'message', 'c'],
    ])
    await second.close()
  })

  it('begins where it is told to, takes the events it is told to, and says when a gap cannot be mended', async () => {
    await using server = await stream()
    const said: Warning[] = []
    const source = await open({ url: server.url, events: 'a, b', lastEventId: '41' }, fresh(), { warn: w => said.push(w) })
    await until(() => server.open.length === 1)
    expect(server.ids).toEqual(['41'])
    server.open[0]!.write('id\nevent: a\ndata: 1\n\nevent: c\ndata: 2\n\nevent: b\ndata: 3\n\n')
    await until(async () => (await plan(source)).latest === '1')
    expect((await read(source, null, '1')).map(r => [r['id'], r['data']])).toEqual([
      [null, '1'],
      [null, '3'],
    ])
    server.open[0]!.destroy()
    await until(() => server.open.length === 2)
    expect(said.map(w => w.code)).toEqual(['SSE_GAP'])
    await source.close()
  })

  it('makes a silent connection anew', async () => {
    await using server = await stream()
    const source = await open({ url: server.url, idleTimeout: '50ms' })
    await until(() => server.open.length >= 2)
    await source.close()
  })

  it('ends for good where the server says so', async () => {
    const said: Warning[] = []
    await using done = await serve((_, response) => response.writeHead(204).end())
    const source = await open({ url: done.url }, fresh(), { warn: w => said.push(w) })
    await until(() => said.length === 1)
    expect(said[0]!.code).toBe('SSE_ENDED')
    await source.close()
  })

  it.each([
    ['no event stream', 200, { 'content-type': 'text/html' }, 'HTTP_ANSWER_UNREADABLE'],
    ['a refusal', 401, {}, 'HTTP_REFUSED'],
    ['a redirect', 302, { location: 'http://elsewhere.example/' }, 'HTTP_ELSEWHERE'],
  ])('%s ends the query by name', async (_, status, headers, condition) => {
    await using server = await serve((_, response) => response.writeHead(status, headers as never).end('x'))
    const source = await open({ url: server.url })
    await expect(nextEnd(source)).rejects.toSatisfy(e => isMillraceError(e, condition as never))
    await source.close()
  })
})
