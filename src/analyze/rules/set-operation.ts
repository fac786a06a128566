import { MillraceError } from '../../errors/index.ts'
import type { NodeRule } from './rule.ts'

/** A union is all stream or all table. */
export const unionOfOneKind: NodeRule = node => {
  if (node.node === 'setOp' && node.op === 'union' && new Set(node.inputs.map(i => i.streaming)).size === 2)
    throw new MillraceError('UNION_OF_STREAM_AND_BATCH', {})
}

/** Nothing can be taken away by a stream that has not ended. */
export const exceptTable: NodeRule = node => {
  if (node.node === 'setOp' && node.op === 'except' && node.inputs[1]!.streaming) throw new MillraceError('EXCEPT_STREAM_ON_THE_RIGHT', {})
}

export const intersectTable: NodeRule = node => {
  if (node.node === 'setOp' && node.op === 'intersect' && node.inputs.some(i => i.streaming))
    throw new MillraceError('INTERSECT_OF_STREAMS', {})
}

/** Spark runs exceptAll and intersectAll as aggregations, which append mode can only close by a watermark. */
export const setOperationState: NodeRule = (node, { outputMode }) => {
  if (
    node.node === 'setOp' &&
    node.op !== 'union' &&
    node.all &&
    node.streaming &&
    outputMode === 'append' &&
    !node.output.some(c => c.watermarkDelayMs !== undefined)
  )
    throw new MillraceError('UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK', { operator: `${node.op}All`, mode: outputMode })
}
