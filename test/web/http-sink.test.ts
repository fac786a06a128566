import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtins } from '../../src/connectors/builtin.ts'
import type { Sink, SinkContext, Warning } from '../../src/connectors/contract.ts'
import { MemoryTables } from '../../src/connectors/memory/index.ts'
import { isMillraceError, Session } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { outputOf } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { never, places, serve, textOf } from './support.ts'

const fresh = places()
const schema = parseDdl('n int, s string')
const connectors = builtins({ memoryTables: new MemoryTables(), print: () => {} })
const rows = (...ns: number[]) => ns.map(n => ({ n, s: n % 2 ? 'odd' : null }))

async function open(options: Record<string, string>, over: Partial<SinkContext> = {}): Promise<Sink> {
  const connector = await connectors['http']!()
  return connector.sink!({
    platform: nodePlatform,
    options,
    paths: [],
    schema,
    conf: () => undefined,
    store: async uri => localStore(uri, nodePlatform),
    warn: () => {},
    queryId: 'q',
    runId: 'r',
    partitionBy: [],
    outputMode: 'append',
    newCheckpoint: true,
    lastCommitted: -1,
    ...over,
  })
}
const write = (sink: Sink, id: number, of: readonly object[]) =>
  sink.write(id, outputOf(schema, of), { signal: never, outputMode: 'append', noData: false })

interface Got {
  readonly key: string
  readonly body: string
  readonly headers: NodeJS.Dict<string | string[]>
}
type Answer = number | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string } | 'hang up'

/** A receiver that answers as it is told; what it answered 2xx it has. */
async function receiver(answer: (got: Got, n: number) => Answer = () => 200) {
  const asked: Got[] = []
  const has: Got[] = []
  const web = await serve(async (request, response) => {
    const got = { key: String(request.headers['idempotency-key']), body: await textOf(request), headers: request.headers }
    asked.push(got)
    const said = answer(got, asked.length)
    if (said === 'hang up') return request.socket.destroy()
    const { status, headers = {}, text = '' } = typeof said === 'number' ? { status: said } : said
    if (status < 300) has.push(got)
    response.writeHead(status, headers).end(text)
  })
  return { ...web, asked, has, [Symbol.asyncDispose]: web[Symbol.asyncDispose] }
}

describe('what is sent', () => {
  it('is a row a request, as JSON, under a key of its own', async () => {
    await using to = await receiver()
    const sink = await open({ url: `${to.url}/in?k=1`, bearerToken: 'tok', 'header.X-Team': 'blue' })
    expect(sink.description).toBe(`Http[POST ${to.url}/in]`)
    expect(await write(sink, 4, rows(1, 2))).toEqual({ numOutputRows: 2 })
    expect(to.has.map(g => g.body).sort()).toEqual(['{"n":1,"s":"odd"}', '{"n":2}'])
    expect(new Set(to.has.map(g => g.key)).size).toBe(2)
    expect(to.has.every(g => /^q\/4\/[0-9a-f]{32}$/.test(g.key))).toBe(true)
    expect(to.has[0]!.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer tok', 'x-team': 'blue' })
    await sink.close()
  })

  it.each([
    ['array', '[{"n":1,"s":"odd"},{"n":2,"s":null},{"n":3,"s":"odd"}]', 'application/json'],
    ['ndjson', '{"n":1,"s":"odd"}\n{"n":2,"s":null}\n{"n":3,"s":"odd"}\n', 'application/x-ndjson'],
  ])('is many rows a request, as %s', async (body, text, type) => {
    await using to = await receiver()
    const sink = await open({ url: to.url, body, method: 'PUT', ordered: 'true', ignoreNullFields: 'false' })
    await write(sink, 0, rows(1, 2, 3))
    expect(to.has.map(g => [g.body, g.headers['content-type']])).toEqual([[text, type]])
    await sink.close()
    const small = await open({ url: to.url, body, maxRowsPerRequest: '2' })
    await write(small, 0, rows(1, 2, 3, 4, 5))
    expect(to.has.slice(1)).toHaveLength(3)
    await small.close()
    const tiny = await open({ url: to.url, body, maxBytesPerRequest: '30' })
    await write(tiny, 0, rows(1, 3))
    expect(to.has.slice(4)).toHaveLength(2)
    await tiny.close()
  })

  it('is a text as it is', async () => {
    await using to = await receiver()
    const text = parseDdl('value string')
    const sink = await open({ url: to.url, body: 'text', contentType: 'text/csv', ordered: 'true' }, { schema: text })
    await sink.write(0, outputOf(text, [{ value: 'a,1' }, { value: null }, { value: 'b\n2' }]), {
      signal: never,
      outputMode: 'append',
      noData: false,
    })
    expect(to.has.map(g => [g.body, g.headers['content-type']])).toEqual([
      ['a,1', 'text/csv'],
      ['b\n2', 'text/csv'],
    ])
    await sink.close()
  })

  it('has the same keys when the batch is computed again, whatever the order of its rows; equal rows have keys of their own', async () => {
    for (const body of ['row', 'array']) {
      await using to = await receiver()
      const sink = await open({ url: to.url, body, maxRowsPerRequest: '3' })
      await write(sink, 7, rows(1, 2, 3, 4, 5, 5, 5))
      const first = to.has.splice(0).map(g => `${g.key} ${g.body}`)
      await write(sink, 7, rows(5, 4, 5, 3, 2, 5, 1))
      expect(
        to.has
          .splice(0)
          .map(g => `${g.key} ${g.body}`)
          .sort(),
      ).toEqual([...first].sort())
      expect(new Set(first).size).toBe(first.length)
      await write(sink, 8, rows(1, 2, 3, 4, 5, 5, 5))
      expect(to.has.some(g => first.some(f => f.startsWith(`${g.key} `)))).toBe(false)
      await sink.close()
    }
  })

  it('goes in the order of the batch where that is asked for, else several at once', async () => {
    let [now, most] = [0, 0]
    await using to = await serve(async (request, response) => {
      most = Math.max(most, ++now)
      await textOf(request)
      setTimeout(() => {
        now--
        response.end()
      }, 10)
    })
    const all = rows(...Array.from({ length: 40 }, (_, n) => n))
    const wide = await open({ url: to.url, maxConcurrentRequests: '5' })
    await write(wide, 0, all)
    expect(most).toBe(5)
    most = 0
    const narrow = await open({ url: to.url, ordered: 'true' })
    await write(narrow, 0, all)
    expect(most).toBe(1)
    await Promise.all([wide.close(), narrow.close()])
  })
})

describe('what goes wrong', () => {
  it('and passes is sent again under the same key', async () => {
    const answers: Answer[] = ['hang up', 500, { status: 429, headers: { 'retry-after': '0' } }, 503]
    const said: Warning[] = []
    await using to = await receiver((_, n) => answers[n - 1] ?? 201)
    const sink = await open({ url: to.url }, { warn: w => said.push(w) })
    await write(sink, 0, rows(1))
    expect(to.asked).toHaveLength(5)
    expect(new Set(to.asked.map(g => g.key)).size).toBe(1)
    expect(said.map(w => w.code)).toEqual(Array(4).fill('HTTP_REPEATED'))
    await sink.close()
  })

  it('for too long ends the batch, also when the receiver asks to wait', async () => {
    await using to = await receiver(() => ({ status: 503, headers: { 'retry-after': '600' } }))
    const sink = await open({ url: to.url, deadline: '1s' })
    await expect(write(sink, 0, rows(1))).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_UNAVAILABLE') && e.params.why === 'status 503')
    await sink.close()
  })

  it('and does not pass ends the batch at once: nothing more is begun', async () => {
    await using to = await receiver(() => ({ status: 400, text: 'no "n" for Bearer tok-secret' }))
    const sink = await open({ url: to.url, bearerToken: 'tok-secret', ordered: 'true' })
    await expect(write(sink, 0, rows(1, 2, 3))).rejects.toSatisfy(
      e => isMillraceError(e, 'HTTP_REFUSED') && e.params.status === 400 && e.params.answer === 'no "n" for Bearer ***',
    )
    expect(to.asked).toHaveLength(1)
    await sink.close()
  })

  it('does not follow a redirect with rows and credentials in hand', async () => {
    await using to = await receiver(() => ({ status: 307, headers: { location: 'http://elsewhere.example/x' } }))
    const sink = await open({ url: to.url })
    await expect(write(sink, 0, rows(1))).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_ELSEWHERE'))
    await sink.close()
  })

  it('ends when the query stops', async () => {
    await using to = await receiver(() => ({ status: 503, headers: { 'retry-after': '60' } }))
    const sink = await open({ url: to.url })
    const stopping = new AbortController()
    const writing = sink.write(0, outputOf(schema, rows(1)), { signal: stopping.signal, outputMode: 'append', noData: false })
    setTimeout(() => stopping.abort(new Error('stopped')), 30)
    await expect(writing).rejects.toThrow('stopped')
    await sink.close()
  })

  it('may mean that the receiver has it already', async () => {
    await using to = await receiver(() => 409)
    const sink = await open({ url: to.url, alsoAccept: '409, 412' })
    await write(sink, 0, rows(1))
    await sink.close()
  })
})

describe('dead letters', () => {
  const letters = (at: string): any[] =>
    readdirSync(at)
      .filter(name => name.endsWith('.json'))
      .flatMap(name =>
        readFileSync(join(at, name), 'utf8')
          .trim()
          .split('\n')
          .map(line => JSON.parse(line)),
      )

  it('are kept once, also when the batch is run again', async () => {
    const at = fresh()
    await using to = await receiver(got => (got.body.includes('"n":2') ? { status: 422, text: 'not even' } : 200))
    const sink = await open({ url: to.url, 'deadLetters.path': at })
    for (const _ of [1, 2]) await write(sink, 3, rows(1, 2, 3))
    expect(letters(at)).toEqual([
      expect.objectContaining({
        status: 422,
        answer: 'not even',
        batchId: 3,
        rows: 1,
        body: '{"n":2}',
        key: expect.stringMatching(/^q\/3\//),
      }),
    ])
    await sink.close()
  })

  it('are not for what is wrong with every request', async () => {
    await using to = await receiver(() => 404)
    const at = fresh()
    const sink = await open({ url: to.url, 'deadLetters.path': at })
    await expect(write(sink, 0, rows(1))).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_REFUSED'))
    expect(letters(at)).toEqual([])
    await sink.close()
  })

  it('are bounded', async () => {
    await using to = await receiver(() => 422)
    const many = rows(...Array.from({ length: 100 }, (_, n) => n))
    const all = await open({ url: to.url, 'deadLetters.path': fresh() })
    await expect(write(all, 0, many)).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_DEAD_LETTERS_TOO_MANY'))
    await write(all, 1, many.slice(0, 99))
    const few = await open({ url: to.url, 'deadLetters.path': fresh(), 'deadLetters.maxPerBatch': '3' })
    await expect(write(few, 0, rows(1, 2, 3, 4))).rejects.toSatisfy(
      e => isMillraceError(e, 'HTTP_DEAD_LETTERS_TOO_MANY') && e.params.most === 3,
    )
    await Promise.all([all.close(), few.close()])
  })
})

describe('from a session', () => {
  it('a stream sends each batch; explain says what is promised; a batch write works too', async () => {
    await using to = await receiver()
    const session = await Session.open()
    const place = fresh()
    await session.createDataFrame(rows(1, 2), schema).write.json(`${place}/in`)
    const query = await session.readStream
      .schema('n int, s string')
      .json(`${place}/in`)
      .writeStream.format('http')
      .option('checkpointLocation', `${place}/chk`)
      .trigger({ availableNow: true })
      .start(to.url)
    await query.awaitTermination()
    expect(to.has.map(g => g.body).sort()).toEqual(['{"n":1,"s":"odd"}', '{"n":2}'])
    expect(to.has.every(g => g.key.startsWith(`${query.id}/0/`))).toBe(true)
    await session.createDataFrame(rows(3), schema).write.format('http').option('url', to.url).save()
    expect(to.has.at(-1)!.body).toBe('{"n":3,"s":"odd"}')
    await session.close()
  })

  it.each([
    [{}, 'MISSING_OPTION'],
    [{ url: 'ftp://x' }, 'HTTP_URL'],
    [{ url: 'http://x', body: 'text' }, 'HTTP_NO_VALUE'],
    [{ url: 'http://x', alsoAccept: 'yes' }, 'INVALID_OPTION'],
    [{ url: 'http://x', 'deadLetters.maxPerBatch': '1' }, 'MISSING_OPTION'],
    [{ url: 'http://x', retries: '1' }, 'UNKNOWN_OPTION'],
  ])('options that cannot be: %j', async (options, condition) => {
    await expect(open(options as Record<string, string>)).rejects.toSatisfy(e => isMillraceError(e, condition as never))
  })
})
