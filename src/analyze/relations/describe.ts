import { MillraceError } from '../../errors/index.ts'
import type { Describe, Summary } from '../../plan/index.ts'
import { doubleType, isNumeric, isString, longType, stringType } from '../../types/index.ts'
import { callOf } from '../expressions/call.ts'
import { castTo, textLiteral, typedLiteral } from '../expressions/literal.ts'
import { sameName } from '../expressions/names.ts'
import type { Analysis, Frame } from '../frame.ts'
import { attribute, reference } from '../ids.ts'
import { aggregate, only } from '../nodes.ts'
import type { Attribute, Resolved, TCall, Typed } from '../resolved.ts'

const DESCRIBED = ['count', 'mean', 'stddev', 'min', 'max']
const SUMMARISED = ['count', 'mean', 'stddev', 'min', '25%', '50%', '75%', 'max']

/** Statistics of number and text columns, one row a statistic, everything as text. */
export function analyzeDescribe(r: Describe, a: Analysis): Frame {
  const input = a.frame(r.input)
  return statistics(input, DESCRIBED, described(input.plan.output, r.cols))
}
export function analyzeSummary(r: Summary, a: Analysis): Frame {
  const input = a.frame(r.input)
  return statistics(input, r.statistics?.length ? r.statistics : SUMMARISED, described(input.plan.output, undefined))
}

function described(columns: readonly Attribute[], names: readonly string[] | undefined): readonly Attribute[] {
  if (!names?.length) return columns.filter(c => isNumeric(c.dataType) || isString(c.dataType))
  return names.map(name => {
    const hit = columns.find(c => sameName(c.name, name))
    if (!hit) throw new MillraceError('UNRESOLVED_COLUMN', { name, known: columns.map(c => c.name) })
    return hit
  })
}

const number = (c: Attribute): Typed =>
  isNumeric(c.dataType) ? reference(c) : { node: 'cast', expr: reference(c), mode: 'try', dataType: doubleType, nullable: true }
const asDouble = (c: Attribute): Typed => castTo(number(c), doubleType)

/** What a statistic is of a column, before it becomes text. */
function statistic(name: string, c: Attribute): TCall {
  const column = reference(c)
  if (name === 'count') return callOf('count', [column], longType, false)
  if (name === 'min' || name === 'max') return callOf(name, [column], c.dataType, true)
  if (name === 'mean') return callOf('avg', [asDouble(c)], doubleType, true)
  if (name === 'stddev') return callOf('stddev', [asDouble(c)], doubleType, true)
  if (name === 'approx_count_distinct' || name === 'count_distinct') {
    const call = callOf(name === 'count_distinct' ? 'count' : name, [column], longType, false)
    return name === 'count_distinct' ? { ...call, distinct: true } : call
  }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(name)
  if (!percent)
    throw new MillraceError('INVALID_ARGUMENT', {
      name: 'statistics',
      value: name,
      expected: `one of ${SUMMARISED.join(', ')}, count_distinct or a percentage`,
    })
  return callOf('percentile_approx', [asDouble(c), typedLiteral(Number(percent[1]) / 100, doubleType)], doubleType, true)
}

function statistics(input: Frame, names: readonly string[], columns: readonly Attribute[]): Frame {
  const cells = names.map(n =>
    columns.map(c => ({
      attribute: attribute({ name: `${n}_${c.name}`, dataType: statistic(n, c).dataType, nullable: true }),
      call: statistic(n, c),
    })),
  )
  const row = aggregate(input.plan, [], cells.flat())
  const summary = attribute({ name: 'summary', dataType: stringType, nullable: false })
  const output = columns.map(c => attribute({ name: c.name, dataType: stringType, nullable: true }))
  const expanded: Resolved = {
    node: 'expand',
    input: row,
    projections: names.map((n, i) => [
      ...row.output.map(reference),
      textLiteral(n),
      ...cells[i]!.map(c => castTo(reference(c.attribute), stringType)),
    ]),
    output: [...row.output, summary, ...output],
    streaming: input.plan.streaming,
  }
  return { plan: only(expanded, [summary, ...output]), planIds: input.planIds }
}
