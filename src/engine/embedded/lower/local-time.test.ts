import { expect, test } from 'vitest'
import { fromWallMicros, toWallMicros } from '../../../types/index.ts'
import type { HostFunction } from './context.ts'
import { instantToLocal, localToInstant } from './local-time.ts'

function hostOf(make: (sql: string, ctx: { timeZone: string; host(fn: HostFunction): string }) => string, timeZone: string): HostFunction {
  let found: HostFunction | undefined
  make('x', {
    timeZone,
    host: fn => {
      found = fn
      return fn.name
    },
  })
  return found!
}

const MINUTES_30 = 1_800_000_000n
/** Every half hour of 2020, and some of long ago and far away, with nulls between. */
const micros = BigInt64Array.from([
  ...Array.from({ length: 366 * 48 }, (_, i) => 1_577_836_800_000_000n + BigInt(i) * MINUTES_30),
  -3_786_797_222_000_000n,
  4_102_444_800_000_001n,
])

test.each(['America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', '+03:00'])(
  'columns move as single values do in %s',
  zone => {
    const column = { length: micros.length, values: micros }
    const wall = hostOf(instantToLocal, zone).columns!([column], micros.length)
    expect([...(wall.values as BigInt64Array)]).toEqual([...micros].map(us => toWallMicros(us, zone)))
    const instant = hostOf(localToInstant, zone).columns!([column], micros.length)
    expect([...(instant.values as BigInt64Array)]).toEqual([...micros].map(us => fromWallMicros(us, zone)))
  },
)

test('UTC needs no function', () => {
  const none = (): string => {
    throw new Error('no host function is needed')
  }
  expect(localToInstant('x', { timeZone: 'UTC', host: none })).toBe('make_timestamptz(epoch_us(x))')
})
