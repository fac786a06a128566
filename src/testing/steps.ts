import type { DataFrame } from '../api/index.ts'
import type { CrashAt } from './failpoints.ts'
import type { MemoryRows } from './memory.ts'
import type { Drawn } from './table.ts'

/** Rows expected: drawn, as objects, or `'nothing'`. */
export type Expected = Drawn | readonly object[] | 'nothing'

/** One step of a story. */
export type Step =
  | { readonly do: 'add'; readonly source: MemoryRows<any>; readonly rows: Drawn | readonly object[] }
  | { readonly do: 'expect' | 'expect all' | 'expect late' | 'expect duplicates'; readonly rows: Expected }
  | { readonly do: 'expect dropped'; readonly count: number }
  | { readonly do: 'expect failure'; readonly condition: string }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'stop' }
  | { readonly do: 'restart'; readonly frame?: DataFrame<any, any> }
  | { readonly do: 'crash'; readonly at: CrashAt }
  | { readonly do: 'check'; readonly what: string; readonly check: () => void | Promise<void> }

/** Puts rows into a memory source and waits until they are through (or the process has died). */
export const add = (source: MemoryRows<any>, rows: Drawn | readonly object[]): Step => ({ do: 'add', source, rows })
/** The rows that came out since the last `expect`, in any order. A drawn table compares the columns it draws. */
export const expectRows = (rows: Expected): Step => ({ do: 'expect', rows })
/** All rows of the sink: of every batch, or of the last one in complete mode. */
export const expectAll = (rows: Expected): Step => ({ do: 'expect all', rows })
/** `numRowsDroppedByWatermark` of all batches so far. */
export const expectDropped = (count: number): Step => ({ do: 'expect dropped', count })
/** All rows that came too late so far, with the columns of the operator that dropped them (`late` of foreachBatch). */
export const expectLate = (rows: Expected): Step => ({ do: 'expect late', rows })
/** All rows that dropDuplicates left out so far (`duplicates` of foreachBatch). */
export const expectDuplicates = (rows: Expected): Step => ({ do: 'expect duplicates', rows })
/** The query has failed with this condition (ours or Spark's), anywhere along the causes. */
export const expectFailure = (condition: string): Step => ({ do: 'expect failure', condition })
/** Moves the clock. */
export const advance = (ms: number): Step => ({ do: 'advance', ms })
export const stop = (): Step => ({ do: 'stop' })
/** A new process on the same checkpoint, sources and sink; given a frame, its program has changed. */
export const restart = (frame?: DataFrame<any, any>): Step => ({ do: 'restart', ...(frame && { frame }) })
/** Arms a failpoint, by name (`'checkpoint.commits.link'`, `'sink.write'`) or by number from now on: the process dies right before or after it. */
export const crash = (at: string | number, when: CrashAt['when'] = 'after'): Step => ({ do: 'crash', at: { at, when } })
/** Anything else. */
export const check = (what: string, run: () => void | Promise<void>): Step => ({ do: 'check', what, check: run })

/** A step in one line, for the drawing of a failed story. */
export function show(step: Step): string {
  switch (step.do) {
    case 'add':
      return `add(${step.source.name}, ${rows(step.rows)})`
    case 'expect':
    case 'expect all':
    case 'expect late':
    case 'expect duplicates':
      return `${step.do}(${rows(step.rows)})`
    case 'expect dropped':
      return `expect dropped(${step.count})`
    case 'expect failure':
      return `expect failure(${step.condition})`
    case 'advance':
      return `advance(${step.ms} ms)`
    case 'crash':
      return `crash(${step.at.when} ${step.at.at})`
    case 'check':
      return `check(${step.what})`
    case 'restart':
      return step.frame ? 'restart(a changed program)' : 'restart()'
    default:
      return `${step.do}()`
  }
}

function rows(of: Expected): string {
  if (of === 'nothing') return of
  return 'cells' in of
    ? [of.columns.join(' '), ...of.cells.map(row => row.map(c => c ?? 'null').join(' '))].join(' | ')
    : `${of.length} rows`
}
