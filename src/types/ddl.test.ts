import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MillraceError } from '../errors/index.ts'
import { parseDataType, parseDdl } from './ddl.ts'
import { printDdl, sqlName, treeString, typeName } from './names.ts'
import { fromSparkJson, toSparkJson } from './spark-json.ts'

/** Recorded from Spark; read in place where present (always in CI). */
const recorded = new URL('../../../shared/golden/parser/data-types.jsonl', import.meta.url)
interface Case {
  readonly id: string
  readonly kind: string
  readonly input: string
  readonly success: boolean
  readonly condition?: string
  readonly type?: unknown
  readonly confirmed: boolean
}
const cases = existsSync(recorded)
  ? readFileSync(recorded, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Case)
  : []

describe.skipIf(cases.length === 0)('recorded from Spark', () => {
  test.each(cases.filter(c => c.confirmed))('$id $input', ({ kind, input, success, condition, type }) => {
    const read = () => (kind === 'table-schema' ? parseDdl(input) : parseDataType(input))
    if (success) {
      expect(toSparkJson(read())).toEqual(type)
      expect(toSparkJson(fromSparkJson(JSON.stringify(type)))).toEqual(type)
      expect(toSparkJson(parseDataType(sqlName(read())))).toEqual(type)
    } else expect(refusal(read)).toBe(condition)
  })
})

const refusal = (f: () => unknown): string | undefined => {
  try {
    f()
  } catch (e) {
    if (e instanceof MillraceError) return e.sparkClass ?? e.condition
    throw e
  }
  return undefined
}

test('a schema prints back as DDL', () => {
  const schema = parseDdl("a int not null comment 'it''s', `b c` array<struct<x: decimal(5,2), y:map<string,bigint>>>")
  expect(printDdl(schema)).toBe("a INT NOT NULL COMMENT 'it\\'s',`b c` ARRAY<STRUCT<x: DECIMAL(5,2), y: MAP<STRING, BIGINT>>>")
  expect(parseDdl(printDdl(schema))).toEqual(schema)
})

test.each([
  ['char', 'DATATYPE_MISSING_SIZE'],
  ['array', 'INCOMPLETE_TYPE_DEFINITION'],
  ['decimal(39)', 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION'],
  ['decimal(3,4)', 'DECIMAL_SCALE_EXCEEDS_PRECISION'],
  ['int(5)', 'UNSUPPORTED_DATATYPE'],
  ['interval second to day', 'PARSE_SYNTAX_ERROR'],
  ['interval minute to hour', 'INVALID_INTERVAL_TYPE'],
  ['struct<a-b: int>', 'INVALID_IDENTIFIER'],
])('%s is refused as %s', (text, condition) => {
  expect(() => parseDataType(text)).toThrow(expect.objectContaining({ condition }))
})

test('a mistake is shown with a caret and a near name', () => {
  expect(() => parseDdl('a int, b strnig')).toThrow('did you mean "string"')
  expect(() => parseDdl('a int,\nb array<int, c int')).toThrow('b array<int, c int\n           ^')
})

test('names for people', () => {
  expect(typeName(parseDataType('struct<a:long,b:interval day to second>'))).toBe('struct<a:bigint,b:interval day to second>')
  expect(treeString(parseDdl('a int, b array<struct<x:string>>, c map<string,double>'))).toBe(
    `root
 |-- a: integer (nullable = true)
 |-- b: array (nullable = true)
 |    |-- element: struct (containsNull = true)
 |    |    |-- x: string (nullable = true)
 |-- c: map (nullable = true)
 |    |-- key: string
 |    |-- value: double (valueContainsNull = true)`,
  )
})
