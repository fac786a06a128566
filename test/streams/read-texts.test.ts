import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DataFrame, findMillraceError, Session } from '../../src/index.ts'

let session: Session
beforeEach(async () => {
  session = await Session.open()
})
afterEach(() => session.close())

const texts = (...values: readonly (string | null)[]) => session.createDataFrame(values.map(value => ({ value })), 'value string')
const condition = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    error => findMillraceError(error)?.condition,
  )

test('csv texts are rows: header anywhere left out, types inferred, quotes and line ends within a text kept', async () => {
  const lines = texts('id,name', '1,a', 'id,name', '2,"b\nc"', null, '', '3,')
  const frame = await session.read.csv(lines, { header: true, inferSchema: true })
  expect(await frame.collect()).toEqual([
    { id: 1, name: 'a' },
    { id: 2, name: 'b\nc' },
    { id: 3, name: null },
  ])
  expect(await (await session.read.csv(texts('1,a'))).collect()).toEqual([{ _c0: '1', _c1: 'a' }])
})

test('json texts are rows, by a schema or by what they hold, in the three modes', async () => {
  const lines = texts('{"id":1,"s":"x"}', '[{"id":2},{"id":3}]', 'bad')
  const inferred = await session.read.json(lines)
  expect(await inferred.select('id').where('id is not null').collect()).toEqual([{ id: 1n }, { id: 2n }, { id: 3n }])
  const declared = await session.read.schema('id int, _corrupt_record string').json(lines)
  expect(await declared.collect()).toEqual([
    { id: 1, _corrupt_record: null },
    { id: 2, _corrupt_record: null },
    { id: 3, _corrupt_record: null },
    { id: null, _corrupt_record: 'bad' },
  ])
  expect(await (await session.read.schema('id int').json(lines, { mode: 'DROPMALFORMED' })).count()).toBe(3)
  const strict = await session.read.schema('id int').option('mode', 'FAILFAST').json(lines)
  expect(await condition(strict.collect())).toBe('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION')
})

test('what is no frame of texts is refused by name', async () => {
  const stream = session.readStream.format('rate').load().selectExpr('cast(value as string) as value')
  expect(await condition(session.read.csv(stream as DataFrame<any, any>))).toBe('NOT_SUPPORTED')
  expect(await condition(session.read.json(session.range(3) as DataFrame<any, any>))).toBe('INVALID_ARGUMENT')
  expect(await condition(session.read.csv(texts('a') as DataFrame<any, any>, { heder: true }))).toBe('UNKNOWN_OPTION')
})
