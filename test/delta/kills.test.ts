import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { Session } from '../../src/index.ts'
import { killsWanted, seedWanted } from '../crash/kills.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-kills-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const PROGRAM = join(import.meta.dirname, 'endless-program.ts')

const versions = (directory: string): number => {
  const log = join(directory, 'table/_delta_log')
  return existsSync(log) ? readdirSync(log).filter(name => /^\d{20}\.json$/.test(name)).length : 0
}

/** Lets the program live until so many versions have come, and some milliseconds more; then kills it. */
async function live(directory: string, mode: string, more: number, ms: number): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, directory, mode], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr!.on('data', chunk => {
    said += String(chunk)
  })
  const over = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const until = versions(directory) + more
  while (versions(directory) < until) {
    if (child.exitCode !== null) throw new Error(`the program ended by itself: ${said}`)
    await sleep(5)
  }
  await sleep(ms)
  child.kill('SIGKILL')
  await over
}

/** A sequence of numbers in [0, 1) by seed. */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

for (const mode of ['append', 'update'] as const) {
  test(`a stream killed at random moments loses no row and writes none twice (${mode}, compacting beside it)`, {
    timeout: 300_000,
  }, async () => {
    const directory = join(root, mode)
    const seed = seedWanted()
    const next = chance(seed)
    for (let kill = 0; kill < killsWanted(5); kill++) await live(directory, mode, 2 + Math.floor(next() * 8), next() * 60)
    await using session = await Session.open()
    const table = session.read.format('delta').load(join(directory, 'table'))
    if (mode === 'append') {
      const values = ((await table.collect()) as { value: bigint }[]).map(r => Number(r.value)).sort((a, b) => a - b)
      expect(values.length, `SEED=${seed}`).toBeGreaterThan(20)
      expect(values, `SEED=${seed}`).toEqual(values.map((_, i) => i))
    } else {
      const rows = (await table.orderBy('k').collect()) as { k: bigint; n: bigint; last: bigint }[]
      const all = Math.max(...rows.map(r => Number(r.last))) + 1
      const due = Array.from({ length: 7 }, (_, k) => ({ k, n: Math.ceil((all - k) / 7), last: all - 1 - ((((all - 1 - k) % 7) + 7) % 7) }))
      expect(
        rows.map(r => ({ k: Number(r.k), n: Number(r.n), last: Number(r.last) })),
        `SEED=${seed}`,
      ).toEqual(due)
    }
    const history = await session.catalog.history(join(directory, 'table'))
    expect(history.some(v => v['operation'] === 'OPTIMIZE') || mode === 'update', `SEED=${seed}`).toBe(true)
  })
}
