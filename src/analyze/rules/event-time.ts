import { MillraceError } from '../../errors/index.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { inputsOf } from '../tree.ts'
import type { NodeRule } from './rule.ts'

/** The columns whose event time a stateful step looks at, input by input. */
function seen(node: Resolved): readonly (readonly Attribute[])[] {
  if (node.node === 'aggregate') return [node.keys]
  if (node.node === 'deduplicate') return [node.input.output]
  return node.node === 'join' && node.left.streaming && node.right.streaming ? [node.left.output, node.right.output] : []
}

/** One event time decides what is late: a stateful step with two in one input is refused. */
export const oneEventTime: NodeRule = node => {
  if (!node.streaming) return
  for (const columns of seen(node)) {
    const marked = columns.filter(c => c.watermarkDelayMs !== undefined)
    if (marked.length > 1) throw new MillraceError('MULTIPLE_EVENT_TIME_COLUMNS', { columns: marked.map(c => c.name) })
  }
}

/** In append mode every aggregation, also one below another, is closed by a watermark among its keys. */
export const aggregateState: NodeRule = (node, { outputMode }) => {
  if (node.node === 'aggregate' && node.streaming && outputMode === 'append' && node.eventTimeKey === undefined)
    throw new MillraceError('UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK', { operator: 'aggregation', mode: outputMode })
}

/** Sessions are merged key by key. */
export const sessionNeedsKey: NodeRule = node => {
  if (node.node === 'aggregate' && node.streaming && node.sessionWindow !== undefined && node.keys.length === 1)
    throw new MillraceError('SESSION_WINDOW_WITHOUT_KEY', {})
}

/** A second watermark may only follow a step that keeps state. */
export const watermarkOnce: NodeRule = node => {
  if (node.node !== 'watermark') return
  const again = (n: Resolved): boolean => n.node === 'watermark' || (!(n.node === 'aggregate' && n.streaming) && inputsOf(n).some(again))
  if (again(node.input))
    throw new MillraceError('WATERMARK_REDEFINED', { column: node.output.find(c => c.id === node.attributeId)?.name ?? '' })
}
