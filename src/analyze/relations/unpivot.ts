import { MillraceError } from '../../errors/index.ts'
import type { Expression, Unpivot } from '../../plan/index.ts'
import { sqlName, stringType } from '../../types/index.ts'
import { commonTypeOf } from '../coercion/common-type.ts'
import { castTo, textLiteral } from '../expressions/literal.ts'
import { scopeOf } from '../expressions/resolve.ts'
import type { Analysis, Frame } from '../frame.ts'
import { attribute, reference } from '../ids.ts'
import { only, project } from '../nodes.ts'
import type { Resolved } from '../resolved.ts'
import { nameItem, resolveItems, singleName } from './items.ts'

/** unpivot (melt): each row once per value column, with the column's name and value. */
export function analyzeUnpivot(r: Unpivot, a: Analysis): Frame {
  const input = a.frame(r.input)
  const scope = scopeOf(a.env, 'unpivot', input)
  const ids = resolveItems(r.ids, scope).map(singleName).map(nameItem)
  const idColumns = new Set(ids.map(i => i.attribute.id))
  const others = (): readonly Expression[] =>
    input.plan.output
      .filter(c => !idColumns.has(c.id))
      .map(c => ({ kind: 'unresolvedAttribute', unparsedIdentifier: `\`${c.name.replaceAll('`', '``')}\`` }))
  const values = resolveItems(r.values?.values ?? others(), scope)
  const common = commonTypeOf(values.map(v => v.expr.dataType))
  if (!common)
    throw new MillraceError('UNPIVOT_VALUE_DATA_TYPE_MISMATCH', {
      types: values.map(v => `${v.name} ${sqlName(v.expr.dataType)}`).join(', '),
    })
  const base: Resolved = project(input.plan, [...ids, ...values.map(v => nameItem(v))])
  const valueColumns = base.output.slice(ids.length)
  const variable = attribute({ name: r.variableColumnName, dataType: stringType, nullable: false })
  const value = attribute({ name: r.valueColumnName, dataType: common, nullable: true })
  const expanded: Resolved = {
    node: 'expand',
    input: base,
    projections: valueColumns.map((c, i) => [...base.output.map(reference), textLiteral(values[i]!.name), castTo(reference(c), common)]),
    output: [...base.output, variable, value],
    streaming: input.plan.streaming,
  }
  return { plan: only(expanded, [...base.output.slice(0, ids.length), variable, value]), planIds: input.planIds }
}
