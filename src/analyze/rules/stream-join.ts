import { MillraceError } from '../../errors/index.ts'
import type { JoinType } from '../../plan/index.ts'
import { joinKeys } from '../conjuncts.ts'
import type { RJoin, Typed } from '../resolved.ts'
import { boundsStateOf } from './join-range.ts'
import type { NodeRule } from './rule.ts'

type Side = 'left' | 'right'
/**
 * What each join type asks for.
 * `streamMayBe`: the side on which the only stream may stand. `update`: may two streams be joined in update mode.
 * `bounded`: one of these sides of two streams must be forgotten in time, or an unmatched row could never be given out.
 */
interface JoinRule {
  readonly name: string
  readonly streamMayBe: readonly Side[]
  readonly update?: true
  readonly bounded?: readonly Side[]
  readonly twoStreams?: false
}
const RULES: Readonly<Record<JoinType, JoinRule>> = {
  JOIN_TYPE_INNER: { name: 'inner', streamMayBe: ['left', 'right'], update: true },
  JOIN_TYPE_CROSS: { name: 'cross', streamMayBe: ['left', 'right'], update: true },
  JOIN_TYPE_LEFT_SEMI: { name: 'left semi', streamMayBe: ['left'], update: true, bounded: ['left'] },
  JOIN_TYPE_LEFT_OUTER: { name: 'left outer', streamMayBe: ['left'], bounded: ['left'] },
  JOIN_TYPE_RIGHT_OUTER: { name: 'right outer', streamMayBe: ['right'], bounded: ['right'] },
  JOIN_TYPE_FULL_OUTER: { name: 'full outer', streamMayBe: [], bounded: ['left', 'right'] },
  JOIN_TYPE_LEFT_ANTI: { name: 'left anti', streamMayBe: ['left'], twoStreams: false },
}

export const streamJoin: NodeRule = (node, { outputMode }) => {
  if (node.node !== 'join' || !node.streaming) return
  const rule = RULES[node.joinType]
  if (!node.left.streaming || !node.right.streaming) return oneStream(node, rule)
  if (rule.twoStreams === false)
    throw new MillraceError('JOIN_SIDES_NOT_POSSIBLE', { join: rule.name, stream: 'right', other: 'another stream' })
  if (outputMode === 'complete' || (outputMode === 'update' && !rule.update))
    throw new MillraceError('JOIN_MODE_NOT_POSSIBLE', { join: rule.name, mode: outputMode })
  if (rule.bounded && !watermarkInKeys(node) && !rule.bounded.some(side => boundsStateOf(node, side)))
    throw new MillraceError('JOIN_NEEDS_WATERMARK', { join: rule.name })
}

function oneStream(node: RJoin, rule: JoinRule): void {
  const stream: Side = node.left.streaming ? 'left' : 'right'
  if (!rule.streamMayBe.includes(stream))
    throw new MillraceError('JOIN_SIDES_NOT_POSSIBLE', {
      join: rule.name,
      stream,
      other: `a table on the ${stream === 'left' ? 'right' : 'left'}`,
    })
}

/** Is an event-time column, or a window of it, one of the columns joined by equality? */
function watermarkInKeys(join: RJoin): boolean {
  const marked = new Set([...join.left.output, ...join.right.output].filter(c => c.watermarkDelayMs !== undefined).map(c => c.id))
  const isMarked = (e: Typed): boolean => e.node === 'attribute' && marked.has(e.id)
  return joinKeys(join).some(k => isMarked(k.left) || isMarked(k.right))
}

/** Two streams are matched by key: an equality is needed. Spark finds this out when the query runs. */
export const streamJoinNeedsEquality: NodeRule = node => {
  if (node.node === 'join' && node.left.streaming && node.right.streaming && joinKeys(node).length === 0)
    throw new MillraceError('JOIN_NEEDS_EQUALITY', {})
}
