import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DataFrame, findMillraceError, type MillraceError, Session, udf } from '../../index.ts'
import { engineError } from './duck/errors.ts'

/** What people get wrong most often, and what they are told: never a text of DuckDB's own. */
let session: Session
let frame: DataFrame<any, any>
beforeAll(async () => {
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
  const row = {
    ...{ s: 'REGULAR', e: '', d: '2024-02-30', big: '99999999999999999999', j: '{"a": x}', re: '(' },
    ...{ n: 2147483647, l: 9223372036854775807n, z: 0, neg: -1 },
  }
  frame = session
    .createDataFrame([row], 's string, e string, d string, big string, j string, re string, n int, l bigint, z int, neg int')
    .selectExpr('*', 'array(1, 2, 3) AS a', "map('k', 1) AS m", "timestamp'9999-12-31 23:59:59' AS ts")
    .selectExpr('*', "cast('12345678901234567890123456789012345678' AS decimal(38,0)) AS dec", 'cast(n AS double) AS dbl')
})
afterAll(() => session.close())

async function failure(work: Promise<unknown>): Promise<MillraceError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    e => e as Error,
  )
  const found = findMillraceError(error)
  if (!found) throw error
  return found
}

describe('values', () => {
  test.each([
    ['cast(s AS int)', 'CAST_INVALID_INPUT'],
    ['cast(s AS tinyint)', 'CAST_INVALID_INPUT'],
    ['cast(s AS bigint)', 'CAST_INVALID_INPUT'],
    ['cast(s AS double)', 'CAST_INVALID_INPUT'],
    ['cast(s AS boolean)', 'CAST_INVALID_INPUT'],
    ['cast(s AS date)', 'CAST_INVALID_INPUT'],
    ['cast(s AS timestamp)', 'CAST_INVALID_INPUT'],
    ['cast(s AS decimal(10,2))', 'CAST_INVALID_INPUT'],
    ['cast(e AS int)', 'CAST_INVALID_INPUT'],
    ['cast(d AS date)', 'CAST_INVALID_INPUT'],
    ['cast(big AS bigint)', 'CAST_INVALID_INPUT'],
    ['cast(array(s) AS array<int>)', 'CAST_INVALID_INPUT'],
    ['cast(named_struct("x", s) AS struct<x: int>)', 'CAST_INVALID_INPUT'],
    ['s = 1', 'CAST_INVALID_INPUT'],
    ['cast(n AS tinyint)', 'CAST_OVERFLOW'],
    ['cast(l AS int)', 'CAST_OVERFLOW'],
    ['cast(dbl * 1e10 AS bigint)', 'CAST_OVERFLOW'],
    ['cast(l AS decimal(5,2))', 'NUMERIC_VALUE_OUT_OF_RANGE'],
    ['dec * 10', 'NUMERIC_VALUE_OUT_OF_RANGE'],
    ['a[5]', 'INVALID_ARRAY_INDEX'],
    ['a[neg]', 'INVALID_ARRAY_INDEX'],
    ["split(s, ',')[1]", 'INVALID_ARRAY_INDEX'],
    ['element_at(a, 7)', 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT'],
    ['element_at(a, z)', 'INVALID_INDEX_OF_ZERO'],
    ['map(s, 1, s, 2)', 'DUPLICATED_MAP_KEY'],
    ['map(cast(null AS string), 1)', 'NULL_MAP_KEY'],
    ['s rlike re', 'INVALID_PARAMETER_VALUE'],
    ["regexp_replace(s, re, '')", 'INVALID_PARAMETER_VALUE'],
    ["regexp_extract(s, '(R)', 3)", 'INVALID_PARAMETER_VALUE'],
    ["to_timestamp(s, 'yyyy-MM-dd')", 'CANNOT_PARSE_TIMESTAMP'],
    ["to_date(d, 'yyyy-MM-dd')", 'CANNOT_PARSE_TIMESTAMP'],
    ["date_format(ts, 'ppp')", 'INVALID_DATETIME_PATTERN'],
    ['make_date(2024, 2, 30)', 'DATETIME_FIELD_OUT_OF_BOUNDS'],
    ['n + 1', 'ARITHMETIC_OVERFLOW'],
    ['l * 2', 'ARITHMETIC_OVERFLOW'],
    ['-(neg - n)', 'ARITHMETIC_OVERFLOW'],
    ['sum(l) + sum(l)', 'ARITHMETIC_OVERFLOW'],
    ['timestamp_millis(l)', 'ARITHMETIC_OVERFLOW'],
    ['from_unixtime(l)', 'ARITHMETIC_OVERFLOW'],
    ["ts + interval '400000' year", 'DATETIME_OVERFLOW'],
    ['date_add(to_date(ts), n)', 'DATETIME_OVERFLOW'],
    ['n / z', 'DIVIDE_BY_ZERO'],
    ['n div z', 'DIVIDE_BY_ZERO'],
    ['n % z', 'REMAINDER_BY_ZERO'],
    ['transform(a, x -> x / z)', 'DIVIDE_BY_ZERO'],
    ["from_json(j, 'a int', map('mode', 'FAILFAST'))", 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION'],
    ['sequence(1, 10, z)', 'INVALID_PARAMETER_VALUE'],
    ['percentile(dbl, 2)', 'INVALID_PARAMETER_VALUE'],
    ['ntile(0) OVER (ORDER BY n)', 'INVALID_PARAMETER_VALUE'],
    ["to_number(s, '999')", 'INVALID_FORMAT_MISMATCH'],
    ["from_utc_timestamp(ts, 'Nowhere/City')", 'INVALID_TIME_ZONE'],
    ["raise_error('boom')", 'USER_RAISED_EXCEPTION'],
  ])('%s: %s', async (text, condition) => {
    const error = await failure(frame.selectExpr(`${text} AS r`).collect())
    expect(error.condition).toBe(condition)
    expect(error.message).not.toMatch(/SELECT|INT128|Conversion Error|Invalid Input Error/)
  })
})

describe('functions of the person', () => {
  const clean = udf((s: any) => s.nothing.here as string, { args: ['string'], returns: 'string', name: 'clean' } as never)

  test('a function of a row that throws is named, with its own error and the row', async () => {
    const error = await failure(frame.select(clean('s').as('c')).collect())
    expect(error).toMatchObject({ condition: 'FAILED_EXECUTE_UDF', sparkClass: 'FAILED_EXECUTE_UDF', params: { function: 'clean' } })
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.details[0]).toContain('"s":"REGULAR"')
  })

  test('a function of a row that gives another type than it said', async () => {
    const wrong = udf(() => 'text', { returns: 'int' })
    expect((await failure(frame.select(wrong().as('c')).collect())).condition).toBe('VALUE_NOT_OF_TYPE')
  })

  test('a function of a row that waits', async () => {
    const waits = udf(async () => 1, { returns: 'int' })
    expect((await failure(frame.select(waits().as('c')).collect())).condition).toBe('FUNCTION_MUST_NOT_AWAIT')
  })

  test.each([
    ['throws', () => Promise.reject(new RangeError('no answer')), 'MAP_BATCHES_FUNCTION_ERROR', 'RangeError: no answer'],
    ['gives nothing', () => undefined, 'MAP_BATCHES_RESULT', 'gave nothing'],
    ['leaves a column out', () => ({ x: [1] }), 'MAP_BATCHES_RESULT', 'no array for the column "y"'],
    ['adds a column', () => ({ x: [1], y: ['a'], z: [1] }), 'MAP_BATCHES_RESULT', 'the unknown column "z"'],
    ['gives columns of two lengths', () => ({ x: [1], y: ['a', 'b'] }), 'MAP_BATCHES_RESULT', '2 values for "y" and 1 for "x"'],
    ['misspells a column', () => [{ x: 1, Y: 'a' }], 'MAP_BATCHES_RESULT', 'rows with "Y" and without "y"'],
    ['gives another type', () => [{ x: 'one', y: 'a' }], 'VALUE_NOT_OF_TYPE', 'x'],
  ])('mapBatches with a function that %s', async (_, fn, condition, words) => {
    const error = await failure(frame.mapBatches(fn as never, 'x int, y string').collect())
    expect(error.condition).toBe(condition)
    expect(error.message).toContain(words)
  })
})

describe('what DuckDB says of the machine', () => {
  const condition = (message: string): unknown => engineError(new Error(message), 'SELECT 1')
  test('out of memory names the setting and no setting of DuckDB', () => {
    const error = condition(
      'Out of Memory Error: failed to allocate data of size 16.0 MiB (146.4 MiB/149.7 MiB used)\n\nPossible solutions:\n* SET threads=X',
    )
    expect(error).toMatchObject({ condition: 'OUT_OF_MEMORY', hint: expect.stringContaining('millrace.memoryLimit') })
    expect((error as Error).message).not.toContain('SET ')
  })
  test.each([
    'IO Error: Could not write file "/tmp/x/duckdb_temp_storage-0.tmp": No space left on device',
    "Out of Memory Error: failed to offload data block of size 256.0 KiB (1.0 GiB/1.0 GiB used).\nThis limit was set by the 'max_temp_directory_size' setting.",
  ])('a full disk: %s', message => {
    expect(condition(message)).toMatchObject({ condition: 'DISK_FULL' })
  })
  test('a query that needs more than it has', async () => {
    const small = await Session.open({ conf: { 'millrace.memoryLimit': '120MB' } })
    const lists = small.range(3_000_000).selectExpr('collect_list(concat(id, " and a long text that is not inlined")) AS k')
    const error = await failure(lists.selectExpr('size(k) AS n').collect())
    expect(error.condition).toBe('OUT_OF_MEMORY')
    await small.close()
  })
})
