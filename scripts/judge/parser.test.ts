import { expect, it } from 'vitest'
import { judgeText } from './parser.ts'

const base = { id: 'x/1', kind: 'expression', confirmed: true } as const

it.each([
  [{ ...base, input: 'a + 1', success: true }, 'passed'],
  [{ ...base, input: 'a + ', success: true }, 'failed'],
  [{ ...base, input: 'a + ', success: false, condition: 'PARSE_SYNTAX_ERROR' }, 'passed'],
  [{ ...base, input: "a like b escape '##'", success: false, condition: 'PARSE_SYNTAX_ERROR' }, 'failed'],
  [{ ...base, input: 'a', success: true, conf: { 'spark.sql.x': 'true' } }, 'skipped'],
  [{ ...base, kind: 'data-type', input: 'INT', success: true, type: 'integer' }, 'passed'],
  [{ ...base, kind: 'data-type', input: 'INT', success: true, type: 'long' }, 'failed'],
] as const)('%o is %s', (text, result) => {
  expect(judgeText(text)).toMatchObject({ result })
})
