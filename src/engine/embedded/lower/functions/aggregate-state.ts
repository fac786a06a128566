import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import type { LowerContext } from '../context.ts'
import { duckType } from '../types.ts'
import {
  type Aggregator,
  forPercentile,
  ignoresNulls,
  kurtosisOf,
  meanOf,
  narrowSum,
  percentages,
  percentileOf,
  skewnessOf,
} from './aggregate.ts'
import { distinctEstimate, sketchCell } from './distinct-sketch.ts'
import { literalArgument, literalOf } from './literal-argument.ts'
import { modeOf } from './mode.ts'

/** One column of an aggregate's state: `init` is an aggregate over the rows of a batch (GROUP BY the keys). */
export interface Partial {
  readonly name: string
  /** DuckDB type; every one of them survives Parquet. */
  readonly type: string
  readonly init: string
}
/** How one aggregate call is kept between batches. Column lists are SQL references in the order of `partials`. */
export interface AggregateState {
  readonly partials: readonly Partial[]
  /** What the columns become when a batch's fresh values meet the old ones. */
  merge(old: readonly string[], fresh: readonly string[]): readonly string[]
  /** The aggregate's value. */
  finish(columns: readonly string[]): string
}

/** A column whose merge needs no other column. */
interface Column extends Partial {
  readonly merge: (old: string, fresh: string) => string
}
type Kept = (call: TCall, args: readonly string[], agg: Aggregator, ctx: LowerContext) => AggregateState

/** The state of an aggregate in a stream. Throws NOT_SUPPORTED for one that cannot be kept. */
export function aggregateState(call: TCall, args: readonly string[], ctx: LowerContext): AggregateState {
  const kept = Object.hasOwn(KEPT, call.fn) ? KEPT[call.fn] : undefined
  const ordered = call.fn === 'listagg' && call.orderBy !== undefined
  if (!kept || call.distinct || ordered) {
    throw new MillraceError('NOT_SUPPORTED', {
      what: `${call.distinct ? 'DISTINCT in ' : ordered ? 'an order in ' : ''}the aggregate function "${call.fn}" in a stream`,
    })
  }
  const filter = call.filter && ctx.lower(call.filter)
  const agg: Aggregator = (fn, list, more = {}) => {
    const where = [filter, more.where].filter(Boolean).join(') AND (')
    const order = more.orderBy ? ` ORDER BY ${more.orderBy}` : ''
    return `${fn}(${more.distinct ? 'DISTINCT ' : ''}${list}${order})${where ? ` FILTER (WHERE (${where}))` : ''}`
  }
  return kept(call, args, agg, ctx)
}

function columnwise(columns: readonly Column[], finish: (columns: readonly string[]) => string): AggregateState {
  return {
    partials: columns.map(({ name, type, init }) => ({ name, type, init: `CAST(${init} AS ${type})` })),
    merge: (old, fresh) => columns.map((c, i) => `CAST(${c.merge(old[i]!, fresh[i]!)} AS ${c.type})`),
    finish,
  }
}
const one = (column: Column, finish: (column: string) => string = c => c): AggregateState => columnwise([column], ([c]) => finish(c!))

const added = (a: string, b: string): string => `${a} + ${b}`
/** Either side may be null: then the other one stands. */
const either =
  (join: (a: string, b: string) => string) =>
  (a: string, b: string): string =>
    `COALESCE(${join(a, b)}, ${a}, ${b})`
const better =
  (compare: '<' | '>') =>
  (old: string, fresh: string): string =>
    `CASE WHEN ${old} IS NULL OR ${fresh} ${compare} ${old} THEN ${fresh} ELSE ${old} END`

const counted = (init: string): Column => ({ name: 'count', type: 'BIGINT', init, merge: added })
const kept =
  (duck: string, merge: Column['merge'], finish?: (column: string) => string): Kept =>
  (call, args, agg) =>
    one({ name: 'value', type: duckType(call.dataType), init: agg(duck, args.join(', ')), merge }, finish)

/** DuckDB's widest exact type for a total of these numbers that Parquet holds. */
function totalType(call: TCall): string {
  const from = call.args[0]!.dataType
  if (from.kind === 'decimal') return `DECIMAL(38, ${from.scale})`
  return from.kind === 'float' || from.kind === 'double' ? 'DOUBLE' : 'DECIMAL(38, 0)'
}
const total = (call: TCall, x: string, agg: Aggregator): Column => {
  const type = totalType(call)
  return { name: 'sum', type, init: agg('sum', type === 'DOUBLE' ? `CAST(${x} AS DOUBLE)` : x), merge: either(added) }
}
const sum: Kept = (call, [x], agg) => {
  const column = total(call, x!, agg)
  if (call.fn === 'try_sum' || call.dataType.kind !== 'long') return one(column, c => narrowSum(call, c))
  const whole: Column = { ...column, type: 'BIGINT', init: narrowSum(call, column.init) }
  return one({ ...whole, merge: (a, b) => narrowSum(call, either((p, q) => `CAST(${p} AS HUGEINT) + ${q}`)(a, b)) })
}
const average: Kept = (call, [x], agg) => columnwise([total(call, x!, agg), counted(agg('count', x!))], ([s, n]) => meanOf(call, s!, n!))

/** `seen` tells a first value that is null from none. */
const edge =
  (side: 'first' | 'last'): Kept =>
  (call, [x], agg) => {
    const where = ignoresNulls({ ...call, args: call.args.slice(1) }) ? { where: `${x} IS NOT NULL` } : {}
    return {
      partials: [
        { name: 'value', type: duckType(call.dataType), init: agg(side, x!, where) },
        { name: 'seen', type: 'BOOLEAN', init: `${agg('count', '*', where)} > 0` },
      ],
      merge: ([old, seen], [fresh, freshSeen]) => [
        side === 'first' ? `CASE WHEN ${seen} THEN ${old} ELSE ${fresh} END` : `CASE WHEN ${freshSeen} THEN ${fresh} ELSE ${old} END`,
        `${seen} OR ${freshSeen}`,
      ],
      finish: ([value]) => value!,
    }
  }

/** All values are kept in a list. */
const listed =
  (finish: (call: TCall, list: string, ctx: LowerContext) => string, value: (call: TCall, x: string) => string = (_, x) => x): Kept =>
  (call, [x], agg, ctx) =>
    one(
      {
        name: 'list',
        type: `${duckType(call.dataType.kind === 'array' && call.fn.startsWith('collect') ? call.dataType.elementType : call.fn.startsWith('percentile') || call.fn === 'median' ? percentileInput(call) : call.args[0]!.dataType)}[]`,
        init: `COALESCE(${agg('list', value(call, x!), { where: `${x} IS NOT NULL` })}, [])`,
        merge: (a, b) => `list_concat(${a}, ${b})`,
      },
      l => finish(call, l, ctx),
    )
const percentileInput = (call: TCall) => (call.fn === 'percentile_approx' ? call.args[0]!.dataType : ({ kind: 'double' } as const))
const percentile = (duck: string): Kept =>
  listed((call, l) => percentileOf(call, `list_aggregate(${l}, '${duck}', ${percentages(call)})`), forPercentile)

const set: Kept = (call, [x], agg) =>
  one({
    name: 'list',
    type: duckType(call.dataType),
    init: `COALESCE(${agg('list', x!, { where: `${x} IS NOT NULL`, distinct: true, orderBy: x! })}, [])`,
    merge: (a, b) => `list_sort(list_distinct(list_concat(${a}, ${b})))`,
  })

/** Number, mean and sums of powers about the mean; merged by the formulas of Chan and Pébay, in the order in which Spark reckons. */
const moments =
  (highest: 2 | 3 | 4, finish: (n: string, m: readonly string[]) => string): Kept =>
  (_, [x], agg) => {
    const all = `COALESCE(${agg('list', x!, { where: `${x} IS NOT NULL` })}, CAST([] AS DOUBLE[]))`
    const power = (k: number) =>
      k === 2
        ? `COALESCE(${agg('var_pop', x!)} * ${agg('count', x!)}, 0)`
        : `COALESCE(list_transform([${all}], lambda l: list_sum(list_transform(l, lambda v: power(v - list_avg(l), ${k}))))[1], 0)`
    const powers = [2, 3, 4].filter(k => k <= highest)
    return {
      partials: [
        { name: 'n', type: 'DOUBLE', init: `CAST(${agg('count', x!)} AS DOUBLE)` },
        { name: 'mean', type: 'DOUBLE', init: `COALESCE(${agg('avg', x!)}, 0)` },
        ...powers.map(k => ({ name: `m${k}`, type: 'DOUBLE', init: power(k) })),
      ],
      merge: (a, b) => mergeMoments(a, b).slice(0, highest + 1),
      finish: ([n, , ...m]) => finish(n!, m),
    }
  }
function mergeMoments([na, ma, a2, a3, a4]: readonly string[], [nb, mb, b2, b3, b4]: readonly string[]): string[] {
  const n = `(${na} + ${nb})`
  const d = `(${mb} - ${ma})`
  const dn = `(${d} / ${n})`
  const guarded = (sql: string) => `CASE WHEN ${na} = 0 THEN %b WHEN ${nb} = 0 THEN %a ELSE ${sql} END`
  const merged = (a: string | undefined, b: string | undefined, sql: string) =>
    guarded(sql).replace('%b', String(b)).replace('%a', String(a))
  return [
    n,
    merged(ma, mb, `${ma} + ${dn} * ${nb}`),
    merged(a2, b2, `${a2} + ${b2} + ${d} * ${dn} * ${na} * ${nb}`),
    merged(a3, b3, `${a3} + ${b3} + ${dn} * ${dn} * ${d} * ${na} * ${nb} * (${na} - ${nb}) + 3 * ${dn} * (${na} * ${b2} - ${nb} * ${a2})`),
    merged(
      a4,
      b4,
      `${a4} + ${b4} + ${dn} * ${dn} * ${dn} * ${d} * ${na} * ${nb} * (${na} * ${na} - ${na} * ${nb} + ${nb} * ${nb}) + 6 * ${dn} * ${dn} * (${na} * ${na} * ${b2} + ${nb} * ${nb} * ${a2}) + 4 * ${dn} * (${na} * ${b3} - ${nb} * ${a3})`,
    ),
  ]
}

/** Number, both means, co-moment and both second moments of complete pairs. */
const comoments =
  (finish: (n: string, ck: string, x2: string, y2: string, meanx: string, meany: string) => string): Kept =>
  (_, [y, x], agg) => {
    const pair = `${y}, ${x}`
    const n = agg('regr_count', pair)
    return {
      partials: [
        { name: 'n', type: 'DOUBLE', init: `CAST(${n} AS DOUBLE)` },
        { name: 'meanx', type: 'DOUBLE', init: `COALESCE(${agg('regr_avgx', pair)}, 0)` },
        { name: 'meany', type: 'DOUBLE', init: `COALESCE(${agg('regr_avgy', pair)}, 0)` },
        { name: 'ck', type: 'DOUBLE', init: `COALESCE(${agg('covar_pop', pair)} * ${n}, 0)` },
        { name: 'x2', type: 'DOUBLE', init: `COALESCE(${agg('regr_sxx', pair)}, 0)` },
        { name: 'y2', type: 'DOUBLE', init: `COALESCE(${agg('regr_syy', pair)}, 0)` },
      ],
      merge: ([na, xa, ya, ca, xxa, yya], [nb, xb, yb, cb, xxb, yyb]) => {
        const sum = `(${na} + ${nb})`
        const weight = `${na} * ${nb} / ${sum}`
        const pick = (a: string, b: string, both: string) => `CASE WHEN ${na} = 0 THEN ${b} WHEN ${nb} = 0 THEN ${a} ELSE ${both} END`
        return [
          sum,
          pick(xa!, xb!, `${xa} + (${xb} - ${xa}) * ${nb} / ${sum}`),
          pick(ya!, yb!, `${ya} + (${yb} - ${ya}) * ${nb} / ${sum}`),
          pick(ca!, cb!, `${ca} + ${cb} + (${xb} - ${xa}) * (${yb} - ${ya}) * ${weight}`),
          pick(xxa!, xxb!, `${xxa} + ${xxb} + (${xb} - ${xa}) * (${xb} - ${xa}) * ${weight}`),
          pick(yya!, yyb!, `${yya} + ${yyb} + (${yb} - ${ya}) * (${yb} - ${ya}) * ${weight}`),
        ]
      },
      finish: ([count, meanx, meany, ck, x2, y2]) => finish(count!, ck!, x2!, y2!, meanx!, meany!),
    }
  }

/** The value beside the best ordering value. */
const extreme =
  (duck: 'arg_max' | 'arg_min', compare: '>' | '<'): Kept =>
  (call, [x, y], agg) => {
    if (call.args.length > 2) throw new MillraceError('NOT_SUPPORTED', { what: `${call.fn}() of several rows in a stream` })
    return {
      partials: [
        { name: 'by', type: duckType(call.args[1]!.dataType), init: agg(compare === '>' ? 'max' : 'min', y!) },
        { name: 'value', type: duckType(call.dataType), init: agg(`${duck}_null`, `${x}, ${y}`) },
      ],
      merge: ([by, value], [freshBy, fresh]) => {
        const newer = `${by} IS NULL OR ${freshBy} ${compare} ${by}`
        return [`CASE WHEN ${newer} THEN ${freshBy} ELSE ${by} END`, `CASE WHEN ${newer} THEN ${fresh} ELSE ${value} END`]
      },
      finish: ([, value]) => value!,
    }
  }

const delimiterOf = (call: TCall): string => {
  const given = call.args.length > 1 ? literalArgument(call, 1, 'delimiter') : null
  return given === null ? '' : String(given).replaceAll("'", "''")
}

const KEPT: Readonly<Record<string, Kept>> = {
  count: (call, args, agg) => {
    const literal = literalOf(call.args[0])
    if (args.length === 1 && literal !== undefined && literal !== null) return one(counted(agg('count', '*')))
    return one(counted(agg('count', '*', { where: args.map(a => `${a} IS NOT NULL`).join(' AND ') })))
  },
  count_if: (_, [x], agg) => one(counted(agg('count', '*', { where: x! }))),
  sum,
  try_sum: sum,
  avg: average,
  try_avg: average,
  min: kept('min', better('<')),
  max: kept('max', better('>')),
  first: edge('first'),
  last: edge('last'),
  any_value: edge('first'),
  bool_and: kept(
    'bool_and',
    either((a, b) => `(${a} AND ${b})`),
  ),
  bool_or: kept(
    'bool_or',
    either((a, b) => `(${a} OR ${b})`),
  ),
  bit_and: kept(
    'bit_and',
    either((a, b) => `(${a} & ${b})`),
  ),
  bit_or: kept(
    'bit_or',
    either((a, b) => `(${a} | ${b})`),
  ),
  bit_xor: kept(
    'bit_xor',
    either((a, b) => `xor(${a}, ${b})`),
  ),
  product: kept(
    'product',
    either((a, b) => `${a} * ${b}`),
  ),
  collect_list: listed((_, l) => l),
  collect_set: set,
  percentile: percentile('quantile_cont'),
  percentile_approx: percentile('quantile_disc'),
  median: percentile('quantile_cont'),
  percentile_cont: percentile('quantile_cont'),
  percentile_disc: percentile('quantile_disc'),
  mode: listed(modeOf),
  listagg: (call, [x], agg) =>
    one({
      name: 'text',
      type: 'VARCHAR',
      init: agg('string_agg', `${x}, '${delimiterOf(call)}'`),
      merge: either((a, b) => `${a} || '${delimiterOf(call)}' || ${b}`),
    }),
  approx_count_distinct: (call, [x], agg, ctx) =>
    one(
      {
        name: 'cells',
        type: 'INTEGER[]',
        init: `COALESCE(${agg('list', sketchCell(call, x!, ctx), { where: `${x} IS NOT NULL`, distinct: true })}, [])`,
        merge: (a, b) => `list_distinct(list_concat(${a}, ${b}))`,
      },
      c => distinctEstimate(call, c, ctx),
    ),
  stddev: moments(2, (n, [m2]) => `CASE WHEN ${n} > 1 THEN sqrt(${m2} / (${n} - 1)) END`),
  stddev_pop: moments(2, (n, [m2]) => `CASE WHEN ${n} > 0 THEN sqrt(${m2} / ${n}) END`),
  variance: moments(2, (n, [m2]) => `CASE WHEN ${n} > 1 THEN ${m2} / (${n} - 1) END`),
  var_pop: moments(2, (n, [m2]) => `CASE WHEN ${n} > 0 THEN ${m2} / ${n} END`),
  skewness: moments(3, (n, [m2, m3]) => skewnessOf(n, m2!, m3!)),
  kurtosis: moments(4, (n, [m2, , m4]) => kurtosisOf(n, m2!, m4!)),
  corr: comoments((n, ck, x2, y2) => `CASE WHEN ${n} > 1 THEN ${ck} / sqrt(${x2} * ${y2}) END`),
  covar_pop: comoments((n, ck) => `CASE WHEN ${n} > 0 THEN ${ck} / ${n} END`),
  covar_samp: comoments((n, ck) => `CASE WHEN ${n} > 1 THEN ${ck} / (${n} - 1) END`),
  regr_count: comoments(n => `CAST(${n} AS BIGINT)`),
  regr_avgx: comoments((n, _ck, _x2, _y2, meanx) => `CASE WHEN ${n} > 0 THEN ${meanx} END`),
  regr_avgy: comoments((n, _ck, _x2, _y2, _meanx, meany) => `CASE WHEN ${n} > 0 THEN ${meany} END`),
  regr_sxx: comoments((n, _ck, x2) => `CASE WHEN ${n} > 0 THEN ${x2} END`),
  regr_syy: comoments((n, _ck, _x2, y2) => `CASE WHEN ${n} > 0 THEN ${y2} END`),
  regr_sxy: comoments((n, ck) => `CASE WHEN ${n} > 0 THEN ${ck} END`),
  regr_slope: comoments((_n, ck, x2) => `CASE WHEN ${x2} <> 0 THEN ${ck} / ${x2} END`),
  regr_intercept: comoments((_n, ck, x2, _y2, meanx, meany) => `CASE WHEN ${x2} <> 0 THEN ${meany} - ${ck} / ${x2} * ${meanx} END`),
  regr_r2: comoments((_n, ck, x2, y2) => `CASE WHEN ${x2} = 0 THEN NULL WHEN ${y2} = 0 THEN 1 ELSE ${ck} * ${ck} / ${x2} / ${y2} END`),
  max_by: extreme('arg_max', '>'),
  min_by: extreme('arg_min', '<'),
}
