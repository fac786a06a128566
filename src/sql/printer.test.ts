import { describe, expect, it } from 'vitest'
import { parseExpression, printExpression } from './index.ts'

/** Names that Spark 4.3 gave to the columns of `SELECT <text>`. */
describe('automatic column names', () => {
  it.each([
    ['1 <> 2', '(NOT (1 = 2))'],
    ['true is not false', '(NOT (true <=> false))'],
    ['null is unknown', '(NULL IS NULL)'],
    ['1 not in (1,2)', '(NOT (1 IN (1, 2)))'],
    ['1 not between 0 and 2', '(NOT between(1, 0, 2))'],
    ["'a' regexp 'b'", 'RLIKE(a, b)'],
    ["'a' not like 'b'", '(NOT a LIKE b)'],
    ["'a' like 'b' escape '/'", "a LIKE b ESCAPE '/'"],
    ["'a' || 'b' || 'c'", 'concat(concat(a, b), c)'],
    ['if(true, 1, 2)', '(IF(true, 1, 2))'],
    ['case 1 when 1 then 2 else 3 end', 'CASE WHEN (1 = 1) THEN 2 ELSE 3 END'],
    ["(1, 'a')", 'named_struct(col1, 1, col2, a)'],
    ['struct(1 as a, 2)', 'struct(1 AS a, 2)'],
    ["extract(year from date'2020-01-01')", "extract(year FROM DATE '2020-01-01')"],
    ["trim('a' from 'abc')", 'TRIM(BOTH a FROM abc)'],
    ['+ (1+2)', '(+ (1 + 2))'],
    ['~ 5', '~5'],
    ['1e3', '1000.0'],
    ['1.0E10D', '1.0E10'],
    ['array(1,2)[1+0]', 'array(1, 2)[(1 + 0)]'],
    ["map('a', named_struct('b',1))['a'].b", 'map(a, named_struct(b, 1))[a].b'],
    ["'1'::int", 'CAST(1 AS INT)'],
    ["try_cast('1' as decimal)", 'TRY_CAST(1 AS DECIMAL(10,0))'],
    ["cast('a' as char(3))", 'CAST(a AS STRING)'],
    ["X'1f'", "X'1F'"],
    ["timestamp_ntz'2020-01-01 10:00:00.5+02:00'", "TIMESTAMP_NTZ '2020-01-01 10:00:00.5'"],
    ['interval 1 week 2 days', "INTERVAL '9' DAY"],
    ['interval 1 days 5 milliseconds', "INTERVAL '1 00:00:00.005' DAY TO SECOND"],
    ['interval 1 year 2 months', "INTERVAL '1-2' YEAR TO MONTH"],
    ["interval '-1 02:03:04.5' day to second", "INTERVAL '-1 02:03:04.5' DAY TO SECOND"],
    ['interval 5 hours 30 seconds', "INTERVAL '05:00:30' HOUR TO SECOND"],
    ['count(*)', 'count(1)'],
    ['count(distinct 1)', 'count(DISTINCT 1)'],
    ['count(1) filter (where true)', 'count(1) FILTER (WHERE true)'],
    ['sum(1) over ()', 'sum(1) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)'],
    ['sum(1) over (order by 1 desc)', 'sum(1) OVER (ORDER BY 1 DESC NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)'],
    [
      'count(1) over (order by 1 range between 3 preceding and 2 following)',
      'count(1) OVER (ORDER BY 1 ASC NULLS FIRST RANGE BETWEEN 3 PRECEDING AND 2 FOLLOWING)',
    ],
    ['transform(array(1), x -> x + 1)', 'transform(array(1), lambdafunction((namedlambdavariable() + 1), namedlambdavariable()))'],
    ['ACOS(2)', 'ACOS(2)'],
    ['substring("abc", 2)', 'substring(abc, 2, 2147483647)'],
  ])('%s', (text, name) => expect(printExpression(parseExpression(text))).toBe(name))

  it('shows timestamps in the session zone', () => {
    const options = { timeZone: 'America/Los_Angeles' }
    expect(printExpression(parseExpression("timestamp'2020-01-01 10:00:00Z'", options), options)).toBe("TIMESTAMP '2020-01-01 02:00:00'")
  })
})
