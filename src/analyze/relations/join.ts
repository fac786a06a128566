import { MillraceError } from '../../errors/index.ts'
import type { Join, JoinType } from '../../plan/index.ts'
import { booleanType, sqlName } from '../../types/index.ts'
import { commonType } from '../coercion/common-type.ts'
import { callOf } from '../expressions/call.ts'
import { castTo } from '../expressions/literal.ts'
import { sameName } from '../expressions/names.ts'
import { resolveCondition, scopeOf } from '../expressions/resolve.ts'
import { type Analysis, type Frame, mergePlanIds } from '../frame.ts'
import { reference } from '../ids.ts'
import { named, pass, project } from '../nodes.ts'
import { apart } from '../refresh.ts'
import type { Attribute, Named, Resolved, Typed } from '../resolved.ts'
import { plainOnly } from './rows.ts'

/** Joins by a condition or by columns of the same name, which then stand once and first. */
export function analyzeJoin(r: Join, a: Analysis): Frame {
  const left = a.frame(r.left)
  const right = apart(left, a.frame(r.right))
  const planIds = mergePlanIds([left.planIds, right.planIds])
  if (r.usingColumns?.length) return usingJoin(r, left, right, planIds)
  const condition = r.joinCondition && resolveCondition(r.joinCondition, scopeOf(a.env, 'join', left, right))
  if (condition) plainOnly(condition, 'join')
  return { plan: join(left.plan, right.plan, r.joinType, condition), planIds }
}

const leftOnly = (t: JoinType): boolean => t === 'JOIN_TYPE_LEFT_SEMI' || t === 'JOIN_TYPE_LEFT_ANTI'
const fillsLeft = (t: JoinType): boolean => t === 'JOIN_TYPE_RIGHT_OUTER' || t === 'JOIN_TYPE_FULL_OUTER'
const fillsRight = (t: JoinType): boolean => t === 'JOIN_TYPE_LEFT_OUTER' || t === 'JOIN_TYPE_FULL_OUTER'
const filled = (columns: readonly Attribute[], fills: boolean): readonly Attribute[] =>
  fills ? columns.map(c => (c.nullable ? c : { ...c, nullable: true })) : columns

function join(left: Resolved, right: Resolved, joinType: JoinType, condition: Typed | undefined): Resolved {
  const output = leftOnly(joinType)
    ? left.output
    : [...filled(left.output, fillsLeft(joinType)), ...filled(right.output, fillsRight(joinType))]
  return { node: 'join', left, right, joinType, ...(condition ? { condition } : {}), output, streaming: left.streaming || right.streaming }
}

function usingJoin(r: Join, left: Frame, right: Frame, planIds: Frame['planIds']): Frame {
  const pairs = r.usingColumns!.map(name => ({ left: keyColumn(left, name, 'left'), right: keyColumn(right, name, 'right') }))
  const condition = pairs.map(p => equality(p.left, p.right)).reduce((x, y) => callOf('and', [x, y], booleanType))
  const plan = join(left.plan, right.plan, r.joinType, condition)
  const keys = pairs.map(p => usingKey(p.left, p.right, r.joinType))
  const leftKeys = new Set(pairs.map(p => p.left.id))
  const rightKeys = new Set(pairs.map(p => p.right.id))
  const rest = plan.output.filter(c => !leftKeys.has(c.id) && !rightKeys.has(c.id))
  const selected = project(plan, [...keys, ...rest.map(pass)])
  return { plan: selected, planIds, below: { plan, planIds }, hiddenKeys: true }
}

function keyColumn(frame: Frame, name: string, side: 'left' | 'right'): Attribute {
  const hits = frame.plan.output.filter(c => sameName(c.name, name))
  if (hits.length > 1)
    throw new MillraceError('AMBIGUOUS_REFERENCE', { name, candidates: hits.map(h => [...h.qualifier, h.name].join('.')) })
  if (!hits[0]) throw new MillraceError('UNRESOLVED_USING_COLUMN_FOR_JOIN', { name, side, known: frame.plan.output.map(c => c.name) })
  return hits[0]
}

function equality(a: Attribute, b: Attribute): Typed {
  const common = commonType(a.dataType, b.dataType)
  if (!common)
    throw new MillraceError('INCOMPATIBLE_COLUMN_TYPE', {
      operator: 'join',
      column: a.name,
      left: sqlName(a.dataType),
      right: sqlName(b.dataType),
    })
  return callOf('==', [castTo(reference(a), common), castTo(reference(b), common)], booleanType)
}

/** The key of the side whose rows are all kept; of both, the one that is there. */
function usingKey(left: Attribute, right: Attribute, joinType: JoinType): Named {
  if (joinType === 'JOIN_TYPE_RIGHT_OUTER') return named(left.name, reference(right), right)
  if (joinType !== 'JOIN_TYPE_FULL_OUTER') return pass(left)
  const common = commonType(left.dataType, right.dataType)!
  const nullable = (c: Attribute): Typed => castTo({ ...reference(c), nullable: true }, common)
  return named(left.name, callOf('coalesce', [nullable(left), nullable(right)], common, left.nullable || right.nullable))
}
