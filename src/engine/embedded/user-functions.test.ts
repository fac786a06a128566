import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataFrame, isMillraceError, Session } from '../../index.ts'

let session: Session
let frame: DataFrame<any, any>
beforeAll(async () => {
  session = await Session.open()
  frame = session.createDataFrame([{ s: '21' }, { s: null }], 's string')
  session.udf.register('twice', (n: number | null) => (n === null ? null : n * 2), { args: ['int'], returns: 'int' })
  session.udf.register('kindOf', (v: unknown) => typeof v, { returns: 'string' })
})
afterAll(() => session.close())

test('a function registered for SQL text gets its arguments cast to the types it declares', async () => {
  expect(await frame.selectExpr('twice(s)', 'kindOf(s) AS k', 'kindOf(twice(s)) AS k2').collect()).toEqual([
    { 'twice(s)': 42, k: 'string', k2: 'number' },
    { 'twice(s)': null, k: 'object', k2: 'object' },
  ])
})

test('too many arguments, and a type that cannot be cast, are refused at once', () => {
  expect(() => frame.selectExpr('twice(s, 1)')).toThrow(expect.toSatisfy(e => isMillraceError(e, 'WRONG_NUM_ARGS')))
  expect(() => frame.selectExpr('twice(array(s))')).toThrow(expect.toSatisfy(e => isMillraceError(e, 'DATATYPE_MISMATCH')))
})
