import { MillraceError } from '../../errors/index.ts'
import { findFunction } from '../../functions/index.ts'
import type {
  CollectMetrics,
  Deduplicate,
  Filter,
  Hint,
  Limit,
  Offset,
  Repartition,
  Sample,
  Sort,
  Tail,
  WithWatermark,
} from '../../plan/index.ts'
import { durationMicros, typeName } from '../../types/index.ts'
import { parseAttributeName, sameName } from '../expressions/names.ts'
import { resolveOrder } from '../expressions/over.ts'
import { resolveCondition, scopeOf } from '../expressions/resolve.ts'
import { findColumn } from '../expressions/scope.ts'
import { intervalOf } from '../expressions/time-window.ts'
import type { Analysis, Frame } from '../frame.ts'
import { filter } from '../nodes.ts'
import type { Attribute, Resolved, Typed } from '../resolved.ts'
import { referencesOf, some } from '../tree.ts'
import { nameItem, resolveItems, singleName } from './items.ts'
import { throughSelect, withMissing } from './missing.ts'

/** A condition or order may hold no aggregate, window function or generator. */
export function plainOnly(e: Typed, where: string): void {
  some(e, x => {
    if (x.node === 'over') throw new MillraceError('WINDOW_FUNCTION_NOT_HERE', { expression: x.fn.fn, where })
    const kind = x.node === 'call' ? findFunction(x.fn)?.kind : undefined
    if (x.node !== 'call' || !kind) return false
    if (kind === 'aggregate') throw new MillraceError('AGGREGATE_NOT_HERE', { function: x.fn, where })
    if (kind === 'generator') throw new MillraceError('UNSUPPORTED_GENERATOR', { sub: 'OUTSIDE_SELECT', expression: x.fn })
    if (kind === 'window') throw new MillraceError('WINDOW_FUNCTION_WITHOUT_OVER', { name: x.fn })
    return false
  })
}

export function analyzeFilter(r: Filter, a: Analysis): Frame {
  const input = a.frame(r.input)
  const condition = resolveCondition(r.condition, withMissing(input, scopeOf(a.env, 'filter', input)))
  plainOnly(condition, 'filter')
  return { ...input, plan: throughSelect(input, referencesOf(condition), plan => filter(plan, condition)) }
}

export function analyzeSort(r: Sort, a: Analysis): Frame {
  const input = a.frame(r.input)
  const scope = withMissing(input, scopeOf(a.env, 'orderBy', input))
  const order = r.order.map(o => resolveOrder(o, scope))
  const used = new Set<number>()
  for (const o of order) {
    plainOnly(o.expr, 'orderBy')
    referencesOf(o.expr, used)
  }
  const sorted = (plan: Resolved): Resolved => ({ node: 'sort', input: plan, order, output: plan.output, streaming: plan.streaming })
  return { ...input, plan: throughSelect(input, used, sorted) }
}

const limited = (input: Frame, part: { limit?: number; offset?: number; tail?: number }): Frame => ({
  plan: { node: 'limit', input: input.plan, ...part, output: input.plan.output, streaming: input.plan.streaming },
  planIds: input.planIds,
})
const notNegative = (name: string, n: number): number => {
  if (!Number.isInteger(n) || n < 0) throw new MillraceError('INVALID_ARGUMENT', { name, value: n, expected: 'a whole number from 0 up' })
  return n
}
export const analyzeLimit = (r: Limit, a: Analysis): Frame => limited(a.frame(r.input), { limit: notNegative('limit', r.limit ?? 0) })
export const analyzeOffset = (r: Offset, a: Analysis): Frame => limited(a.frame(r.input), { offset: notNegative('offset', r.offset ?? 0) })
export const analyzeTail = (r: Tail, a: Analysis): Frame => limited(a.frame(r.input), { tail: notNegative('tail', r.limit ?? 0) })

/** Partitions and hints mean nothing in one process. */
export const analyzeNothing = (r: Hint | Repartition, a: Analysis): Frame => a.frame(r.input)

export function analyzeSample(r: Sample, a: Analysis): Frame {
  const input = a.frame(r.input)
  const plan: Resolved = {
    node: 'sample',
    input: input.plan,
    lower: r.lowerBound ?? 0,
    upper: r.upperBound,
    withReplacement: r.withReplacement ?? false,
    seed: BigInt(r.seed ?? 0),
    output: input.plan.output,
    streaming: input.plan.streaming,
  }
  return { plan, planIds: input.planIds }
}

/** The mark goes on the event-time column, and off every other. In batch it is no step at all. */
export function analyzeWatermark(r: WithWatermark, a: Analysis): Frame {
  const input = a.frame(r.input)
  const delay = intervalOf(r.delayThreshold)
  const micros = durationMicros(delay)
  if (micros < 0n) throw new MillraceError('NEGATIVE_WATERMARK_DELAY', { text: r.delayThreshold })
  const found = findColumn(parseAttributeName(r.eventTime), scopeOf(a.env, 'withWatermark', input))
  const column = found.attribute
  if (found.fields.length > 0 || !isEventTime(column))
    throw new MillraceError('EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', { column: r.eventTime, type: typeName(column.dataType) })
  if (!input.plan.streaming) return input
  const delayMs = Number(micros / 1000n)
  const marked = (c: Attribute): Attribute => {
    const { watermarkDelayMs: _, ...rest } = c
    return c.id === column.id ? { ...rest, watermarkDelayMs: delayMs } : c.watermarkDelayMs === undefined ? c : rest
  }
  const plan: Resolved = {
    node: 'watermark',
    input: input.plan,
    attributeId: column.id,
    delay,
    delayMs,
    watermarkIndex: -1,
    output: input.plan.output.map(marked),
    streaming: true,
    ...(r.origin ? { origin: r.origin } : {}),
  }
  return { plan, planIds: input.planIds }
}

function isEventTime(c: Attribute): boolean {
  if (c.dataType.kind === 'timestamp') return true
  return c.dataType.kind === 'struct' && c.dataType.fields.some(f => sameName(f.name, 'end') && f.dataType.kind === 'timestamp')
}

export function analyzeDeduplicate(r: Deduplicate, a: Analysis): Frame {
  const input = a.frame(r.input)
  const columns = input.plan.output
  const byName = (name: string): readonly Attribute[] => {
    const hits = columns.filter(c => sameName(c.name, name))
    if (hits.length === 0) throw new MillraceError('UNRESOLVED_COLUMN_AMONG_FIELD_NAMES', { name, known: columns.map(c => c.name) })
    return hits
  }
  const names = r.columnNames ?? []
  const keys = names.length === 0 ? columns : [...new Set(names.flatMap(byName))]
  const time = columns.find(c => c.watermarkDelayMs !== undefined)
  const plan: Resolved = {
    node: 'deduplicate',
    input: input.plan,
    keys,
    withinWatermark: r.withinWatermark ?? false,
    output: columns,
    streaming: input.plan.streaming,
    ...(time ? { eventTimeColumn: time.id } : {}),
    ...(time && keys.includes(time) ? { eventTimeKey: time.id } : {}),
    ...(r.origin ? { origin: r.origin } : {}),
  }
  return { plan, planIds: input.planIds }
}

export function analyzeMetrics(r: CollectMetrics, a: Analysis): Frame {
  const input = a.frame(r.input)
  const metrics = resolveItems(r.metrics, scopeOf(a.env, 'observe', input))
    .map(singleName)
    .map(nameItem)
  const plan: Resolved = {
    node: 'metrics',
    input: input.plan,
    name: r.name,
    metrics: metrics.map(m => ({ attribute: m.attribute, call: m.expr })),
    output: input.plan.output,
    streaming: input.plan.streaming,
  }
  return { plan, planIds: input.planIds }
}
