import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { nodeLocks } from './node-locks.ts'

const name = (): string => `test-${process.pid}-${Math.random().toString(36).slice(2)}`

test('one holder at a time, who is told to the next; free after release', async () => {
  const lock = name()
  const first = await nodeLocks.take(lock, 'first')
  expect(first.kind).toBe('taken')
  expect(await nodeLocks.take(lock, 'second')).toEqual({ kind: 'held', note: 'first' })
  if (first.kind === 'taken') await first.release()
  const third = await nodeLocks.take(lock, 'third')
  expect(third.kind).toBe('taken')
  if (third.kind === 'taken') await third.release()
})

test('a killed holder stands in nobody’s way', async () => {
  const lock = name()
  const program = `import { nodeLocks } from ${JSON.stringify(new URL('./node-locks.ts', import.meta.url).href)}
    const l = await nodeLocks.take(${JSON.stringify(lock)}, 'pid ' + process.pid); console.log(l.kind); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  expect(String((await once(child.stdout, 'data'))[0]).trim()).toBe('taken')
  expect(await nodeLocks.take(lock, 'me')).toEqual({ kind: 'held', note: `pid ${child.pid}` })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const mine = await nodeLocks.take(lock, 'me')
  expect(mine.kind).toBe('taken')
  if (mine.kind === 'taken') await mine.release()
})
