import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { window } from '../api/index.ts'
import {
  add,
  advance,
  crash,
  everyFailpoint,
  expectAll,
  expectDropped,
  expectFailure,
  expectRows,
  memory,
  openTestSession,
  restart,
  stop,
  type TestSession,
  table,
  testStream,
} from './index.ts'

let t: TestSession
beforeAll(async () => {
  t = await openTestSession()
})
afterAll(() => t.close())

const perWindow = () => {
  const clicks = memory(t.session, 'at timestamp, page string')
  const counted = clicks.df.withWatermark('at', '10 seconds').groupBy(window('at', '5 seconds')).count()
  return { clicks, counted }
}

describe('stories', () => {
  test('rows go in and come out', async () => {
    const clicks = memory(t.session, 'page string, n int')
    await testStream(
      t,
      clicks.df.where("page <> 'bot'"),
      {},
      add(
        clicks,
        table`
        page n
        home 1
        bot  2`,
      ),
      expectRows(table`
        page n
        home 1`),
      expectRows('nothing'),
      stop(),
      restart(),
      add(clicks, [{ page: 'cart', n: 3 }]),
      expectRows([{ page: 'cart', n: 3 }]),
      expectAll(table`
        page
        cart
        home`),
    )
  })

  for (const at of ['sink.write', 'checkpoint.offsets.link', 'checkpoint.commits.link', 'checkpoint.commits.remove']) {
    test(`a closed window is written once, also when the process dies after ${at}`, async () => {
      const { clicks, counted } = perWindow()
      await testStream(
        t,
        counted,
        { mode: 'append' },
        add(
          clicks,
          table`
          at       page
          00:00:12 home
          00:00:14 home`,
        ),
        expectAll('nothing'),
        crash(at),
        add(
          clicks,
          table`
          at       page
          00:00:25 cart`,
        ),
        restart(),
        add(
          clicks,
          table`
          at       page
          00:00:26 cart`,
        ),
        expectAll(table`
          start    count
          00:00:10 2`),
        add(
          clicks,
          table`
          at       page
          00:00:11 home`,
        ),
        expectDropped(1),
      )
    })
  }

  test('a windowed count survives its death after every failpoint of two batches', async () => {
    const count = await everyFailpoint(t, async crash => {
      const { clicks, counted } = perWindow()
      await testStream(
        t,
        counted,
        {},
        add(clicks, [{ at: new Date(12_000), page: 'home' }]),
        crash,
        add(clicks, [{ at: new Date(25_000), page: 'cart' }]),
        restart(),
        add(clicks, [{ at: new Date(40_000), page: 'cart' }]),
        expectAll(table`
              start    count
              00:00:10 1
              00:00:25 1`),
      )
      clicks.close()
    })
    expect(count).toBeGreaterThan(10)
  })

  test('with an interval the clock decides', async () => {
    const clicks = memory(t.session, 'n int')
    await testStream(
      t,
      clicks.df,
      { trigger: { processingTime: '10 seconds' } },
      add(clicks, [{ n: 1 }]),
      advance(10_000),
      expectRows([{ n: 1 }]),
      add(clicks, [{ n: 2 }]),
      expectRows('nothing'),
      advance(10_000),
      expectRows([{ n: 2 }]),
    )
  })

  test('a failure is a step', async () => {
    const numbers = memory(t.session, 's string')
    await testStream(t, numbers.df.selectExpr('cast(s as int) as n'), {}, add(numbers, [{ s: 'x' }]), expectFailure('CAST_INVALID_INPUT'))
  })

  test('a story that goes otherwise shows its steps, with an arrow', async () => {
    const clicks = memory(t.session, 'n int')
    const story = testStream(t, clicks.df, {}, add(clicks, [{ n: 1 }]), expectRows([{ n: 2 }]))
    await expect(story).rejects.toThrow(/missing \{"n":"2"\}[\s\S]*extra {3}\{"n":"1"\}[\s\S]*=> expect\(1 rows\)/)
  })
})
