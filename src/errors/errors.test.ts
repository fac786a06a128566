import { readdirSync, readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { MillraceError } from './index.ts'

const FOLDER = new URL('./conditions/', import.meta.url)

test('a condition stands in one room only', () => {
  const names = readdirSync(FOLDER).flatMap(
    file => readFileSync(new URL(file, FOLDER), 'utf8').match(/^ {2}'?[A-Z][A-Z0-9_.]+'?(?=: \{)/gm) ?? [],
  )
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  expect(names.length).toBeGreaterThan(100)
})

test('printed, a mistake shows its message and no line inside Millrace', () => {
  const inner = new MillraceError(
    'DISK_FULL',
    { path: '/lake' },
    { cause: Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }) },
  )
  const failed = new MillraceError('STREAM_FAILED', { id: 'a', runId: 'b', message: inner.message }, { cause: inner })
  const text = inspect(failed)
  expect(text).toMatch(/^MillraceError: \[STREAM_FAILED\]/)
  expect(text).toContain('Free some space')
  expect(text).not.toMatch(/millrace-error\.ts|params:|Cause:/)
})

test('what a function of a person threw is shown with its lines, a defect of ours with all', () => {
  const thrown = new TypeError('no such field')
  const failed = new MillraceError('FOREACH_BATCH_USER_FUNCTION_ERROR', { reason: thrown.message }, { cause: thrown })
  expect(inspect(new MillraceError('STREAM_FAILED', { id: 'a', runId: 'b', message: failed.message }, { cause: failed }))).toMatch(
    /Cause: TypeError: no such field\n\s+at /,
  )
  expect(inspect(new MillraceError('INTERNAL', { what: 'this' }))).toMatch(/\n\s+at .*errors\.test\.ts/)
})

test('left uncaught, a mistake is its message without the fields that say it again; a log gets them all', () => {
  const error = new MillraceError('PATH_NOT_FOUND', { path: '/in' })
  expect(inspect(error, { customInspect: false })).not.toMatch(/hint:|params:|domain:/)
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ condition: 'PATH_NOT_FOUND', params: { path: '/in' }, hint: error.hint })
})
