import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  add, check, crash, everyFailpoint, expectAll, expectFailure, expectRows, memory, openTestSession, restart, stop, type TestSession,table, 
  testStream,
} from '../../src/testing/index.ts'

let t: TestSession
beforeAll(async () => { t = await openTestSession() })
afterAll(() => t.close())

test('a restart with another filter goes on where it was: no row twice, none lost', async () => {
  const clicks = memory(t.session, 'user string, page string')
  await testStream(t, clicks.df.where("page = 'home'"), {},
    add(clicks, table`
      user page
      ann  home
      bob  cart`),
    expectRows(table`
      user page
      ann  home`),
    stop(),
    restart(clicks.df.where("page in ('home', 'cart')")),
    expectRows('nothing'),                       // what was read before is not read again
    add(clicks, table`
      user page
      cyd  cart`),
    expectRows(table`
      user page
      cyd  cart`))
})

test('a restart with other state is refused, and nothing is lost by it', async () => {
  const clicks = memory(t.session, 'user string, page string')
  const perUser = clicks.df.groupBy('user').count()
  await testStream(t, perUser, { mode: 'update' },
    add(clicks, table`
      user page
      ann  home`),
    restart(clicks.df.groupBy('user', 'page').count()),
    expectFailure('STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE'),
    restart(perUser),
    add(clicks, table`
      user page
      ann  cart`),
    expectAll(table`
      user count
      ann  1
      ann  2`))
})

test('a counter survives its death after every call of a batch', async () => {
  const deaths = await everyFailpoint(t, async death => {
    const clicks = memory(t.session, 'user string')
    await testStream(t, clicks.df.groupBy('user').count(), { mode: 'complete' },
      add(clicks, [{ user: 'ann' }]),
      death,
      add(clicks, [{ user: 'ann' }, { user: 'bob' }]),
      restart(),
      add(clicks, [{ user: 'bob' }]),
      expectAll(table`
        user count
        ann  2
        bob  2`))
    clicks.close()
  })
  expect(deaths).toBeGreaterThan(5)
})

test('two queries of a session: the failure of one is its own', async () => {
  const words = memory(t.session, 'word string')
  const numbers = memory(t.session, 'text string')
  await testStream(t, words.df.groupBy('word').count(), { mode: 'complete' },
    add(words, [{ word: 'stay' }]),
    check('beside it another query fails', () =>
      testStream(t, numbers.df.selectExpr('cast(text as int) as n'), {},
        add(numbers, [{ text: '1' }]),
        expectRows([{ n: 1 }]),
        add(numbers, [{ text: 'one' }]),
        expectFailure('CAST_INVALID_INPUT'))),
    add(words, [{ word: 'stay' }]),
    expectAll(table`
      word count
      stay 2`))
})

test('two queries on one source each see every row', async () => {
  const words = memory(t.session, 'word string')
  await testStream(t, words.df.where("word < 'm'"), {},
    add(words, table`
      word
      early
      night`),
    check('a second query begins at the first row', () =>
      testStream(t, words.df, {},
        add(words, [{ word: 'zebra' }]),
        expectAll(table`
          word
          early
          night
          zebra`))),
    crash('checkpoint.commits.link'),
    add(words, [{ word: 'dawn' }]),
    restart(),
    expectAll(table`
      word
      early
      dawn`))
})

test('a complete query may be cut to its first rows at a restart: a limit keeps no state there', async () => {
  const words = memory(t.session, 'word string')
  const counts = words.df.groupBy('word').count().orderBy('word')
  await testStream(t, counts, { mode: 'complete' },
    add(words, [{ word: 'a' }, { word: 'b' }, { word: 'c' }]),
    restart(counts.limit(2)),
    add(words, [{ word: 'a' }]),
    expectAll(table`
      word count
      a    2
      b    1`),
    add(words, [{ word: 'b' }]),
    expectAll(table`
      word count
      a    2
      b    2`))
})
