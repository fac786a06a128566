import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { type FunctionLowering, fail, type LowerContext } from '../context.ts'
import { lowerOrder } from '../order.ts'
import { duckType } from '../types.ts'
import { distinctEstimate, sketchCell } from './distinct-sketch.ts'
import { literalArgument, literalOf } from './literal-argument.ts'
import { modeOf } from './mode.ts'

/** Renders one DuckDB aggregate with the FILTER of the call (and a further condition) and its OVER clause. */
export type Aggregator = (
  fn: string,
  args: string,
  more?: { readonly where?: string; readonly orderBy?: string; readonly distinct?: boolean },
) => string
export type AggregateLowering = (call: TCall, args: readonly string[], agg: Aggregator, ctx: LowerContext) => string

/** SQL of an aggregate call; `over` is a rendered `OVER (…)` for its use as a window function. */
export function lowerAggregate(call: TCall, args: readonly string[], ctx: LowerContext, over = ''): string {
  const lowering = Object.hasOwn(AGGREGATES, call.fn) ? AGGREGATES[call.fn] : undefined
  if (!lowering) throw new MillraceError('NOT_SUPPORTED', { what: `the aggregate function "${call.fn}" on the embedded engine` })
  const filter = call.filter && ctx.lower(call.filter)
  const agg: Aggregator = (fn, list, more = {}) => {
    const where = [filter, more.where].filter(Boolean).join(') AND (')
    const distinct = (more.distinct ?? call.distinct) ? 'DISTINCT ' : ''
    return `${fn}(${distinct}${list}${more.orderBy ? ` ORDER BY ${more.orderBy}` : ''})${where ? ` FILTER (WHERE (${where}))` : ''}${over && ` ${over}`}`
  }
  return lowering(call, args, agg, ctx)
}

const plain =
  (duck: string): AggregateLowering =>
  (_, args, agg) =>
    agg(duck, args.join(', '))
const asType =
  (duck: string): AggregateLowering =>
  (call, args, agg) =>
    `CAST(${agg(duck, args.join(', '))} AS ${duckType(call.dataType)})`

/** Does the call leave nulls out? Said by IGNORE NULLS or by a literal true as second argument. */
export const ignoresNulls = (call: TCall): boolean => call.ignoreNulls === true || literalOf(call.args[call.args.length - 1]) === true
const edge =
  (duck: string): AggregateLowering =>
  (call, [x], agg) =>
    agg(duck, x!, ignoresNulls({ ...call, args: call.args.slice(1) }) ? { where: `${x} IS NOT NULL` } : {})

const isConstant = (call: TCall): boolean => {
  const value = literalOf(call.args[0])
  return value !== undefined && value !== null
}
const count: AggregateLowering = (call, args, agg) => {
  if (args.length > 1) {
    const where = args.map(a => `${a} IS NOT NULL`).join(' AND ')
    return call.distinct ? agg('count', `ROW(${args.join(', ')})`, { where }) : agg('count', '*', { where })
  }
  return isConstant(call) && !call.distinct ? agg('count', '*') : agg('count', args[0]!)
}

/** A total in DuckDB's wide type brought into Spark's: `null` or a failure where it does not fit. */
export function narrowSum(call: TCall, sum: string): string {
  const type = duckType(call.dataType)
  const wide = call.dataType.kind === 'long' || call.dataType.kind === 'decimal' || call.dataType.kind.endsWith('Interval')
  if (!wide) return sum
  const attempt = `TRY_CAST(${sum} AS ${type})`
  if (call.fn.startsWith('try_')) return attempt
  const condition = call.dataType.kind === 'decimal' ? 'NUMERIC_VALUE_OUT_OF_RANGE' : 'ARITHMETIC_OVERFLOW'
  const failure =
    condition === 'ARITHMETIC_OVERFLOW'
      ? fail(condition, {
          message: `'the sum does not fit ${call.dataType.kind === 'long' ? 'a bigint' : 'its interval'}'`,
          alternative: "'try_sum'",
        })
      : fail(condition, {
          value: sum,
          precision: `'${(call.dataType as { precision: number }).precision}'`,
          scale: `'${(call.dataType as { scale: number }).scale}'`,
        })
  return `COALESCE(${attempt}, CASE WHEN ${sum} IS NOT NULL THEN ${failure} END)`
}
const sumOf = (call: TCall, x: string, agg: Aggregator): string =>
  agg('sum', call.args[0]!.dataType.kind === 'float' ? `CAST(${x} AS DOUBLE)` : x)

/** The mean from a total and a count. Decimals are divided in whole numbers, the last digit rounded half away from zero. */
export function meanOf(call: TCall, sum: string, n: string): string {
  const to = call.dataType
  if (to.kind === 'decimal') {
    const from = call.args[0]!.dataType
    const steps = to.scale - (from.kind === 'decimal' ? from.scale : 0)
    const unscaled = `CAST(replace(CAST(${sum} AS VARCHAR), '.', '') AS HUGEINT)`
    const quotient = `sign(${unscaled}) * ((abs(${unscaled}) * ${2n * 10n ** BigInt(steps)}::HUGEINT + ${n}) // (2 * ${n}))`
    // Times one unit of the last digit: DuckDB refuses longer texts with an exponent.
    const unit = to.scale === 0 ? '1' : `CAST('0.${'1'.padStart(to.scale, '0')}' AS DECIMAL(${to.scale}, ${to.scale}))`
    return `CASE WHEN ${n} > 0 THEN CAST(CAST(${quotient} AS DECIMAL(38, 0)) * ${unit} AS ${duckType(to)}) END`
  }
  if (to.kind === 'yearMonthInterval' || to.kind === 'dayTimeInterval')
    return `CAST(round(CAST(${sum} AS DOUBLE) / nullif(${n}, 0)) AS ${duckType(to)})`
  return `CAST(${sum} AS DOUBLE) / nullif(${n}, 0)`
}

const list = (x: string, agg: Aggregator): string => agg('list', x, { where: `${x} IS NOT NULL` })
/** Two passes over the values: the moments about the mean, without the cancellation of sums of powers. */
const moments =
  (write: (m: (k: number) => string, n: string) => string): AggregateLowering =>
  (_, [x], agg) => {
    const all = list(x!, agg)
    return onList(all, l => write(k => `list_sum(list_transform(${l}, lambda v: power(v - list_avg(${l}), ${k})))`, `len(${l})`))
  }
/** Names a list inside an expression, so that it is written once. */
const onList = (all: string, write: (l: string) => string): string => `list_transform([${all}], lambda l: ${write('l')})[1]`

export const skewnessOf = (n: string, m2: string, m3: string): string =>
  `CASE WHEN ${m2} > 0 THEN sqrt(${n}) * ${m3} / sqrt(${m2} * ${m2} * ${m2}) END`
export const kurtosisOf = (n: string, m2: string, m4: string): string => `CASE WHEN ${m2} > 0 THEN ${n} * ${m4} / (${m2} * ${m2}) - 3 END`

const percentile =
  (duck: 'quantile_cont' | 'quantile_disc'): AggregateLowering =>
  (call, [x], agg) => {
    if (call.fn === 'percentile' && Number(literalOf(call.args[2]) ?? 1) !== 1)
      throw new MillraceError('NOT_SUPPORTED', { what: 'percentile() with frequencies' })
    return percentileOf(call, agg(duck, `${forPercentile(call, x!)}, ${percentages(call)}`))
  }
export const forPercentile = (call: TCall, x: string): string => (call.fn === 'percentile_approx' ? x : `CAST(${x} AS DOUBLE)`)
export const percentages = (call: TCall): string => {
  if (call.fn === 'median') return '0.5'
  const share = literalArgument(call, 1, 'percentage')
  // A share below zero counts from the other end.
  const shown = call.orderBy?.[0]?.ascending === false ? (p: unknown) => `-CAST(${p} AS DOUBLE)` : String
  return Array.isArray(share) ? `[${share.map(shown).join(', ')}]` : shown(share)
}
/** Percentiles of intervals come back from doubles, cut to whole units. */
export const percentileOf = (call: TCall, sql: string): string =>
  call.fn !== 'percentile_approx' && call.args[0]!.dataType.kind.endsWith('Interval')
    ? call.dataType.kind === 'array'
      ? `list_transform(${sql}, lambda v: CAST(trunc(v) AS ${duckType(call.args[0]!.dataType)}))`
      : `CAST(trunc(${sql}) AS ${duckType(call.dataType)})`
    : sql

const joined: AggregateLowering = (call, [x, delimiter], agg, ctx) => {
  const given = literalOf(call.args[1])
  const list = `${x}, ${given === null || given === undefined ? "''" : delimiter}`
  const orderBy = call.orderBy ? call.orderBy.map(o => lowerOrder(o, ctx)).join(', ') : call.distinct ? x! : undefined
  return agg('string_agg', list, orderBy === undefined ? {} : { orderBy })
}

const extreme =
  (duck: string): AggregateLowering =>
  (call, [x, y, k], agg) =>
    k === undefined ? agg(`${duck}_null`, `${x}, ${y}`) : `COALESCE(${agg(duck, `${x}, ${y}, ${literalArgument(call, 2, 'count')}`)}, [])`

const average: AggregateLowering = (call, [x], agg) => meanOf(call, sumOf(call, x!, agg), agg('count', x!))
const sum: AggregateLowering = (call, [x], agg) => narrowSum(call, sumOf(call, x!, agg))

export const AGGREGATES: Readonly<Record<string, AggregateLowering>> = {
  count,
  count_if: (_, [x], agg) => agg('count', '*', { where: x! }),
  sum,
  try_sum: sum,
  avg: average,
  try_avg: average,
  min: plain('min'),
  max: plain('max'),
  first: edge('first'),
  last: edge('last'),
  any_value: edge('first'),
  collect_list: (_, [x], agg) => `COALESCE(${list(x!, agg)}, [])`,
  collect_set: (_, [x], agg) => `COALESCE(${agg('list', x!, { where: `${x} IS NOT NULL`, distinct: true, orderBy: x! })}, [])`,
  approx_count_distinct: (call, [x], agg, ctx) =>
    distinctEstimate(call, agg('list', sketchCell(call, x!, ctx), { where: `${x} IS NOT NULL`, distinct: true }), ctx),
  stddev: plain('stddev_samp'),
  stddev_pop: plain('stddev_pop'),
  variance: plain('var_samp'),
  var_pop: plain('var_pop'),
  skewness: moments((m, n) => skewnessOf(n, m(2), m(3))),
  kurtosis: moments((m, n) => kurtosisOf(n, m(2), m(4))),
  corr: (_, args, agg) => `CASE WHEN ${agg('regr_count', args.join(', '))} > 1 THEN ${agg('corr', args.join(', '))} END`,
  covar_pop: plain('covar_pop'),
  covar_samp: plain('covar_samp'),
  regr_avgx: plain('regr_avgx'),
  regr_avgy: plain('regr_avgy'),
  regr_count: asType('regr_count'),
  regr_intercept: plain('regr_intercept'),
  regr_r2: plain('regr_r2'),
  regr_slope: plain('regr_slope'),
  regr_sxx: plain('regr_sxx'),
  regr_sxy: plain('regr_sxy'),
  regr_syy: plain('regr_syy'),
  max_by: extreme('arg_max'),
  min_by: extreme('arg_min'),
  bool_and: plain('bool_and'),
  bool_or: plain('bool_or'),
  bit_and: plain('bit_and'),
  bit_or: plain('bit_or'),
  bit_xor: plain('bit_xor'),
  percentile: percentile('quantile_cont'),
  percentile_approx: percentile('quantile_disc'),
  percentile_cont: percentile('quantile_cont'),
  percentile_disc: percentile('quantile_disc'),
  median: percentile('quantile_cont'),
  mode: (call, [x], agg, ctx) => modeOf(call, list(x!, agg), ctx),
  product: plain('product'),
  listagg: joined,
}

export const aggregate: Readonly<Record<string, FunctionLowering>> = Object.fromEntries(
  Object.keys(AGGREGATES).map(name => [name, (call: TCall, args: readonly string[], ctx: LowerContext) => lowerAggregate(call, args, ctx)]),
)
