import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Session } from '../../src/index.ts'

/** `append`: rows as they come; `update`: groups, each row replacing the one of its key. Both compact small files beside the stream. */
export type DeltaMode = 'append' | 'update'
export interface DeltaCrash {
  readonly kills: number
  readonly batches: number
  readonly records: number
  readonly lost: number
  readonly twice: number
  /** Versions that put small files together. */
  readonly compactions: number
  readonly differences: readonly string[]
}

const PROGRAM = join(import.meta.dirname, 'delta-stream.ts')
const GROUPS = 7

const versions = (directory: string): number => {
  const log = join(directory, 'table/_delta_log')
  return existsSync(log) ? readdirSync(log).filter(name => /^\d{20}\.json$/.test(name)).length : 0
}

/** Lets the program live until so many versions have come, and some milliseconds more; then kills it. */
async function live(directory: string, mode: DeltaMode, more: number, ms: number): Promise<void> {
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

/** Numbers in [0, 1) by seed. */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Kills a stream into a Delta table at random moments, and compares the table with what the source has made: the numbers from 0 on, each once. */
export async function crashDelta({
  mode,
  kills,
  seed,
}: {
  readonly mode: DeltaMode
  readonly kills: number
  readonly seed: number
}): Promise<DeltaCrash> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-delta-crash-'))
  try {
    const next = chance(seed)
    for (let kill = 0; kill < kills; kill++) await live(directory, mode, 2 + Math.floor(next() * 8), next() * 60)
    await using session = await Session.open()
    const table = join(directory, 'table')
    const rows = (await session.read.format('delta').load(table).collect()) as Readonly<Record<string, bigint>>[]
    const history = await session.catalog.history(table)
    const compactions = history.filter(v => v['operation'] === 'OPTIMIZE').length
    return { kills, batches: history.length - compactions, compactions, ...(mode === 'append' ? judgeRows(rows) : judgeGroups(rows)) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

type Judged = Pick<DeltaCrash, 'records' | 'lost' | 'twice' | 'differences'>

function judgeRows(rows: readonly Readonly<Record<string, bigint>>[]): Judged {
  const values = rows.map(r => Number(r['value']))
  const once = new Set(values)
  const records = Math.max(-1, ...values) + 1
  const [lost, twice] = [records - once.size, values.length - once.size]
  return { records, lost, twice, differences: lost + twice > 0 ? [`of ${records} rows ${lost} are missing and ${twice} stand twice`] : [] }
}

function judgeGroups(rows: readonly Readonly<Record<string, bigint>>[]): Judged {
  const records = Math.max(-1, ...rows.map(r => Number(r['last']))) + 1
  const differences = Array.from({ length: GROUPS }, (_, k) => {
    const found = rows.filter(r => Number(r['k']) === k).map(r => `${r['n']} up to ${r['last']}`)
    const due = `${Math.ceil((records - k) / GROUPS)} up to ${records - 1 - ((records - 1 - k) % GROUPS)}`
    return found.length === 1 && found[0] === due ? [] : [`group ${k} has ${found.join(' and ') || 'no row'} instead of ${due}`]
  }).flat()
  return { records, lost: differences.length, twice: Math.max(0, rows.length - GROUPS), differences }
}
