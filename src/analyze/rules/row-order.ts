import { MillraceError } from '../../errors/index.ts'
import type { Resolved } from '../resolved.ts'
import { walk } from '../tree.ts'
import type { NodeRule } from './rule.ts'

/** In update mode rows come again and again: which are the first n is not defined. */
export const limitMode: NodeRule = (node, { outputMode }) => {
  if (node.node === 'limit' && node.limit !== undefined && node.input.streaming && outputMode === 'update')
    throw new MillraceError('LIMIT_IN_UPDATE_MODE', {})
}

export const noOffset: NodeRule = node => {
  if (node.node !== 'limit' || !node.streaming) return
  if (node.offset !== undefined) throw new MillraceError('OFFSET_IN_STREAM', { what: 'offset' })
  if (node.tail !== undefined) throw new MillraceError('OFFSET_IN_STREAM', { what: 'tail' })
}

const hasAggregate = (plan: Resolved): boolean => [...walk(plan)].some(n => n.node === 'aggregate' && n.streaming)

/** Only the whole result of an aggregation can be sorted. */
export const sortComplete: NodeRule = (node, { outputMode }) => {
  if (node.node === 'sort' && node.streaming && !(outputMode === 'complete' && hasAggregate(node)))
    throw new MillraceError('SORT_IN_STREAM', {})
}

export const noSample: NodeRule = node => {
  if (node.node === 'sample' && node.input.streaming) throw new MillraceError('SAMPLE_IN_STREAM', {})
}
