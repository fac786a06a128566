import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FUNCTIONS } from '../../functions/index.ts'
import { camelCase, functionsSource, wrapped } from './generate.ts'
import * as api from './index.ts'

test('every function of the table has a wrapper in camelCase', () => {
  const missing = wrapped()
    .map(([name]) => camelCase(name))
    .filter(name => typeof (api as Record<string, unknown>)[name] !== 'function')
  expect(missing, 'run: node scripts/generate-api.ts').toEqual([])
  expect(wrapped().length).toBeGreaterThan(250)
})

/** Formatting aside: the formatter breaks long lines. */
const tokens = (text: string) => text.replace(/[\s,]+/g, '')
test('the generated file is that of the table', () => {
  const written = readFileSync(new URL('./generated.ts', import.meta.url), 'utf8')
  expect(tokens(written) === tokens(functionsSource()), 'run: node scripts/generate-api.ts').toBe(true)
})

test('a wrapper makes the call Spark knows', () => {
  expect(String(api.lower('name'))).toBe('lower(name)')
  expect(api.dateTrunc('hour', 'TS').expr).toMatchObject({
    functionName: 'date_trunc',
    arguments: [{ kind: 'literal', value: 'hour' }, { kind: 'unresolvedAttribute' }],
  })
  expect(api.regexpReplace('s', 'a', 'b').expr).toMatchObject({
    arguments: [{ kind: 'unresolvedAttribute' }, { kind: 'literal' }, { kind: 'literal' }],
  })
  expect(FUNCTIONS.size).toBeGreaterThan(0)
})
