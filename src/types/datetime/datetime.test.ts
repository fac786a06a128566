import { expect, test } from 'vitest'
import { compilePattern, formatTimestamp, parseTimestamp } from './index.ts'

const LA = 'America/Los_Angeles'
const iso = (text: string, pattern: string, zone = 'UTC') => {
  const micros = parseTimestamp(compilePattern(pattern, 'parse'), text, zone)
  return micros === undefined ? undefined : formatTimestamp(compilePattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", 'format'), micros, 'UTC')
}

test.each([
  ['yyyy-MM-dd HH:mm:ss', '2024-01-06 04:00:00', '2024-01-06T04:00:00.000000Z'],
  ['yyyy-MM-dd HH:mm:ss', '2024-1-06 04:00:00', undefined],
  ['yyyy-MM-dd HH:mm:ss', '2024-01-06 04:00:00.5', undefined],
  ['yyyy-MM-dd HH:mm:ss', '2024-02-30 04:00:00', undefined],
  ['yyyy-MM-dd HH:mm:ss', '2024-02-03 24:00:00', undefined],
  ['yyyy-MM-dd HH:mm:ss', ' 2024-02-03 23:00:00', undefined],
  ['MM/dd/yyyy hh:mm:ss a', '01/02/2019 12:05:09 AM', '2019-01-02T00:05:09.000000Z'],
  ['MM/dd/yyyy hh:mm:ss a', '01/02/2019 12:05:09 pm', '2019-01-02T12:05:09.000000Z'],
  ['MM/dd/yyyy hh:mm:ss a', '01/02/2019 13:05:09 PM', undefined],
  ['M/d/yyyy H:m', '1/12/2019 3:07', '2019-01-12T03:07:00.000000Z'],
  ['yyyyMMddHHmmss', '20190102030405', '2019-01-02T03:04:05.000000Z'],
  ['yyyyMMddHHmmssSSS', '20190102030405678', undefined],
  ['yyyy-MM-dd HH:mm:ss.SSS', '2019-01-02 03:04:05.6', '2019-01-02T03:04:05.600000Z'],
  ['yyyy-MM-dd HH:mm:ss.SSS', '2019-01-02 03:04:05.6789', undefined],
  ['yyyy-MM-dd HH:mm:ss[.SSSSSS]', '2019-01-02 03:04:05', '2019-01-02T03:04:05.000000Z'],
  ['yyyy-MM-dd HH:mm:ss[.SSSSSS]', '2019-01-02 03:04:05.123456', '2019-01-02T03:04:05.123456Z'],
  ["yyyy-MM-dd'T'HH:mm:ssXXX", '2019-01-02T03:04:05+02:30', '2019-01-02T00:34:05.000000Z'],
  ["yyyy-MM-dd'T'HH:mm:ssXXX", '2019-01-02T03:04:05Z', '2019-01-02T03:04:05.000000Z'],
  ['yyyy-MM-dd VV', '2019-07-02 Europe/Berlin', '2019-07-01T22:00:00.000000Z'],
  ['dd MMM yyyy', '09 mar 2020', '2020-03-09T00:00:00.000000Z'],
  ['dd MMMM yyyy', '09 March 2020', '2020-03-09T00:00:00.000000Z'],
  ['yy-MM', '19-03', '2019-03-01T00:00:00.000000Z'],
  ['yyyy', '+2019', undefined],
  ['yyyy', '-2019', '-2019-01-01T00:00:00.000000Z'],
  ['yyyy', '+12019', '+12019-01-01T00:00:00.000000Z'],
  ['HH:mm', '10:15', '1970-01-01T10:15:00.000000Z'],
  ['yyyy-DDD', '2020-366', '2020-12-31T00:00:00.000000Z'],
  ['yyyy-DDD', '2019-366', undefined],
  ['y G', '44 BC', '-0043-01-01T00:00:00.000000Z'],
  ['hh:mm', '12:30', '1970-01-01T00:30:00.000000Z'],
  ['kk', '24', '1970-01-01T00:00:00.000000Z'],
])('%s reads %s', (pattern, text, expected) => expect(iso(text, pattern)).toBe(expected))

test('the session zone holds where the text has none; in an overlap the earlier instant, over a gap later', () => {
  expect(iso('2024-11-03 01:30', 'yyyy-MM-dd HH:mm', 'America/New_York')).toBe('2024-11-03T05:30:00.000000Z')
  expect(iso('2024-03-10 02:30', 'yyyy-MM-dd HH:mm', 'America/New_York')).toBe('2024-03-10T07:30:00.000000Z')
})

test.each([
  ['y', '2016'],
  ['yy', '16'],
  ['yyyy-MM-dd HH:mm:ss.SSS', '2016-04-08 14:05:09.123'],
  ['E EEEE', 'Fri Friday'],
  ['MMM MMMM L LL', 'Apr April 4 04'],
  ['h:mm a', '2:05 PM'],
  ['D DDD', '99 099'],
  ['Q QQ QQQ QQQQ', '2 02 Q2 2nd quarter'],
  ['G', 'AD'],
  ['F', '1'],
  ['X XX XXX x', '-07 -0700 -07:00 -07'],
  ['Z ZZZZ O OOOO', '-0700 GMT-07:00 GMT-7 GMT-07:00'],
  ['VV z', 'America/Los_Angeles PDT'],
  ["'T' ''", "T '"],
  ['SSSSSSSSS', '123456000'],
])('%s writes %s', (pattern, expected) => {
  expect(formatTimestamp(compilePattern(pattern, 'format'), 1460149509123456n, LA)).toBe(expected)
})

test.each([
  ['YYYY', 'parse'],
  ['e', 'format'],
  ['E', 'parse'],
  ['MMMMM', 'format'],
  ['yyyyyyy', 'format'],
  ['hhh', 'parse'],
  ['A', 'format'],
  ['[yyyy', 'none'],
  ["yyyy'", 'parse'],
  ['yyyy]', 'parse'],
  ['J', 'parse'],
] as const)('%s is no pattern to %s', (pattern, purpose) => {
  if (purpose === 'none') expect(() => compilePattern(pattern, 'parse')).not.toThrow()
  else expect(() => compilePattern(pattern, purpose)).toThrow('INVALID_DATETIME_PATTERN')
})
