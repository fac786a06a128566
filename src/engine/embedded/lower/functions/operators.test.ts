import { describe } from 'vitest'
import { testTable } from '../../../../../test/support/expression-table.ts'

describe('arithmetic', () =>
  testTable('UTC', [
    ['2147483647 + 1', '!ARITHMETIC_OVERFLOW'],
    ['cast(127 as tinyint) + cast(1 as tinyint)', '!ARITHMETIC_OVERFLOW'],
    ['9223372036854775807L * 2', '!ARITHMETIC_OVERFLOW'],
    ['-(-2147483648)', '!ARITHMETIC_OVERFLOW'],
    ['abs(-2147483648)', '!ARITHMETIC_OVERFLOW'],
    ['try_add(9223372036854775807L, 1L)', 'NULL'],
    ['try_multiply(2147483647, 2)', 'NULL'],
    ['7 / 2', '3.5'],
    ['7 div 2', '3'],
    ['-7 div 2', '-3'],
    ['1 / 0', '!DIVIDE_BY_ZERO'],
    ['5 div 0', '!DIVIDE_BY_ZERO'],
    ['5 % 0', '!REMAINDER_BY_ZERO'],
    ['null / 0', 'NULL'],
    ['try_divide(1, 0)', 'NULL'],
    ['-7 % 3', '-1'],
    ['-7.5D % 2', '-1.5'],
    ['-2147483648 % -1', '0'],
    ['pmod(-10, 3)', '2'],
    ['pmod(5, -3)', '2'],
  ]))

describe('decimals keep the precision Spark gives them', () =>
  testTable('UTC', [
    ['typeof(1.10 + 2.2)', 'decimal(4,2)'],
    ['typeof(cast(1 as decimal(10,2)) * cast(1 as decimal(12,4)))', 'decimal(23,6)'],
    ['1.1 / 3', '0.366667'],
    ['2 / 3.00', '0.666667'],
    ['1.5 % 0.4', '0.3'],
    ['cast(1 as decimal(38,10)) * cast(3 as decimal(38,10))', '3.000000'],
    // DuckDB alone stops at 18 digits where both sides have at most 18.
    ['cast(99999999.99 as decimal(10,2)) * cast(99999999.99 as decimal(10,2))', '9999999998000000.0001'],
    ['cast(99999999.99 as decimal(10,2)) * 100000000', '9999999999000000.00'],
    ['cast(999999999999999999 as decimal(18,0)) + cast(999999999999999999 as decimal(18,0))', '1999999999999999998'],
    ['cast(-999999999999999999 as decimal(18,0)) - cast(999999999999999999 as decimal(18,0))', '-1999999999999999998'],
    ['cast(1000 as decimal(10,2)) / cast(3 as decimal(10,2))', '333.3333333333333'],
    ['cast(99999999.99 as decimal(10,2)) / cast(0.03 as decimal(10,2))', '3333333333.0000000000000'],
    ['cast(99999999.99 as decimal(10,2)) div cast(0.01 as decimal(10,2))', '9999999999'],
    ["round(cast('99999999.999999999' as decimal(17,9)), 3)", '100000000.000'],
    ["round(cast('-99999999.999499999' as decimal(17,9)), 3)", '-99999999.999'],
    ["ceil(cast('99999999.000000001' as decimal(17,9)))", '100000000'],
    ["floor(cast('-99999999.000000001' as decimal(17,9)))", '-100000000'],
    ["bround(cast('9999999.125' as decimal(10,3)), 2)", '9999999.12'],
    ["bround(cast('99999999.000500000' as decimal(17,9)), 3)", '99999999.000'],
    ["ceil(cast('99999999.000000001' as decimal(17,9)), 3)", '99999999.001'],
    ["floor(cast('-99999999.000000001' as decimal(17,9)), 3)", '-99999999.001'],
    ["cast(cast('99999999.99' as decimal(10,2)) as decimal(18,10))", '99999999.9900000000'],
    ['cast(1 as decimal(38,10)) / cast(3 as decimal(38,10))', '0.333333'],
    ["cast('99999999999999999999999999999999999999' as decimal(38,0)) + cast(1 as decimal(38,0))", '!NUMERIC_VALUE_OUT_OF_RANGE'],
    ["try_add(cast('99999999999999999999999999999999999999' as decimal(38,0)), cast(1 as decimal(38,0)))", 'NULL'],
    ['7.5 div 2', '3'],
    ['1.0 / 0', '!DIVIDE_BY_ZERO'],
  ]))

describe('comparison, logic and bits', () =>
  testTable('UTC', [
    ["double('NaN') = double('NaN')", 'true'],
    ["double('NaN') > double('inf')", 'true'],
    ['0.0D = -0.0D', 'true'],
    ['null <=> null', 'true'],
    ['1 <=> null', 'false'],
    ["1 = '1'", 'true'],
    ["1 = 'a'", '!CAST_INVALID_INPUT'],
    ['1 in (2, null)', 'NULL'],
    ['1 in (1, null)', 'true'],
    ['true or null', 'true'],
    ['true and null', 'NULL'],
    ['5 & 3 | 8 ^ 1', '9'],
    ['~5', '-6'],
    ['shiftleft(1, 33)', '2'],
    ['shiftleft(2147483647, 1)', '-2'],
    ['shiftleft(1L, 63)', '-9223372036854775808'],
    ['shiftrightunsigned(-8, 1)', '2147483644'],
    ['-8 >> 1', '-4'],
    ['bit_count(-1)', '64'],
  ]))

describe('items', () =>
  testTable('UTC', [
    ['array(1, 2)[1]', '2'],
    ['array(1, 2)[5]', '!INVALID_ARRAY_INDEX'],
    ['array(1, 2)[-1]', '!INVALID_ARRAY_INDEX'],
    ['cast(null as array<int>)[3]', 'NULL'],
    ["map('a', 1)['b']", 'NULL'],
    ["array(named_struct('a', 1), null).a", '[1, NULL]'],
  ]))

describe('dates, timestamps and intervals', () =>
  testTable('America/Los_Angeles', [
    ["date'2020-01-31' + interval 1 month", '2020-02-29'],
    ["date'2020-01-31' + 1", '2020-02-01'],
    ["date'2020-01-31' + interval 1 hour", '2020-01-31 01:00:00'],
    ["date'2020-03-01' - date'2020-02-01'", "INTERVAL '29' DAY"],
    ["timestamp'2020-03-07 12:00:00' + interval 1 day", '2020-03-08 12:00:00'],
    ["timestamp'2020-03-08 12:00:00' - timestamp'2020-03-07 12:00:00'", "INTERVAL '1 00:00:00' DAY TO SECOND"],
    ['interval 2 year * 3', "INTERVAL '6-0' YEAR TO MONTH"],
    ["interval '10' day / 3", "INTERVAL '3 08:00:00' DAY TO SECOND"],
    ["interval '1' month / 2", "INTERVAL '0-1' YEAR TO MONTH"],
    ["interval '5' day div interval '2' day", '2'],
    ['interval 2 month / 0', '!INTERVAL_DIVIDED_BY_ZERO'],
    ['try_divide(interval 2 month, 0)', 'NULL'],
  ]))
