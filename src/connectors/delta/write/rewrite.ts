import type { Relation } from '../../../plan/index.ts'
import { type Field, parseDdl } from '../../../types/index.ts'
import type { Compute, Computed, Output, ScanFilter } from '../../contract.ts'
import { type AddFile, fileKey } from '../log/actions.ts'
import type { TableState } from '../log/table-state.ts'
import { layoutOf, scanOf } from '../read/scan-files.ts'
import { mayHold } from '../read/skip-files.ts'
import type { TableFiles } from '../table-files.ts'
import { column, distinct, filter, holds, matched, not, ranges, select } from './plans.ts'

/** Which rows of a table go: those that meet a condition, or have the keys of new rows. */
export type Going = { readonly where: string } | { readonly keys: readonly string[]; readonly rows: Output }

/** Files that hold rows that go, and what is left of them. */
export interface Rewrite {
  readonly touched: readonly AddFile[]
  /** Rows of the touched files that stay; close it. Absent where none was touched. */
  readonly rest?: Computed
  readonly wouldRead: (file: AddFile) => boolean
}
export interface Tools {
  readonly files: TableFiles
  readonly compute: Compute
  readonly signal?: AbortSignal
}

const NUMBER = '__millrace_file'
const FILE_COLUMN = parseDdl(`${NUMBER} int`)

/** Finds the files that hold such rows, by statistics first and then by looking, and computes what stays. */
export async function rewriteWithout(going: Going, state: TableState, { files, compute, signal }: Tools): Promise<Rewrite> {
  const layout = layoutOf(state)
  const filters = 'keys' in going ? await keyFilters(going.keys, going.rows, compute) : []
  const wouldRead = (file: AddFile): boolean => filters.every(f => mayHold(file, f, layout))
  const candidates = [...state.files.values()].filter(wouldRead)
  if (candidates.length === 0) return { touched: [], wouldRead }
  const options = signal ? { signal } : {}
  const inputs = 'keys' in going ? [going.rows] : []
  const numbered = candidates.map((f, i) => ({ ...f, constants: { [NUMBER]: String(i) } }))
  const found = await compute(
    [await scanOf(numbered, layout, files, FILE_COLUMN), ...inputs],
    ([table, rows]) => distinct(select(those(going, table!, rows), [column(NUMBER)])),
    options,
  )
  const touched: AddFile[] = []
  try {
    for await (const row of found.rows()) touched.push(candidates[row[NUMBER] as number]!)
  } finally {
    await found.close()
  }
  if (touched.length === 0) return { touched, wouldRead }
  const scan = await scanOf(touched, layout, files)
  const rest = await compute([scan, ...inputs], ([table, rows]) => others(going, table!, rows), options)
  return { touched, rest, wouldRead }
}

const those = (going: Going, table: Relation, rows: Relation | undefined): Relation =>
  'keys' in going ? matched(table, rows!, going.keys, 'JOIN_TYPE_LEFT_SEMI') : filter(table, holds(going.where))
const others = (going: Going, table: Relation, rows: Relation | undefined): Relation =>
  'keys' in going ? matched(table, rows!, going.keys, 'JOIN_TYPE_LEFT_ANTI') : filter(table, not(holds(going.where)))

/** Between which values the keys lie. Where one is null, rows of null keys go as well, which lie nowhere. */
async function keyFilters(keys: readonly string[], rows: Output, compute: Compute): Promise<readonly ScanFilter[]> {
  const fields = keys.map(k => rows.schema.fields.find(f => f.name.toLowerCase() === k.toLowerCase())!)
  const known = fields.filter(f => ORDERED.has(f.dataType.kind))
  if (known.length === 0 || rows.rowCount === 0) return []
  const names = known.map(f => f.name)
  const found = await compute([rows], ([all]) => ranges(all!, names))
  try {
    for await (const row of found.rows()) {
      const all = known.filter((_, i) => Number(row[`count${i}`]) === rows.rowCount)
      return all.flatMap(f => between(f, row[`min${known.indexOf(f)}`], row[`max${known.indexOf(f)}`]))
    }
  } finally {
    await found.close()
  }
  return []
}

const ORDERED = new Set<string>(['byte', 'short', 'integer', 'long', 'date', 'string'])

function between({ name, dataType }: Field, min: unknown, max: unknown): readonly ScanFilter[] {
  const side = (test: '<=' | '>=', value: unknown): ScanFilter => ({ column: [name], test, values: [String(value)], dataType })
  return [side('>=', min), side('<=', max)]
}

export const keysOf = (files: readonly AddFile[]): ReadonlySet<string> => new Set(files.map(fileKey))
