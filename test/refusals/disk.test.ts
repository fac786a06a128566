import { afterEach, describe, expect, test } from 'vitest'
import { openTestSession, type TestSession } from '../../src/testing/index.ts'
import { drain, expectRefusal, linesOf, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let t: TestSession
afterEach(() => t.close())

const prepared = async () => {
  t = await openTestSession()
  const [input, chk, out] = [dir('in'), path('chk'), path('out')]
  t.points.root('checkpoint', chk)
  t.points.root('out', out)
  put(`${input}/a.csv`, 'a,1\n')
  const frame = t.session.readStream.schema('k string, n int').csv(input)
  await drain(frame, chk, out)
  put(`${input}/b.csv`, 'b,2\n')
  return { frame, input, chk, out }
}

describe.each([
  ['ENOSPC', /DISK_FULL|STORAGE_FAILED/, /[Ff]ree some space/],
  ['EROFS', /READ_ONLY_DIRECTORY|STORAGE_FAILED/, /writable|right to write/],
  ['EACCES', /READ_ONLY_DIRECTORY|STORAGE_FAILED/, /right to write/],
])('%s', (code, condition, fix) => {
  /** Each of the directories a batch writes to, and each way of writing there. */
  test.each(['checkpoint.offsets', 'checkpoint.commits', 'checkpoint.sources.0', 'out', 'out._spark_metadata', 'out._temporary'])(
    'while writing %s: the path is named, and with room again nothing is lost',
    async where => {
      const { frame, chk, out } = await prepared()
      const heal = t.points.break(
        name => name.startsWith(`${where}.`) && /\.(write|writeNew|link|rename|append|makeDir|syncFile)$/.test(name),
        code,
      )
      const error = await refusal(() => drain(frame, chk, out)).catch(() => undefined)
      heal()
      if (error) {
        expect(error.condition).toMatch(condition)
        expect(error.message).toMatch(fix)
        expect(error.message).toMatch(/millrace-refusals/)
        expect(error.domain).toBe('external')
      } else expect(where).toBe('out._temporary')
      await drain(frame, chk, out)
      expect(linesOf(out)).toEqual(['a,1', 'b,2'])
    },
  )
})

test('a checkpoint that cannot be made at all', async () => {
  t = await openTestSession()
  const [chk, input] = [path('chk'), dir('in')]
  t.points.root('checkpoint', chk)
  const heal = t.points.break(name => name.startsWith('checkpoint') && /makeDir|write|link/.test(name), 'EACCES')
  const error = await refusal(() => drain(t.session.readStream.schema('k string').csv(input), chk, path('out')))
  heal()
  expectRefusal(error, 'STORAGE_FAILED', { action: 'make', path: chk, code: 'EACCES' }, 'right to write')
})
