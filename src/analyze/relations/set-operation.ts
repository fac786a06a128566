import { MillraceError } from '../../errors/index.ts'
import type { SetOperation } from '../../plan/index.ts'
import { type DataType, sameType, sqlName } from '../../types/index.ts'
import { commonType } from '../coercion/common-type.ts'
import { castTo, nullLiteral } from '../expressions/literal.ts'
import { sameName } from '../expressions/names.ts'
import { type Analysis, type Frame, mergePlanIds } from '../frame.ts'
import { reference } from '../ids.ts'
import { named, only, pass, project } from '../nodes.ts'
import { apart } from '../refresh.ts'
import type { Attribute, Resolved, RSetOp } from '../resolved.ts'

const OPERATORS: Readonly<Record<SetOperation['setOpType'], RSetOp['op']>> = {
  SET_OP_TYPE_UNION: 'union',
  SET_OP_TYPE_INTERSECT: 'intersect',
  SET_OP_TYPE_EXCEPT: 'except',
}

/** Union, intersect, except: by position (or by name), types widened to the common one, names those of the left. */
export function analyzeSetOperation(r: SetOperation, a: Analysis): Frame {
  const left = a.frame(r.leftInput)
  const right = apart(left, a.frame(r.rightInput))
  const op = OPERATORS[r.setOpType]
  const [first, second] = r.byName ? byName(left.plan, right.plan, r.allowMissingColumns === true) : [left.plan, right.plan]
  if (first.output.length !== second.output.length)
    throw new MillraceError('NUM_COLUMNS_MISMATCH', { operator: op, left: first.output.length, right: second.output.length })
  const types = first.output.map((c, i) => widened(op, c, second.output[i]!))
  const inputs = [castAll(first, types), castAll(second, types)] as const
  const nullable = (i: number): boolean => (op === 'union' ? inputs.some(p => p.output[i]!.nullable) : inputs[0].output[i]!.nullable)
  const output = inputs[0].output.map((c, i): Attribute => ({ ...c, dataType: types[i]!, nullable: nullable(i) }))
  const plan: RSetOp = {
    node: 'setOp',
    op,
    all: r.isAll ?? op === 'union',
    inputs,
    output,
    streaming: inputs.some(p => p.streaming),
  }
  return { plan, planIds: mergePlanIds([left.planIds, right.planIds]) }
}

function widened(operator: string, a: Attribute, b: Attribute): DataType {
  const common = commonType(a.dataType, b.dataType)
  if (!common)
    throw new MillraceError('INCOMPATIBLE_COLUMN_TYPE', { operator, column: a.name, left: sqlName(a.dataType), right: sqlName(b.dataType) })
  return common
}

function castAll(plan: Resolved, types: readonly DataType[]): Resolved {
  if (plan.output.every((c, i) => sameType(c.dataType, types[i]!))) return plan
  return project(
    plan,
    plan.output.map((c, i) => (sameType(c.dataType, types[i]!) ? pass(c) : named(c.name, castTo(reference(c), types[i]!)))),
  )
}

/** The right side in the left side's order; with `allowMissing`, each side gets nulls for what only the other has. */
function byName(left: Resolved, right: Resolved, allowMissing: boolean): readonly [Resolved, Resolved] {
  const find = (columns: readonly Attribute[], name: string): Attribute | undefined => columns.find(c => sameName(c.name, name))
  const lacking = (name: string, known: readonly Attribute[]): never => {
    throw new MillraceError('UNRESOLVED_COLUMN', { name, known: known.map(c => c.name) })
  }
  const rightOnly = right.output.filter(c => !find(left.output, c.name))
  if (!allowMissing && rightOnly.length > 0 && right.output.length > left.output.length) lacking(rightOnly[0]!.name, left.output)
  const aligned = left.output.map(c => {
    const hit = find(right.output, c.name)
    if (hit) return pass(hit)
    return allowMissing ? named(c.name, nullLiteral(c.dataType)) : lacking(c.name, right.output)
  })
  const extra = allowMissing ? rightOnly : []
  const first =
    extra.length > 0 ? project(left, [...left.output.map(pass), ...extra.map(c => named(c.name, nullLiteral(c.dataType)))]) : left
  const second = project(right, [...aligned, ...extra.map(pass)])
  const plain = second.columns.every(c => c.expr.node === 'attribute')
  return [
    first,
    plain
      ? only(
          right,
          second.columns.map(c => c.attribute),
        )
      : second,
  ]
}
