import { afterAll, beforeAll, test } from 'vitest'
import { col, sum, window } from '../../src/index.ts'
import {
  add, crash, expectAll, expectDropped, expectLate, expectRows, memory, openTestSession, restart, type TestSession, table, testStream,
} from '../../src/testing/index.ts'

let t: TestSession
beforeAll(async () => { t = await openTestSession() })
afterAll(() => t.close())

const clicksPerWindow = () => {
  const clicks = memory(t.session, 'at timestamp, page string')
  return { clicks, perWindow: clicks.df.withWatermark('at', '10 seconds').groupBy(window('at', '5 seconds')).count() }
}

test('a closed window is written once, also when the process dies before the commit', async () => {
  const { clicks, perWindow } = clicksPerWindow()
  await testStream(t, perWindow, { mode: 'append' },
    add(clicks, table`
      at       page
      00:00:12 home
      00:00:14 home`),
    expectAll('nothing'),                        // watermark 00:00:04: [10, 15) may still grow
    crash('sink.write'),                         // the next batch dies with its rows already in the sink
    add(clicks, table`
      at       page
      00:00:25 cart`),                           // watermark 00:00:15 closes [10, 15)
    restart(),
    add(clicks, table`
      at       page
      00:00:26 cart`),
    expectAll(table`
      start    end      count
      00:00:10 00:00:15 2`))
})

test('a row behind the watermark is counted, and handed over with all its columns', async () => {
  const { clicks, perWindow } = clicksPerWindow()
  await testStream(t, perWindow, { mode: 'append' },
    add(clicks, table`
      at       page
      00:00:30 home`),                           // watermark 00:00:20
    add(clicks, table`
      at       page
      00:00:19 late
      00:00:21 'just in time'`),                 // [15, 20) is closed, [20, 25) is open
    expectDropped(1),
    expectLate(table`
      at       page
      00:00:19 late`),
    add(clicks, table`
      at       page
      00:00:40 home`),                           // watermark 00:00:30
    expectAll(table`
      start    count
      00:00:20 1`))
})

test('in update mode a window comes out each time it changes, and no longer once it is closed', async () => {
  const rides = memory(t.session, 'at timestamp, station string, entries int')
  const perStation = rides.df
    .withWatermark('at', '5 minutes')
    .groupBy(window('at', '5 minutes'), 'station')
    .agg({ entries: sum('entries') })
    .select(col('window.start').as('start'), 'station', 'entries')
  await testStream(t, perStation, { mode: 'update' },
    add(rides, table`
      at       station  entries
      08:01:00 'CITY HALL' 3
      08:02:00 'FULTON ST' 5`),
    expectRows(table`
      start    station     entries
      08:00:00 'CITY HALL' 3
      08:00:00 'FULTON ST' 5`),
    add(rides, table`
      at       station     entries
      08:04:00 'CITY HALL' 4`),
    expectRows(table`
      start    station     entries
      08:00:00 'CITY HALL' 7`),                  // FULTON ST did not change
    add(rides, table`
      at       station     entries
      08:20:00 'CITY HALL' 1`),                  // watermark 08:15:00
    expectRows(table`
      start    station     entries
      08:20:00 'CITY HALL' 1`),
    add(rides, table`
      at       station     entries
      08:03:00 'CITY HALL' 9`),                  // too late
    expectRows('nothing'),
    expectDropped(1))
})

test('a row counts in every sliding window it falls into', async () => {
  const clicks = memory(t.session, 'at timestamp')
  const sliding = clicks.df.withWatermark('at', '0 seconds').groupBy(window('at', '10 seconds', '5 seconds')).count()
  await testStream(t, sliding, { mode: 'append' },
    add(clicks, table`
      at
      00:00:07
      00:00:12`),
    add(clicks, table`
      at
      00:00:30`),
    expectAll(table`
      start    end      count
      00:00:00 00:00:10 1
      00:00:05 00:00:15 2
      00:00:10 00:00:20 1`))
})
