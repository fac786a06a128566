import { afterEach, beforeEach, expect, test } from 'vitest'
import { analyze } from '../../../analyze/index.ts'
import { col, type DataFrame, findMillraceError, fromJson, Session } from '../../../index.ts'
import type { Relation } from '../../../plan/index.ts'
import { type MemoryRows, memory } from '../../../testing/index.ts'
import { parseDdl } from '../../../types/index.ts'
import { lowerProgram } from '../lower/program.ts'

let session: Session
let records: MemoryRows<any>
beforeEach(async () => {
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'Europe/Zurich' } })
  records = memory(session, 'value binary, topic string')
})
afterEach(async () => {
  records.close()
  await session.close()
})

type Frame = DataFrame<any, any>
interface Row {
  readonly value: Uint8Array | null
  readonly topic: string
}
const row = (value: string | Uint8Array | null, topic = 't'): Row => ({
  value: typeof value === 'string' ? new TextEncoder().encode(value) : value,
  topic,
})

let names = 0
/** What a stream makes of the rows, and what a batch does, which decodes nothing before DuckDB. */
async function both(rows: readonly Row[], make: (frame: Frame) => Frame): Promise<{ stream: unknown[]; batch: unknown[]; input: number }> {
  records.add(rows)
  const name = `rows${names++}`
  const query = await make(records.df as Frame)
    .writeStream.format('memory')
    .queryName(name)
    .start()
  try {
    await query.processAllAvailable()
    const stream = await session.table(name).collect()
    const batch = await make(session.createDataFrame(rows as any, 'value binary, topic string') as unknown as Frame).collect()
    return { stream, batch, input: query.recentProgress.reduce((n, p) => n + p.numInputRows, 0) }
  } finally {
    await query.stop()
  }
}

const SCHEMA = 'user string, at timestamp, amount double, o struct<s: string, n: int>, xs array<int>'
const text = col('value').cast('string')
const euro = new TextEncoder().encode('{"user":"€')
const ODD: readonly Row[] = [
  row('{"user":"u1","at":"2026-01-01T00:00:00Z","amount":1.5,"o":{"s":"x","n":1},"xs":[1,2]}'),
  row('{"user":"u2","at":"2026-03-29 02:30:00","amount":-2,"o":null,"xs":null}'),
  row('{"user":"é","amount":"x","o":{"n":"bad"}}'),
  row('not json'),
  row(''),
  row(null),
  row(new Uint8Array([...new TextEncoder().encode('{"user":"'), 0xff, 0x41, ...new TextEncoder().encode('"}')])),
  // A character cut in two: both halves together are UTF-8, each alone is not.
  row(euro.subarray(0, euro.length - 1)),
  row(new Uint8Array([euro.at(-1)!, ...new TextEncoder().encode('"}')])),
  row('{"user":"u9","user":"twice","extra":[{}],"amount":3}'),
]

const SHAPES: Readonly<Record<string, (f: Frame) => Frame>> = {
  'fields by star': f => f.select(fromJson(text, SCHEMA).as('j')).select('j.*'),
  'the struct itself': f => f.select(fromJson(text, SCHEMA).as('j'), 'topic'),
  'a field, the struct and the bytes': f => f.withColumn('j', fromJson(text, SCHEMA)).select('j.user', 'j', 'value'),
  'a field of a field': f => f.select(fromJson(text, SCHEMA).as('j')).select('j.o.n', 'j.o.s'),
  'a filter on a field': f => f.select(fromJson(text, SCHEMA).as('j')).where('j.amount > 0').select('j.user'),
  'a filter on another column': f => f.where("topic = 't'").select(fromJson(text, SCHEMA).as('j')).select('j.user'),
  'text by another name': f =>
    f
      .select(text.as('v'))
      .select(fromJson(col('v'), SCHEMA).as('j'))
      .select('j.user', 'j.at'),
  'only where it is asked for': f =>
    f.selectExpr("case when topic = 't' then from_json(cast(value as string), 'user string').user end as u"),
  'an array': f => f.select(fromJson(text, 'array<struct<user: string>>').as('j')).selectExpr('j.user', 'size(j)'),
  'with the corrupt record': f =>
    f.select(fromJson(text, 'user string, _bad string', { columnNameOfCorruptRecord: '_bad' }).as('j')).select('j.*'),
  exploded: f => f.select(fromJson(text, SCHEMA).as('j')).selectExpr('explode(j.xs) as x', 'j.user'),
  csv: f => f.selectExpr("from_csv(cast(value as string), 'a string, b string') as c").select('c.b'),
}

test.each(Object.entries(SHAPES))('%s: a stream gives what a batch gives', async (_, make) => {
  const { stream, batch, input } = await both(ODD, make)
  expect(stream).toEqual(batch)
  expect(input).toBe(ODD.length)
})

/** Columns of the source that the program reads: the decoded ones by name, in order. */
function read(frame: Frame): readonly string[] {
  const schema = parseDdl('value binary, topic string')
  const env = { timeZone: 'UTC', sourceSchema: () => schema, table: () => undefined, conf: () => undefined }
  const program = lowerProgram(analyze((frame as unknown as { plan: Relation }).plan, env), {
    timeZone: 'UTC',
    outputMode: 'append',
    streaming: true,
    keepsLate: false,
    fuse: true,
    userFunction: () => {
      throw new Error('none here')
    },
  })
  const [slot] = program.slots
  const names = slot && 'output' in slot ? slot.output.map(a => a.name) : []
  return [...program.used[0]!].sort((a, b) => a - b).map(i => (i < schema.fields.length ? `source.${names[i]}` : names[i]!))
}

test('DuckDB is shown the fields that are read, and no text', () => {
  const f = records.df as Frame
  const seen = Object.fromEntries(Object.entries(SHAPES).map(([name, make]) => [name, read(make(f)).join(' ')]))
  expect(seen).toEqual({
    'fields by star': 'user at amount xs o',
    'the struct itself': 'source.topic from_json',
    'a field, the struct and the bytes': 'source.value user from_json',
    'a field of a field': 'n s',
    'a filter on a field': 'amount user',
    'a filter on another column': 'source.value source.topic',
    'text by another name': 'user at',
    'only where it is asked for': 'source.value source.topic',
    'an array': 'from_json',
    'with the corrupt record': 'user _bad',
    exploded: 'xs user',
    csv: 'b',
  })
})

const strict = (f: Frame): Frame => f.select(fromJson(text, 'user string', { mode: 'FAILFAST' }).as('j'), 'topic')
const ROWS = [row('{"user":"u1"}'), row('{"user":', 'bad'), row('{"user":"u3"}')]

test('FAILFAST does not look at rows that a filter has taken out', async () => {
  const { stream, batch } = await both(ROWS, f => strict(f.where("topic <> 'bad'")))
  expect(stream).toEqual(batch)
  expect(stream).toHaveLength(2)
})

test('FAILFAST ends the query on a bad record, and says which row it was', async () => {
  const failure = await both(ROWS, strict).then(
    () => undefined,
    e => e,
  )
  const error = findMillraceError((failure as Error).cause)
  expect(error?.condition).toBe('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION')
  expect(error?.details.join('\n')).toContain('row 2 of batch 0')
})
