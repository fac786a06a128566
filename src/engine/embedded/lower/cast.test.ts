import { describe, expect, test } from 'vitest'
import { testTable } from '../../../../test/support/expression-table.ts'
import { Evaluator } from './testing.ts'

describe('numbers from other types', () =>
  testTable('UTC', [
    ["cast('12' as int)", '12'],
    ["cast(' +12\t' as int)", '12'],
    ["cast('2.7' as int)", '!CAST_INVALID_INPUT'],
    ["cast('1e3' as int)", '!CAST_INVALID_INPUT'],
    ["cast('1_000' as int)", '!CAST_INVALID_INPUT'],
    ["cast('0x1F' as int)", '!CAST_INVALID_INPUT'],
    ["cast('' as int)", '!CAST_INVALID_INPUT'],
    ["cast('3000000000' as int)", '!CAST_INVALID_INPUT'],
    ["try_cast('REGULAR' as int)", 'NULL'],
    ['cast(2.5D as int)', '2'],
    ['cast(-2.7 as int)', '-2'],
    ['cast(3000000000 as int)', '!CAST_OVERFLOW'],
    ['cast(128 as tinyint)', '!CAST_OVERFLOW'],
    ["cast(double('NaN') as int)", '!CAST_OVERFLOW'],
    ['cast(9223372036854775807D as bigint)', '9223372036854775807'],
    ["cast('1.5d' as double)", '1.5'],
    ["cast(' -inf ' as double)", '-Infinity'],
    ["cast('1_0' as double)", '!CAST_INVALID_INPUT'],
    ["cast('1e400' as double)", 'Infinity'],
    ['cast(1e39D as float)', 'Infinity'],
    ['cast(1.005D as decimal(10,2))', '1.01'],
    ["cast('123456' as decimal(5,1))", '!NUMERIC_VALUE_OUT_OF_RANGE'],
    ["cast('x' as decimal(5,1))", '!CAST_INVALID_INPUT'],
    ['cast(12345 as decimal(4,0))', '!NUMERIC_VALUE_OUT_OF_RANGE'],
    ["cast(double('NaN') as decimal(5,1))", 'NULL'],
    ["cast(timestamp'1969-12-31 23:59:59.5' as bigint)", '-1'],
    ["cast(interval '25' hour as int)", '25'],
    ["cast(' t ' as boolean)", 'true'],
    ["cast('on' as boolean)", '!CAST_INVALID_INPUT'],
    ['cast(0.0 as boolean)', 'false'],
  ]))

describe('texts from other types', () =>
  testTable('UTC', [
    ['cast(1e20D as string)', '1.0E20'],
    ['cast(0.00001D as string)', '1.0E-5'],
    ['cast(1e7D as string)', '1.0E7'],
    ['cast(9999999D as string)', '9999999.0'],
    ['cast(-0D as string)', '-0.0'],
    ["cast(double('-inf') as string)", '-Infinity'],
    ['cast(float(0.1) as string)', '0.1'],
    ["cast(timestamp'2020-01-01 00:00:00.120' as string)", '2020-01-01 00:00:00.12'],
    ["cast(cast('+10000-01-01' as date) as string)", '+10000-01-01'],
    ['cast(array(1, null, 3) as string)', '[1, null, 3]'],
    ["cast(map(1, 'a', 2, null) as string)", '{1 -> a, 2 -> null}'],
    ["cast(named_struct('a', 1, 'b', null) as string)", '{1, null}'],
    ["cast(interval '1-1' year to month as string)", "INTERVAL '1-1' YEAR TO MONTH"],
    ["cast(interval '1 02:03:04.5' day to second as string)", "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
    ["cast(X'616263' as string)", 'abc'],
  ]))

describe('dates and timestamps from texts, in a zone with summer time', () =>
  testTable('America/Los_Angeles', [
    ["cast('2020' as timestamp)", '2020-01-01 00:00:00'],
    ["cast('2020-1-2 3:4:5.123456789' as timestamp)", '2020-01-02 03:04:05.123456'],
    ["cast('2020-01-01 00:00:00+02:00' as timestamp)", '2019-12-31 14:00:00'],
    ["cast(' 2020-01-01 00:00:00 Europe/Paris ' as timestamp)", '2019-12-31 15:00:00'],
    ["cast('2020-01-01 24:00:00' as timestamp)", '!CAST_INVALID_INPUT'],
    ["try_cast('2020-02-30 00:00:00' as timestamp)", 'NULL'],
    ["cast(cast('2020-11-01 01:30:00' as timestamp) as bigint)", '1604219400'],
    ["cast('2020-03-08 02:30:00' as timestamp)", '2020-03-08 03:30:00'],
    ["cast('2020-02-03 foo' as date)", '2020-02-03'],
    ["cast('2020-02-03x' as date)", '!CAST_INVALID_INPUT'],
    ["cast(timestamp'2020-07-01 23:00:00' as date)", '2020-07-01'],
    ["cast(date'2020-07-01' as timestamp)", '2020-07-01 00:00:00'],
    ["cast('1-1' as interval year to month)", "INTERVAL '1-1' YEAR TO MONTH"],
    ["cast('1 02:03:04' as interval day to second)", "INTERVAL '1 02:03:04' DAY TO SECOND"],
  ]))

describe('nested types', () =>
  testTable('UTC', [
    ["cast(array('1', '2') as array<int>)", '[1, 2]'],
    ["cast(array('1', 'x') as array<int>)", '!CAST_INVALID_INPUT'],
    ["try_cast(array('1', 'x') as array<int>)", '[1, NULL]'],
    ["cast(map('1', '2') as map<int, double>)", '{1 -> 2.0}'],
    ["cast(named_struct('a', '1') as struct<b: int>)", '{1}'],
  ]))

test('a branch that is not taken does not fail, whatever the row', async () => {
  const evaluator = await Evaluator.open()
  expect(await evaluator.texts('CASE WHEN id = 0 THEN 0 ELSE 10 div id END', 4)).toEqual(['0', '10', '5', '3'])
  expect(await evaluator.texts("IF(id > 1, cast(concat('1', id) as int), cast('7' as int))", 3)).toEqual(['7', '7', '12'])
  expect(await evaluator.texts('coalesce(nullif(id, 0), 5 div (id + 1))', 2)).toEqual(['5', '1'])
  await evaluator.close()
})

test('casts within casts do not double the text', async () => {
  const evaluator = await Evaluator.open()
  const nested = (n: number): string => (n === 0 ? 'cast(id as string)' : `cast(cast(${nested(n - 1)} as int) as string)`)
  expect(evaluator.lower(nested(6)).sql.length).toBeLessThan(6 * 2000)
  expect(await evaluator.texts(nested(6), 3)).toEqual(['0', '1', '2'])
  await evaluator.close()
})
