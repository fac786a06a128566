import { MillraceError } from '../errors/index.ts'
import type { OperatorShape, StateShape } from './state-shape.ts'

/**
 * Can state made under `was` go on under `is`? Answers the first difference that would go wrong, as an error to throw
 * (design section 5: number, kind and schemas of stateful operators, and the watermark's column; nothing else).
 */
export function decideShape(was: StateShape, is: StateShape): MillraceError | undefined {
  if (was.operators.length === 0 && is.operators.length === 0) return undefined
  if (names(was) !== names(is)) {
    return new MillraceError('STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA', { was: names(was), is: names(is) })
  }
  for (const [i, operator] of is.operators.entries()) {
    const different = compare(was.operators[i]!, operator)
    if (different) return different
  }
  const [before, now] = [was.watermarkColumns.join(', '), is.watermarkColumns.join(', ')]
  if (before === now) return undefined
  return new MillraceError('CHECKPOINT_OTHER_SHAPE', { part: 'the watermark column', was: before || 'none', is: now || 'none' })
}

const names = (shape: StateShape): string => shape.operators.map(operator => `${operator.id}: ${operator.name}`).join(', ')

function compare(was: OperatorShape, is: OperatorShape): MillraceError | undefined {
  const operator = `${is.id}: ${is.name}`
  if (was.key !== is.key) return new MillraceError('STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE', { operator, was: was.key, is: is.key })
  if (was.value !== is.value)
    return new MillraceError('STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE', { operator, was: was.value, is: is.value })
  return undefined
}
