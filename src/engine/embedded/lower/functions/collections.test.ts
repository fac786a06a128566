import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Evaluator } from '../testing.ts'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await Evaluator.open('America/New_York')
})
afterAll(() => evaluator.close())

/** Each line: an expression, and what `show` prints of it. */
const gives = (cases: readonly (readonly [string, string])[]) =>
  test.each(cases)('%s', async (sql, text) => expect((await evaluator.texts(sql))[0]).toBe(text))
const fails = (cases: readonly (readonly [string, string])[]) =>
  test.each(cases)('%s fails', async (sql, condition) => expect(evaluator.texts(sql)).rejects.toThrow(condition))

describe('arrays', () => {
  gives([
    ['array_contains(array(1, null), 1)', 'true'],
    ['array_contains(array(1, null), 2)', 'NULL'],
    ['array_contains(array(1, 3), 2)', 'false'],
    ['array_distinct(array(2, null, 1, 2, null))', '[2, NULL, 1]'],
    ['array_except(array(2, null, 1, 2), array(1))', '[2, NULL]'],
    ['array_union(array(2, null), array(1, null))', '[2, NULL, 1]'],
    ['array_intersect(array(2, null, 2), array(2, null))', '[2, NULL]'],
    ['arrays_overlap(array(1, null), array(2))', 'NULL'],
    ['array_insert(array(5, 3, 2, 1), -4, 4)', '[5, 4, 3, 2, 1]'],
    ['array_insert(array(1), 4, 9)', '[1, NULL, NULL, 9]'],
    ['array_insert(array(1), -3, 9)', '[9, NULL, 1]'],
    ['slice(array(1, 2, 3, 4), -2, 2)', '[3, 4]'],
    ['slice(array(1, 2), 5, 2)', '[]'],
    ['sort_array(array(2, null, 1))', '[NULL, 1, 2]'],
    ['sort_array(array(2, null, 1), false)', '[2, 1, NULL]'],
    ['array_sort(array(2, null, 1))', '[1, 2, NULL]'],
    ["array_sort(array('bb', 'a', 'ccc'), (l, r) -> length(r) - length(l))", '[ccc, bb, a]'],
    ['flatten(array(array(1), null))', 'NULL'],
    ['get(array(1, 2), -1)', 'NULL'],
    ['element_at(array(1, 2), -1)', '2'],
    ['try_element_at(array(1, 2), 3)', 'NULL'],
    ['sequence(5, 1, -2)', '[5, 3, 1]'],
    ["sequence(date'2018-01-31', date'2018-04-30', interval 1 month)", '[2018-01-31, 2018-02-28, 2018-03-31, 2018-04-30]'],
    ['concat(array(1), cast(null as array<int>))', 'NULL'],
    ["array_join(array('a', null, 'b'), '-', '?')", 'a-?-b'],
    ["reverse('a\\u00e9b')", 'b\u00e9a'],
    ['filter(array(0, 2, 3), (x, i) -> x > i)', '[2, 3]'],
    ['exists(array(1, null), x -> x > 1)', 'NULL'],
    ['forall(array(2, null), x -> x > 1)', 'NULL'],
    ['aggregate(array(1, 2, 3), 0, (a, x) -> a + x, a -> a * 10)', '60'],
    ["map_zip_with(map('a', 1), map('a', 2, 'b', 3), (k, x, y) -> coalesce(x, 0) + y)['b']", '3'],
    ["transform_values(map('a', 1), (k, v) -> concat(k, v))['a']", 'a1'],
    ["str_to_map('a:1,b')['b']", 'NULL'],
  ])
  fails([
    ['element_at(array(1, 2), 3)', 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT'],
    ['element_at(array(1, 2), 0)', 'INVALID_INDEX_OF_ZERO'],
    ["map('a', 1, 'a', 2)", 'unique'],
    ["str_to_map('a:1,a:2')", 'DUPLICATED_MAP_KEY'],
    ['sequence(1, 5, -1)', 'INVALID_PARAMETER_VALUE'],
  ])
})

describe('regular expressions and LIKE', () => {
  gives([
    ["'a\\nb' rlike 'a.b'", 'false'],
    ["'ab\\n' rlike 'b$'", 'true'],
    ["'K' rlike '(?i)k'", 'true'],
    ["'\\u212A' rlike '(?i)k'", 'false'],
    ["regexp_extract('foobar', '(?<=foo)(b)ar')", 'b'],
    ["regexp_extract('x', '(y)?x', 1)", ''],
    ["regexp_replace('baaac', 'a*', 'X')", 'XbXXcX'],
    ["regexp_replace('100-200', '(\\\\d+)-(\\\\d+)', '$2/$1')", '200/100'],
    ["regexp_replace('a.b', '[.]', '\\\\$')", 'a$b'],
    ["regexp_extract_all('a1b22', '\\\\d+', 0)", '[1, 22]'],
    ["regexp_count('aaa', 'a{1,2}+')", '2'],
    ["regexp_instr('\\u00e4bc', 'c')", '3'],
    ["regexp_substr('abc', 'x')", 'NULL'],
    ["split('a,b,,', ',')", '[a, b, , ]'],
    ["split('oneAtwoBthree', '[AB]', 2)", '[one, twoBthree]'],
    ["split('abc', '')", '[a, b, c]'],
    ["'abab' rlike '^(ab)\\\\1$'", 'true'],
    ["'b' rlike '[a-z&&[^aeiou]]'", 'true'],
    ["'a_b' like 'a\\\\_b'", 'true'],
    ["'axb' like 'a\\\\_b'", 'false'],
    ["'Spark' ilike 's%K'", 'true'],
  ])
  fails([
    ["'a' rlike '('", 'INVALID_PARAMETER_VALUE'],
    ["'a' like 'a\\\\b'", 'INVALID_LIKE_PATTERN'],
    ["regexp_extract('a', '(a)', 2)", 'INVALID_PARAMETER_VALUE'],
  ])
})

describe('dates and times in New York', () => {
  gives([
    ["to_timestamp('01/02/2019 03:04:05 PM', 'MM/dd/yyyy hh:mm:ss a')", '2019-01-02 15:04:05'],
    ["to_timestamp('01/02/2019 03:04:05 pm', 'MM/dd/yyyy hh:mm:ss a')", '2019-01-02 15:04:05'],
    ["unix_timestamp('2024-11-03 01:30:00')", '1730611800'],
    ["unix_timestamp('2024-03-10 02:30:00')", '1710055800'],
    ["try_to_timestamp('2024-1-01 00:00:00', 'yyyy-MM-dd HH:mm:ss')", 'NULL'],
    [
      "date_format(timestamp'2019-07-04 05:06:07.089', \"EEEE, d MMM yyyy 'at' h:mm a SSS XXX\")",
      'Thursday, 4 Jul 2019 at 5:06 AM 089 -04:00',
    ],
    ["date_trunc('hour', timestamp'2024-11-03 01:45:00')", '2024-11-03 01:00:00'],
    ["date_trunc('week', timestamp'2024-11-03 01:45:00')", '2024-10-28 00:00:00'],
    ["date_trunc('nonsense', timestamp'2024-11-03 01:45:00')", 'NULL'],
    ["next_day(date'2015-01-14', 'TU')", '2015-01-20'],
    ["months_between(timestamp'1997-02-28 10:30:00', timestamp'1996-10-30')", '3.94959677'],
    ["add_months(date'2016-08-31', 1)", '2016-09-30'],
    ["extract(second from timestamp'2019-10-01 00:00:01.000001')", '1.000001'],
    ["dayofweek(date'2009-07-30')", '5'],
    ["weekofyear(date'2021-01-01')", '53'],
    ["from_utc_timestamp(timestamp'2016-08-31 00:00:00', 'Asia/Seoul')", '2016-08-31 09:00:00'],
    ["timestampdiff(MONTH, timestamp'2020-01-31 00:00:00', timestamp'2020-02-29 00:00:00')", '0'],
    ['make_timestamp(2019, 6, 30, 23, 59, 60)', '2019-07-01 00:00:00'],
  ])
  fails([
    ["to_timestamp('2019-02-30 00:00:00', 'yyyy-MM-dd HH:mm:ss')", 'CANNOT_PARSE_TIMESTAMP'],
    ["to_timestamp('2019', 'YYYY')", 'INVALID_DATETIME_PATTERN'],
    ['make_date(2019, 2, 30)', 'DATETIME_FIELD_OUT_OF_BOUNDS'],
    ["next_day(date'2015-01-14', 'xx')", 'ILLEGAL_DAY_OF_WEEK'],
  ])
})

describe('json and csv', () => {
  gives([
    ['get_json_object(\'{"a":[{"b":1.50},{"b":"x"}]}\', \'$.a[*].b\')', '[1.50,"x"]'],
    ['get_json_object(\'{"a":{"b":null}}\', \'$.a.b\')', 'NULL'],
    ['from_json(\'{"a":"3"}\', \'a INT\').a', 'NULL'],
    ["from_json('{\"a\":3}', 'a INT').a", '3'],
    ["to_json(named_struct('a', null, 'b', array(1)))", '{"b":[1]}'],
    ["json_array_length('[1, [2]]')", '2'],
    ["from_csv('7,x', 'a INT, b STRING').b", 'x'],
  ])
})
