/**
 * `npm run judge -- FOLDER`: runs the recorded cases of a folder and compares. One line a case; the last line is `N passed, N failed`,
 * and the exit code is 1 if one failed. The folder's format is found out from its files; no case is known by name.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from './judge/outcome.ts'

type Judge = (folder: string) => AsyncIterable<Outcome>

/** A format: how a file's first record looks, and who judges it. */
interface Format {
  readonly name: string
  readonly suffix: '.json' | '.jsonl'
  readonly fits: (record: Readonly<Record<string, unknown>>) => boolean
  readonly load: () => Promise<Judge>
}

const FORMATS: readonly Format[] = [
  {
    name: 'streaming cases recorded from Spark',
    suffix: '.json',
    fits: r => 'steps' in r && 'plan' in r,
    load: async () => (await import('./judge/spark.ts')).judgeSpark,
  },
  {
    name: 'SQL expressions with their values',
    suffix: '.jsonl',
    fits: r => 'query' in r && 'columns' in r,
    load: async () => (await import('./judge/functions.ts')).judgeFunctions,
  },
  {
    name: 'texts for the parser',
    suffix: '.jsonl',
    fits: r => 'input' in r && 'success' in r,
    load: async () => (await import('./judge/parser.ts')).judgeParser,
  },
]

const firstRecord = (path: string, suffix: string): Readonly<Record<string, unknown>> => {
  const text = readFileSync(path, 'utf8')
  return JSON.parse(suffix === '.jsonl' ? text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n')) : text) as Record<
    string,
    unknown
  >
}

/** The format of the first file that has one. */
export function formatOf(folder: string): Format | undefined {
  for (const file of readdirSync(folder).sort()) {
    const found = FORMATS.find(f => file.endsWith(f.suffix) && f.fits(firstRecord(join(folder, file), f.suffix)))
    if (found) return found
  }
  return undefined
}

interface Counts {
  passed: number
  failed: number
  skipped: number
}
const SIGNS = { passed: '✓', failed: '✗', skipped: '-' } as const
const counted = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

async function judge(folder: string): Promise<number> {
  const format = formatOf(folder)
  if (!format) {
    console.error(`${folder}: no format known here; the judge knows ${FORMATS.map(f => f.name).join('; ')}`)
    return 2
  }
  console.log(`${folder}: ${format.name}`)
  const all: Counts = { passed: 0, failed: 0, skipped: 0 }
  const groups = new Map<string, Counts>()
  for await (const { name, result, why, group } of (await format.load())(folder)) {
    console.log(`${SIGNS[result]} ${name}${why === undefined ? '' : `: ${why}`}`)
    all[result]++
    if (group === undefined) continue
    const counts = groups.get(group) ?? { passed: 0, failed: 0, skipped: 0 }
    counts[result]++
    groups.set(group, counts)
  }
  for (const [group, counts] of groups) {
    const share = (100 * counts.passed) / Math.max(1, counts.passed + counts.failed)
    console.log(`${group}: ${counted(counts)} (${share.toFixed(1)} %)`)
  }
  if (all.skipped > 0) console.log(`${all.skipped} skipped`)
  console.log(`${all.passed} passed, ${all.failed} failed`)
  return all.failed > 0 ? 1 : 0
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) {
    console.error('usage: npm run judge -- FOLDER')
    process.exitCode = 2
  } else process.exitCode = await judge(folder)
}
