import { MillraceError } from '../../errors/index.ts'
import type { DropNa, FillNa, Literal, Replace } from '../../plan/index.ts'
import { booleanType, type DataType, integerType, isNumeric, isString, sameType } from '../../types/index.ts'
import { callOf } from '../expressions/call.ts'
import { castTo, intLiteral, resolveLiteral, typedLiteral } from '../expressions/literal.ts'
import { sameName } from '../expressions/names.ts'
import { caseWhen } from '../expressions/special.ts'
import type { Analysis, Frame } from '../frame.ts'
import { reference } from '../ids.ts'
import { filter, named, pass, project } from '../nodes.ts'
import type { Attribute, Typed } from '../resolved.ts'

function chosen(columns: readonly Attribute[], names: readonly string[] | undefined): readonly Attribute[] {
  if (!names?.length) return columns
  return names.map(name => {
    const hit = columns.find(c => sameName(c.name, name))
    if (!hit) throw new MillraceError('UNRESOLVED_COLUMN', { name, known: columns.map(c => c.name) })
    return hit
  })
}

/** Numbers go with numbers, strings with strings, truth values with truth values. */
const sameFamily = (a: DataType, b: DataType): boolean =>
  (isNumeric(a) && isNumeric(b)) || (isString(a) && isString(b)) || (a.kind === 'boolean' && b.kind === 'boolean')
const isFractional = (t: DataType): boolean => t.kind === 'float' || t.kind === 'double'

/** Nulls (and NaN) become the value; columns of another type are left alone. One value for all columns, or one a column. */
export function analyzeFillNa(r: FillNa, a: Analysis): Frame {
  const input = a.frame(r.input)
  const columns = chosen(input.plan.output, r.cols)
  const valueFor = (c: Attribute): Literal | undefined => {
    const at = columns.findIndex(x => x.id === c.id)
    if (at < 0) return undefined
    const value = r.values.length === 1 ? r.values[0]! : r.values[at]
    return value && sameFamily(c.dataType, value.dataType) ? value : undefined
  }
  const fill = (c: Attribute, value: Literal): Typed => {
    const column = reference(c)
    const given = isFractional(c.dataType) ? callOf('nanvl', [column, typedLiteral(null, c.dataType)], c.dataType, true) : column
    return callOf('coalesce', [given, castTo(resolveLiteral(value), c.dataType)], c.dataType, false)
  }
  const list = input.plan.output.map(c => {
    const value = valueFor(c)
    return value ? named(c.name, fill(c, value)) : pass(c)
  })
  return { plan: project(input.plan, list), planIds: input.planIds }
}

/** Rows with fewer than `minNonNulls` values that are neither null nor NaN leave; without it, rows with any such. */
export function analyzeDropNa(r: DropNa, a: Analysis): Frame {
  const input = a.frame(r.input)
  const columns = chosen(input.plan.output, r.cols)
  const least = r.minNonNulls ?? columns.length
  const present = (c: Attribute): Typed => {
    const known = callOf('isnotnull', [reference(c)], booleanType, false)
    if (!isFractional(c.dataType)) return known
    const nan = callOf('isnan', [reference(c)], booleanType, false)
    return callOf('and', [known, callOf('not', [nan], booleanType)], booleanType, false)
  }
  const one = (c: Attribute): Typed => caseWhen([{ when: present(c), then: intLiteral(1) }], intLiteral(0), () => 'dropna')
  // Counted, not joined by AND: Spark's scans do not see such a test, and so count the rows it drops as input.
  const held = columns.map(one).reduce<Typed>((x, y) => callOf('+', [x, y], integerType), intLiteral(0))
  return { ...input, plan: filter(input.plan, callOf('>=', [held, intLiteral(least)], booleanType)) }
}

/** Values replaced where column and value are of one family. */
export function analyzeReplace(r: Replace, a: Analysis): Frame {
  const input = a.frame(r.input)
  const columns = chosen(input.plan.output, r.cols)
  const list = input.plan.output.map(c => {
    const rules = columns.some(x => x.id === c.id)
      ? r.replacements.filter(x => fits(c, x.oldValue) || (x.oldValue.value === null && fits(c, x.newValue)))
      : []
    return rules.length > 0 ? named(c.name, replaced(c, rules)) : pass(c)
  })
  return { plan: project(input.plan, list), planIds: input.planIds }
}
const fits = (c: Attribute, value: Literal): boolean => sameFamily(c.dataType, value.dataType)

function replaced(c: Attribute, rules: Replace['replacements']): Typed {
  const value = (l: Literal): Typed => {
    const literal = resolveLiteral(l)
    return sameType(literal.dataType, c.dataType) ? literal : castTo(literal, c.dataType)
  }
  const branches = rules.map(x => ({ when: callOf('<=>', [reference(c), value(x.oldValue)], booleanType, false), then: value(x.newValue) }))
  return caseWhen(branches, reference(c), () => 'replace')
}
