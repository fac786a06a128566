import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as millrace from '../../src/index.ts'
import * as testing from '../../src/testing/index.ts'
import { s3, s3Bucket } from '../support/services/buckets.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { kafka } from '../support/services/kafka.ts'
import { database } from '../support/services/postgresql.ts'
import { registry } from '../support/services/registry.ts'
import { compile } from '../types/compile.ts'
import { docExamples, type Example, pageExamples, pages } from './extract.ts'
import { type Given, given, layOutFiles } from './given.ts'
import { runExample } from './run.ts'

const docs = ['src/api', 'src/types', 'src/errors', 'src/testing'].flatMap(docExamples)
const programs = pages().flatMap(pageExamples)
/** Programs that speak to a broker and a registry: in their order, what one writes another reads. */
const needsServers = ({ text }: Example): boolean => text.includes('localhost:') && !needsS3({ text }) && !needsPostgres({ text })
const needsPostgres = ({ text }: Pick<Example, 'text'>): boolean => text.includes('localhost:5432')
/** Nobody can have that service for a test: its programs only compile. `test/snowflake` runs the same options against what there is. */
const needsSnowflake = ({ text }: Pick<Example, 'text'>): boolean => text.includes('snowflakecomputing.com')
const needsS3 = ({ text }: Pick<Example, 'text'>): boolean => text.includes('localhost:9000')

/** An example of a docstring as a module: the package's names are imported, the given ones at hand. */
const asModule = ({ text }: Example): string => `
import { ${used(text, millrace)} } from 'millrace'
import { ${used(text, testing)} } from 'millrace/testing'
import type { Given } from './test/docs/given.ts'
export const example = async ({ ${['session', 'Ride', 'frame', 'row', 'stream', 'query', 'geocode', 't'].join(', ')} }: Given) => {
  {
${text}
  }
}
`
const used = (text: string, names: object): string =>
  Object.keys(names)
    .filter(name => new RegExp(`(?<![.\\w])${name}\\b`).test(text))
    .join(', ')

const complaints = compile({
  ...Object.fromEntries(docs.map((example, i) => [`doc-${i}`, asModule(example)])),
  ...Object.fromEntries(programs.map((example, i) => [`page-${i}`, `${example.text}\nexport {}\n`])),
})

let home: string
let at: Given
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-docs-'))
  await layOutFiles(home)
  at = await given(home)
})
afterAll(async () => {
  await at.session.close()
  await at.t.close()
  await rm(home, { recursive: true, force: true })
})

/** Page and count of the minute that is over. */
async function clicksIn(lake: string): Promise<readonly string[]> {
  const rows = await at.session.read.parquet(lake).orderBy('page').collect()
  return rows.map(row => `${row['page']} ${row['count']}`)
}

describe('examples in docstrings', () => {
  it.each(docs.map((example, i) => [example.at, i, example] as const))('%s', async (_, i, { text }) => {
    expect(complaints[`doc-${i}`]).toEqual([])
    await runExample(text, { home, given: at, streams: 'started' })
  })
})

describe('programs in pages, as written', () => {
  const numbered = programs.map((example, i) => [example.at, i, example] as const)
  it.each(numbered.filter(([, , example]) => !needsServers(example) && !needsS3(example) && !needsPostgres(example)))(
    '%s',
    async (_, i, { text }) => {
      expect(complaints[`page-${i}`]).toEqual([])
      if (!needsSnowflake({ text })) await runExample(text, { home, streams: 'drained' })
    },
  )

  describeWith(['kafka', 'registry'], 'with a broker and a registry', () => {
    it.each(numbered.filter(([, , example]) => needsServers(example)))('%s', async (_, i, { text }) => {
      expect(complaints[`page-${i}`]).toEqual([])
      const own = await mkdtemp(join(tmpdir(), 'millrace-docs-'))
      try {
        const here = text.replaceAll('http://localhost:8081', (await registry()).url)
        await runExample(here.replaceAll('localhost:9092', (await kafka()).plaintext), { home: own, streams: 'drained' })
        if (text.includes("start('lake/')")) expect(await clicksIn(join(own, 'lake'))).toEqual(['/ 2', '/news 1'])
      } finally {
        await rm(own, { recursive: true, force: true })
      }
    })

    it('the stream into a topic and the Avro messages are there', async () => {
      const read = at.session.read.format('kafka').option('kafka.bootstrap.servers', (await kafka()).plaintext)
      const counts = read.option('subscribe', 'clicks-per-minute').load().selectExpr('CAST(value AS STRING) AS value').orderBy('value')
      expect((await counts.collect()).map(row => row['value'])).toEqual(['{"page":"/","count":3}', '{"page":"/news","count":1}'])
      expect(await read.option('subscribe', 'rides').load().count()).toBe(2)
    })
  })

  describeWith('s3', 'with an S3 server', () => {
    beforeAll(() => s3Bucket('lake'))
    it.each(numbered.filter(([, , example]) => needsS3(example)))('%s', async (_, i, { text }) => {
      expect(complaints[`page-${i}`]).toEqual([])
      const { endpoint, accessKey, secretKey } = await s3()
      const here = text
        .replaceAll('http://localhost:9000', endpoint)
        .replaceAll("'minio'", `'${accessKey}'`)
        .replaceAll("'minio123'", `'${secretKey}'`)
      await runExample(here, { home, streams: 'drained' })
    })
  })

  describeWith('postgresql', 'with a PostgreSQL server', () => {
    it('in their order, each on what the one before it wrote', { timeout: 120_000 }, async () => {
      await using shop = await database()
      // Other programs take files away.
      const own = join(home, 'postgresql')
      await mkdir(own)
      await layOutFiles(own)
      for (const [at, i, { text }] of numbered.filter(([, , example]) => needsPostgres(example))) {
        expect(complaints[`page-${i}`], at).toEqual([])
        const here = text
          .replaceAll('jdbc:postgresql://localhost:5432/shop', shop.url)
          .replaceAll("'bob'", `'${shop.options.user}'`)
          .replaceAll("'secret'", `'${shop.options.password}'`)
        await runExample(here, { home: own, streams: 'drained' })
      }
      expect(await shop.run('SELECT "STATION", count::int FROM stations ORDER BY 1')).toEqual([
        { STATION: '59 ST', count: 3 },
        { STATION: 'CANAL', count: 2 },
      ])
      expect((await shop.run('SELECT (SELECT count(*)::int FROM rides) AS a, (SELECT count(*)::int FROM rides_too) AS b'))[0]).toEqual({
        a: 5,
        b: 5,
      })
    })
  })

  it("the README's first program gives each window once", async () => {
    const rows = await at.session.read.parquet(join(home, 'lake')).orderBy('start', 'STATION').collect()
    expect(JSON.parse(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))).toEqual([
      { start: '2026-01-01T08:00:00.000Z', STATION: '59 ST', ENTRIES: 15, EXITS: 3 },
      { start: '2026-01-01T08:00:00.000Z', STATION: 'CANAL', ENTRIES: 7, EXITS: 3 },
      { start: '2026-01-01T08:05:00.000Z', STATION: '59 ST', ENTRIES: 1, EXITS: 1 },
    ])
  })
})
