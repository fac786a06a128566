import { afterAll, beforeAll, test } from 'vitest'
import {
  add, crash, expectAll, expectDropped, expectDuplicates, expectRows, memory, openTestSession, restart, type TestSession, table, testStream,
} from '../../src/testing/index.ts'

let t: TestSession
beforeAll(async () => { t = await openTestSession() })
afterAll(() => t.close())

test('a repeated message comes out once, also when its repetition arrives in another process', async () => {
  const orders = memory(t.session, 'id string, at timestamp, amount int')
  const once = orders.df.withWatermark('at', '1 minute').dropDuplicates(['id', 'at'])
  await testStream(t, once, {},
    add(orders, table`
      id at       amount
      a  12:00:00 10
      a  12:00:00 10
      b  12:00:30 20`),
    expectRows(table`
      id amount
      a  10
      b  20`),
    restart(),
    add(orders, table`
      id at       amount
      b  12:00:30 20
      c  12:00:40 30`),
    expectRows(table`
      id amount
      c  30`),
    expectDuplicates(table`
      id at       amount
      a  12:00:00 10
      b  12:00:30 20`))
})

test('once the watermark has passed, a message is late and no duplicate', async () => {
  const orders = memory(t.session, 'id string, at timestamp')
  await testStream(t, orders.df.withWatermark('at', '1 minute').dropDuplicates(['id', 'at']), {},
    add(orders, table`
      id at
      a  12:00:00
      b  12:05:00`),                             // watermark 12:04:00: "a" is forgotten
    add(orders, table`
      id at
      a  12:00:00`),
    expectDropped(1),
    expectDuplicates('nothing'),
    expectAll(table`
      id
      a
      b`))
})

test('a batch that dies is no duplicate of itself', async () => {
  const orders = memory(t.session, 'id string')
  await testStream(t, orders.df.dropDuplicates(['id']), {},
    crash('sink.write'),
    add(orders, table`
      id
      a
      b
      a`),
    restart(),
    expectAll(table`
      id
      a
      b`))
})
