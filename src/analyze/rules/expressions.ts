import { MillraceError } from '../../errors/index.ts'
import type { Resolved, Typed } from '../resolved.ts'
import { some } from '../tree.ts'
import type { NodeRule } from './rule.ts'

/** over() sees the rows of one batch only: it is refused. */
export const noRowWindows: NodeRule = node => {
  if (node.node === 'over' && node.input.streaming)
    throw new MillraceError('NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING', { function: node.columns[0]!.over.fn.fn })
}

function expressionsOf(node: Resolved): readonly Typed[] {
  if (node.node === 'project') return node.columns.map(c => c.expr)
  if (node.node === 'filter') return [node.condition]
  if (node.node === 'aggregate') return node.aggregates.map(a => a.call)
  if (node.node === 'generate') return [node.generator]
  if (node.node === 'join') return node.condition ? [node.condition] : []
  return node.node === 'expand' ? node.projections.flat() : []
}

const NUMBERED = new Set(['monotonically_increasing_id'])

/** Row numbers that begin anew in each batch. */
export const noRowNumbers: NodeRule = node => {
  if (!node.streaming) return
  for (const e of expressionsOf(node))
    some(e, x => {
      if (x.node === 'call' && NUMBERED.has(x.fn)) throw new MillraceError('EXPRESSION_NOT_IN_STREAM', { expression: `${x.fn}()` })
      return false
    })
}
