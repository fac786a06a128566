/**
 * Prints every example of the function table as JSON, by group: the input of `record-spark.py`. Aggregates and window functions are asked over a
 * small table of their own, EXAMPLE_ROWS.
 */
import { FUNCTIONS, type FunctionSpec } from '../src/functions/index.ts'

/** Columns x, y and rows that aggregates and window functions see in their examples, in this order. */
export const EXAMPLE_ROWS: readonly (readonly [number | null, number])[] = [
  [1, 2],
  [2, 4],
  [null, 5],
  [2, 7],
  [4, 9],
]
const FROM = `VALUES ${EXAMPLE_ROWS.map(r => `(${r.map(v => v ?? 'NULL').join(', ')})`).join(', ')} AS t(x, y)`

type Example = string | { readonly expression: string; readonly from: string }
const example = (spec: FunctionSpec, sql: string): Example =>
  spec.kind === 'aggregate' || spec.kind === 'window' ? { expression: sql, from: FROM } : sql

/** Examples by group, in the order of the table. */
export function examples(): Record<string, Example[]> {
  const groups: Record<string, Example[]> = {}
  for (const spec of new Set(FUNCTIONS.values())) {
    groups[spec.group] = [...(groups[spec.group] ?? []), ...spec.examples.map(sql => example(spec, sql))]
  }
  return groups
}

if (import.meta.main) console.log(JSON.stringify(examples(), undefined, 1))
