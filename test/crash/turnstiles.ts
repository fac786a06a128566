import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { randomFrom } from '../../examples/turnstiles/random.ts'
import type { Summary } from '../../examples/turnstiles/summary.ts'
import { type Comparison, compare } from './compare.ts'
import type { Row } from './expected.ts'

const MAIN = resolve(import.meta.dirname, '../../examples/turnstiles/main.ts')

export interface Life {
  readonly killed: boolean
  readonly code: number | null
  readonly ms: number
  readonly stdout: string
  readonly stderr: string
}

/** One process of the main job, killed with SIGKILL after `killAfterMs` unless it ends before. */
export function live(args: readonly string[], killAfterMs?: number): Promise<Life> {
  return new Promise(done => {
    const started = performance.now()
    const child = spawn(process.execPath, [MAIN, '--speed', 'max', '--exit-at-end', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out = { stdout: '', stderr: '' }
    child.stdout.on('data', d => (out.stdout += d))
    child.stderr.on('data', d => (out.stderr += d))
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ killed: signal === 'SIGKILL', code, ms: performance.now() - started, ...out })
    })
  })
}

/** The last line of a run's output. */
export const summaryOf = (life: Life): Summary => JSON.parse(life.stdout.trim().split('\n').at(-1)!) as Summary

/** What stands in a lake: every file's name and text. */
export async function lakeContents(dir: string): Promise<Map<string, string>> {
  // What a killed attempt left unfinished has a hidden name, which no reader takes.
  const names = (await readdir(join(dir, 'lake'))).filter(name => !name.startsWith('.')).sort()
  // COPY of one table may order rows as threads finish: the rows of a file are compared as a multiset.
  const text = async (name: string): Promise<string> =>
    gunzipSync(await readFile(join(dir, 'lake', name)))
      .toString('utf8')
      .split('\n')
      .sort()
      .join('\n')
  return new Map(await Promise.all(names.map(async name => [name, await text(name)] as const)))
}

export interface TurnstilesResult {
  readonly kills: number
  readonly batches: number
  readonly lost: number
  readonly twice: number
  readonly differences: readonly string[]
  readonly summary: Summary
}

/**
 * Kills the main job at random moments until `kills` are made, each run from a fresh directory to its end, and compares every ended run with an
 * undisturbed one: the same files with the same rows, the same four sums.
 */
export async function crashTurnstiles(options: {
  readonly kills: number
  readonly seed: number
  readonly args?: readonly string[]
}): Promise<TurnstilesResult> {
  const random = randomFrom(options.seed)
  const root = await mkdtemp(join(tmpdir(), 'millrace-crash-'))
  const args = (dir: string): string[] => ['--dir', dir, ...(options.args ?? [])]
  try {
    const calm = join(root, 'calm')
    const undisturbed = await live(args(calm))
    if (undisturbed.code !== 0) throw new Error(`the undisturbed run failed:\n${undisturbed.stderr}`)
    const expected = await lakeContents(calm)
    const summary = summaryOf(undisturbed)
    const differences: string[] = []
    const sums = { lost: 0, twice: 0, batches: 0 }
    let kills = 0
    let runs = 0
    while (kills < options.kills) {
      const dir = join(root, `run-${runs++}`)
      let life: Life
      do {
        const wait = kills < options.kills ? 100 + random() * Math.min(undisturbed.ms, 2_500) : undefined
        life = await live(args(dir), wait)
        if (life.killed) kills++
      } while (life.killed)
      const found = await lookAt(dir, life, expected, summary)
      sums.lost += found.lost
      sums.twice += found.twice
      sums.batches += expected.size
      differences.push(...found.differences.map(d => `run ${runs}: ${d}`))
      await rm(dir, { recursive: true, force: true })
    }
    return { kills, ...sums, differences, summary }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function lookAt(dir: string, life: Life, expected: ReadonlyMap<string, string>, summary: Summary): Promise<Comparison> {
  if (life.code !== 0) return { lost: 0, twice: 0, differences: [`ended with code ${life.code}: ${life.stderr.slice(0, 2000)}`] }
  const found = compare(rowsIn(expected), rowsIn(await lakeContents(dir)))
  const sums = JSON.stringify(summaryOf(life))
  if (sums === JSON.stringify(summary)) return found
  return { ...found, differences: [...found.differences, `the summary is ${sums}, should be ${JSON.stringify(summary)}`] }
}

/** Every line of a lake with the file it must stand in. */
const rowsIn = (lake: ReadonlyMap<string, string>): Row[] =>
  [...lake].flatMap(([name, text]) => text.split('\n').map(line => ({ text: `${name}: ${line}` })))
