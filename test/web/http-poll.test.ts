import { spawnSync } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { SourceContext, Warning } from '../../src/connectors/contract.ts'
import { isMillraceError, Session } from '../../src/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { never, nextEnd, openSource, places, plan, read, serve, until } from './support.ts'

const fresh = places()
const open = (options: Record<string, string>, place = fresh(), over: Partial<SourceContext> = {}) =>
  openSource('http-poll', place, { interval: '1 hour', ...options }, over)
const values = (rows: readonly Record<string, any>[]): unknown[] => rows.map(r => JSON.parse(r['value']))

/** A server that answers requests by a function of the URL, and remembers them. */
async function api(answer: (url: URL, request: IncomingMessage, response: ServerResponse) => unknown) {
  const asked: string[] = []
  const web = await serve((request, response) => {
    const url = new URL(request.url!, 'http://x')
    asked.push(request.url!)
    const body = answer(url, request, response)
    if (body !== undefined && !response.writableEnded) response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  return { ...web, asked, [Symbol.asyncDispose]: web[Symbol.asyncDispose] }
}

/** All rows of one poll, as texts. */
async function poll(options: Record<string, string>, over: Partial<SourceContext> = {}): Promise<unknown[]> {
  const source = await open(options, fresh(), over)
  try {
    await source.prepareAvailableNow({ signal: never })
    const { latest } = await plan(source)
    return latest === null ? [] : values(await read(source, null, latest))
  } finally {
    await source.close()
  }
}

describe('rows of an answer', () => {
  it('are the elements of an array, the answer itself, or where a path leads', async () => {
    await using one = await api(
      url => ({ '/array': [1, { a: 2 }], '/object': { a: 1 }, '/deep': { data: [{ items: [1, 2] }, { items: [3] }] } })[url.pathname],
    )
    expect(await poll({ url: `${one.url}/array` })).toEqual([1, { a: 2 }])
    expect(await poll({ url: `${one.url}/object` })).toEqual([{ a: 1 }])
    expect(await poll({ url: `${one.url}/deep`, rows: '$.data[*].items[*]' })).toEqual([1, 2, 3])
    expect(await poll({ url: `${one.url}/deep`, rows: '$..items[-1]' })).toEqual([2, 3])
  })

  it('keep their numbers as they were written', async () => {
    await using one = await api(() => '[{"id":12345678901234567890,"price":1.10,"n":1e2}]')
    const source = await open({ url: one.url })
    expect((await read(source, null, await nextEnd(source)))[0]!['value']).toBe('{"id":12345678901234567890,"price":1.10,"n":1e2}')
    await source.close()
  })

  it('become columns by a schema, and what does not fit is kept aside', async () => {
    await using one = await api(() => [{ id: 1, at: '2026-01-01T00:00:00Z' }, { id: 'x' }])
    const source = await open({ url: one.url }, fresh(), { schema: parseDdl('id int, at timestamp, _corrupt_record string') })
    const rows = await read(source, null, await nextEnd(source))
    expect(rows.map(r => [r['id'], r['at']?.toISOString() ?? null, r['_corrupt_record']])).toEqual([
      [1, '2026-01-01T00:00:00.000Z', null],
      [null, null, '{"id":"x"}'],
    ])
    await source.close()
  })

  it('are lines or the whole text where it is no JSON', async () => {
    await using one = await api(() => 'a,1\r\nb,2\n')
    const texts = async (answer: string) => {
      const source = await open({ url: one.url, answer })
      const rows = await read(source, null, await nextEnd(source))
      await source.close()
      return rows.map(r => r['value'])
    }
    expect(await texts('lines')).toEqual(['a,1', 'b,2'])
    expect(await texts('text')).toEqual(['a,1\r\nb,2\n'])
  })
})

describe('pages', () => {
  it('follow the Link header, relative too, with the key that the address brings', async () => {
    await using one = await api((url, _, response) => {
      const page = Number(url.searchParams.get('p') ?? 1)
      if (url.searchParams.get('api_key') !== 'k3y-secret') return void response.writeHead(401).end()
      if (page < 3)
        response.setHeader('link', `<https://elsewhere.example/>; rel="last", </x?p=${page + 1}&api_key=k3y-secret>; rel="next"`)
      return [page]
    })
    const place = fresh()
    const source = await open({ url: `${one.url}/x`, 'param.api_key': 'k3y-secret', pagination: 'link' }, place)
    await until(async () => (await plan(source)).latest === '2')
    expect(values(await read(source, null, '2'))).toEqual([1, 2, 3])
    await source.close()
    expect(source.description).toBe(`HttpPoll[${one.url}/x]`)
  })

  it('follow a URL or a cursor in the answer', async () => {
    await using one = await api((url): object => {
      const at = Number(url.searchParams.get('after') ?? 0)
      return { items: [at], next: at < 2 ? `?after=${at + 1}` : null, cursor: at < 2 ? at + 1 : '' }
    })
    const rows = '$.items[*]'
    expect(await poll({ url: `${one.url}/x`, rows, pagination: 'next', nextPath: '$.next' })).toEqual([0, 1, 2])
    expect(await poll({ url: `${one.url}/x`, rows, pagination: 'cursor', cursorPath: '$.cursor', cursorParameter: 'after' })).toEqual([
      0, 1, 2,
    ])
  })

  it('count up until one is empty', async () => {
    await using one = await api(url => (Number(url.searchParams.get('page')) <= 3 ? [url.searchParams.get('page')] : []))
    expect(await poll({ url: one.url, pagination: 'page' })).toEqual(['1', '2', '3'])
    expect(one.asked).toEqual(['/?page=1', '/?page=2', '/?page=3', '/?page=4'])
  })

  it('that are always the same one are an error and not a query that never ends', async () => {
    await using one = await api(() => [1])
    await expect(poll({ url: one.url, pagination: 'page' })).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_ANSWER_UNREADABLE'))
  })

  it('on another server are not fetched: credentials stay where they belong', async () => {
    await using one = await api((_, __, response) => void response.writeHead(200, { link: '<http://127.0.0.1:9/x>; rel=next' }).end('[1]'))
    await using two = await api((_, __, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/x' }).end())
    for (const { url } of [one, two])
      await expect(poll({ url, pagination: 'link', bearerToken: 't0ken' })).rejects.toSatisfy(
        e => isMillraceError(e, 'HTTP_ELSEWHERE') && e.params.to === 'http://127.0.0.1:9' && !e.message.includes('t0ken'),
      )
  })

  it('of a poll that a crash broke off are not asked for twice', async () => {
    let broken = true
    await using one = await api((url, _, response) => {
      const page = Number(url.searchParams.get('page'))
      if (page === 3 && broken) return void response.writeHead(400).end('gone')
      return page <= 4 ? [page] : []
    })
    const place = fresh()
    const first = await open({ url: one.url, pagination: 'page' }, place)
    await expect(first.prepareAvailableNow({ signal: never })).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_REFUSED'))
    await first.close()
    broken = false
    one.asked.length = 0
    const second = await open({ url: one.url, pagination: 'page' }, place)
    await second.prepareAvailableNow({ signal: never })
    expect(values(await read(second, null, (await plan(second)).latest!))).toEqual([1, 2, 3, 4])
    expect(one.asked[0]).toBe('/?page=3')
    await second.close()
  })
})

describe('what is new', () => {
  it('is asked for with ETag and date, and nothing comes when nothing is', async () => {
    let version = 1
    const heads: (string | undefined)[] = []
    await using one = await api((_, request, response) => {
      heads.push(request.headers['if-none-match'])
      if (request.headers['if-none-match'] === `"v${version}"`) return void response.writeHead(304).end()
      response.setHeader('etag', `"v${version}"`)
      return [version]
    })
    const source = await open({ url: one.url, interval: '1ms' })
    await until(() => heads.length >= 4)
    version = 2
    await until(async () => (await plan(source)).latest === '1')
    expect(values(await read(source, null, '1'))).toEqual([1, 2])
    expect(heads.slice(0, 3)).toEqual([undefined, '"v1"', '"v1"'])
    await source.close()
  })

  it('is asked for by the greatest key, also after a restart; rows of that moment come once', async () => {
    const all = [
      { at: '2026-01-01', n: 1 },
      { at: '2026-01-02', n: 2 },
    ]
    await using one = await api(url => all.filter(r => r.at >= (url.searchParams.get('since') ?? '')))
    const options = { url: one.url, incrementalKey: '$.at', incrementalParameter: 'since', incrementalStart: '2026-01-01', interval: '1ms' }
    const place = fresh()
    const first = await open(options, place)
    await until(() => one.asked.length >= 3)
    all.push({ at: '2026-01-02', n: 3 })
    await until(async () => (await plan(first)).latest === '2')
    await first.close()
    expect(one.asked.slice(0, 2)).toEqual(['/?since=2026-01-01', '/?since=2026-01-02'])
    all.push({ at: '2026-01-03', n: 4 })
    one.asked.length = 0
    const second = await open(options, place)
    await until(async () => (await plan(second)).latest === '3')
    expect(values(await read(second, null, '3')).map(r => (r as { n: number }).n)).toEqual([1, 2, 3, 4])
    expect(one.asked[0]).toBe('/?since=2026-01-02')
    await second.close()
  })

  it('keys are compared as numbers where they are numbers', async () => {
    await using one = await api(url => [{ id: 9 }, { id: 10 }].filter(r => r.id > Number(url.searchParams.get('after') ?? 0)))
    const source = await open({ url: one.url, incrementalKey: 'id', incrementalParameter: 'after', interval: '1ms' })
    await until(() => one.asked.includes('/?after=10'))
    await source.close()
  })
})

describe('trouble', () => {
  it('that passes is waited out, as long as the server asks', async () => {
    const statuses = [503, 500, 429]
    const waits: Warning[] = []
    await using one = await api((_, __, response) => {
      const status = statuses.shift()
      return status === undefined ? [1] : void response.writeHead(status, { 'retry-after': '0' }).end()
    })
    expect(await poll({ url: one.url }, { warn: w => waits.push(w) })).toEqual([1])
    expect(waits.map(w => w.code)).toEqual(['HTTP_REPEATED', 'HTTP_REPEATED', 'HTTP_REPEATED'])
  })

  it('that does not pass ends the query by name, without a secret', async () => {
    await using one = await api((_, request, response) => void response.writeHead(401).end(`no ${request.headers.authorization}`))
    await expect(poll({ url: `${one.url}/v1?key=in-url-secret`, bearerToken: 'very-secret' })).rejects.toSatisfy(
      e =>
        isMillraceError(e, 'HTTP_REFUSED') &&
        e.params.status === 401 &&
        e.params.answer === 'no Bearer ***' &&
        !e.message.includes('secret'),
    )
  })

  it('that goes on too long ends the query', async () => {
    const dead = await serve(() => {})
    const { url } = dead
    await dead[Symbol.asyncDispose]()
    await expect(poll({ url, retryFor: '1ms' })).rejects.toSatisfy(
      e => isMillraceError(e, 'HTTP_UNAVAILABLE') && e.params.why === 'ECONNREFUSED',
    )
    await using silent = await serve(() => {})
    await expect(poll({ url: silent.url, timeout: '50ms', retryFor: '1ms' })).rejects.toSatisfy(
      e => isMillraceError(e, 'HTTP_UNAVAILABLE') && e.params.why === 'no answer within 50 ms',
    )
  })

  it.each([
    ['no JSON', 'nope', 'HTTP_ANSWER_UNREADABLE'],
    ['too large', JSON.stringify('x'.repeat(100)), 'HTTP_ANSWER_TOO_LARGE'],
  ])('an answer that is %s', async (_, body, condition) => {
    await using one = await api(() => body)
    await expect(poll({ url: one.url, maxAnswerBytes: '50' })).rejects.toSatisfy(e => isMillraceError(e, condition as never))
  })

  it.each([
    [{ url: 'ftp://x' }, 'HTTP_URL'],
    [{ url: 'http://user:pass@x' }, 'HTTP_URL'],
    [{}, 'MISSING_OPTION'],
    [{ url: 'http://x', rows: '$.[' }, 'JSON_PATH'],
    [{ url: 'http://x', pagination: 'cursor' }, 'MISSING_OPTION'],
    [{ url: 'http://x', incrementalKey: 'id' }, 'MISSING_OPTION'],
    [{ url: 'http://x', bearerToken: 'x', user: 'y', password: 'z' }, 'CONFLICTING_OPTIONS'],
    [{ url: 'http://x', 'header.X': 'a\nb' }, 'INVALID_OPTION'],
    [{ url: 'http://x', caFile: '/nowhere' }, 'HTTP_FILE_UNREADABLE'],
  ])('options that cannot be: %j', async (options, condition) => {
    await expect(open(options as Record<string, string>)).rejects.toSatisfy(e => isMillraceError(e, condition as never))
  })
})

describe('from a session', () => {
  it('a batch read is one poll; a stream goes on from its checkpoint; secrets are in no plan', async () => {
    let n = 2
    await using one = await api(url =>
      Array.from({ length: n }, (_, i) => ({ id: i })).filter(r => r.id > Number(url.searchParams.get('after') ?? -1)),
    )
    const session = await Session.open()
    const checkpointLocation = fresh()
    const secrets = { 'header.X-Key': 'very-secret', 'param.q': 'also-secret' }
    expect(await session.read.format('http-poll').schema('id int').options(secrets).load(one.url).collect()).toEqual([{ id: 0 }, { id: 1 }])
    const texts: string[] = []
    const plain = await session.readStream
      .format('http-poll')
      .load(one.url)
      .writeStream.foreach((row: any) => void texts.push(row.value))
      .trigger({ availableNow: true })
      .start()
    await plain.awaitTermination()
    expect(texts).toEqual(['{"id":0}', '{"id":1}'])
    const stream = session.readStream
      .format('http-poll')
      .schema('id int')
      .options({ url: one.url, incrementalKey: 'id', incrementalParameter: 'after', ...secrets })
      .load()
    const seen: number[] = []
    const run = async (trigger: { availableNow: true } | { once: true }) => {
      const query = await stream.writeStream
        .foreach(row => void seen.push(row.id))
        .option('checkpointLocation', checkpointLocation)
        .trigger(trigger)
        .start()
      await query.awaitTermination()
      return query
    }
    await run({ availableNow: true })
    n = 4
    const query = await run({ once: true })
    expect(seen).toEqual([0, 1, 2, 3])
    expect(query.lastProgress!.sources[0]!.description).toBe(`HttpPoll[${one.url}/]`)
    expect(await stream.explainString('extended')).not.toContain('-secret')
    const address = session.readStream.format('http-poll').load(`${one.url}/?api_key=in-url-secret&page=1`)
    expect(await address.explainString('extended')).not.toContain('-secret')
    expect(spawnSync('grep', ['-rl', '-e', '-secret', checkpointLocation], { encoding: 'utf8' }).stdout).toBe('')
    await session.close()
  })
})
