import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'

/** One line of the table: a pipeline and what became of it. */
export interface CrashRow {
  readonly pipeline: string
  readonly atFailpoints: number
  readonly atRandom: number
  readonly brokerRestarts: number
  readonly batches: number
  readonly records: number
  readonly lost: number
  readonly twice: number
  readonly seed: string
}

const PAGE = resolve(import.meta.dirname, '../../docs/guarantees.md')
const [BEGIN, END] = ['<!-- crash table: written by npm run crash -->', '<!-- end of the crash table -->']
const HEAD = ['pipeline', 'kills', 'at failpoints / random', 'broker restarts', 'batches', 'records', 'lost', 'twice', 'seed']

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const count = (n: number): string => n.toLocaleString('en-US')
const rowLine = (r: CrashRow): string =>
  line([
    r.pipeline,
    r.atFailpoints + r.atRandom,
    `${r.atFailpoints} / ${r.atRandom}`,
    r.brokerRestarts,
    count(r.batches),
    count(r.records),
    r.lost,
    r.twice,
    r.seed,
  ])

export const tableOf = (rows: readonly CrashRow[]): string => [line(HEAD), line(HEAD.map(() => '---')), ...rows.map(rowLine)].join('\n')

/** Puts rows into the page in the place of those of the same pipelines; the others stay. */
export async function writeRows(rows: readonly CrashRow[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8')
  const [from, to] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)]
  const lines = page.slice(from, to).trim().split('\n').slice(2)
  for (const row of rows) {
    const before = lines.findIndex(l => l.startsWith(`| ${row.pipeline} |`))
    lines.splice(before < 0 ? lines.length : before, before < 0 ? 0 : 1, rowLine(row))
  }
  await writeFile(PAGE, `${page.slice(0, from)}\n${[tableOf([]), ...lines].join('\n')}\n${page.slice(to)}`)
}
