import type { TCall, TLambda, Typed } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { type FunctionLowering, fail, type LowerContext } from '../context.ts'
import { once, onceEach } from '../once.ts'
import { duckType } from '../types.ts'
import { literalOf } from './literal-argument.ts'

function lambdaOf(call: TCall, i: number): TLambda {
  const lambda = call.args[i]
  if (lambda?.node !== 'lambda') throw new MillraceError('INTERNAL', { what: `argument ${i + 1} of ${call.fn}() is no lambda` })
  return lambda
}

/** The body with its parameters bound to SQL values; each is worked out once. Parameters the lambda leaves out are not bound. */
function apply(lambda: TLambda, values: readonly string[], ctx: LowerContext): string {
  const bind = (i: number): string =>
    i === lambda.params.length
      ? ctx.lower(lambda.body)
      : `list_extract(list_transform([${values[i]}], lambda ${ctx.variable(lambda.params[i]!.id)}: ${bind(i + 1)}), 1)`
  return bind(0)
}
/** `lambda x: body`, also for a body that wants the index from 0. */
function overElements(lambda: TLambda, ctx: LowerContext): string {
  const [x, index] = lambda.params.map(p => ctx.variable(p.id))
  if (index === undefined) return `lambda ${x ?? 'mr_unused'}: ${ctx.lower(lambda.body)}`
  return `lambda ${x}, mr_${index}: list_extract(list_transform([CAST(mr_${index} - 1 AS INTEGER)], lambda ${index}: ${ctx.lower(lambda.body)}), 1)`
}
/** The arguments besides lambdas, lowered. */
const asList = (call: TCall, sql: string): string => `CAST(${sql} AS ${duckType(call.dataType)})`

const exists: FunctionLowering = (call, [a], ctx) =>
  once(
    `list_transform(${a}, ${overElements(lambdaOf(call, 1), ctx)})`,
    r => `CASE WHEN list_contains(${r}, TRUE) THEN TRUE WHEN len(${r}) > list_count(${r}) THEN NULL WHEN ${r} IS NOT NULL THEN FALSE END`,
  )
const forall: FunctionLowering = (call, [a], ctx) =>
  once(
    `list_transform(${a}, ${overElements(lambdaOf(call, 1), ctx)})`,
    r => `CASE WHEN list_contains(${r}, FALSE) THEN FALSE WHEN len(${r}) > list_count(${r}) THEN NULL WHEN ${r} IS NOT NULL THEN TRUE END`,
  )

const fold: FunctionLowering = (call, [a, zero], ctx) => {
  const merge = lambdaOf(call, 2)
  const [state, element] = merge.params.map(p => ctx.variable(p.id))
  const type = duckType(merge.dataType)
  const folded = `list_reduce(${a}, lambda ${state}, ${element}: CAST(${ctx.lower(merge.body)} AS ${type}), CAST(${zero} AS ${type}))`
  return call.args.length > 3 ? once(folded, f => `CASE WHEN ${a} IS NOT NULL THEN ${apply(lambdaOf(call, 3), [f], ctx)} END`) : folded
}

/** The branches of a comparison, through CASE in CASE and IF in IF: `[condition, answer]…`, and what is left. */
function branchesOf(expr: Typed): readonly (readonly [Typed | undefined, unknown])[] {
  if (expr.node === 'case') {
    const here = expr.branches.map(b => [b.when, literalOf(b.then)] as const)
    return expr.otherwise ? [...here, ...branchesOf(expr.otherwise)] : here
  }
  if (expr.node === 'call' && expr.fn === 'if') return [[expr.args[0], literalOf(expr.args[1])], ...branchesOf(expr.args[2]!)]
  return [[undefined, literalOf(expr)]]
}
/** Is it the comparison Spark fills in where none is given (ascending, nulls last)? */
function isNaturalOrder(lambda: TLambda): boolean {
  const branches = branchesOf(lambda.body)
  const answers = branches.map(([, answer]) => Number(answer)).join()
  const second = branches[3]?.[0]
  return (
    answers === '0,1,-1,-1,1,0' &&
    second?.node === 'call' &&
    second.fn === '<' &&
    second.args[0]?.node === 'lambdaVariable' &&
    second.args[0].id === lambda.params[0]?.id
  )
}
const arraySort: FunctionLowering = (call, [a], ctx) => {
  if (call.args.length < 2 || isNaturalOrder(lambdaOf(call, 1))) return `list_sort(${a}, 'ASC', 'NULLS LAST')`
  // Each element goes in behind those it is not smaller than: stable, and right for any comparison.
  const comparison = apply(lambdaOf(call, 1), ['mr_y', 'mr_one[1]'], ctx)
  const place = `len(list_filter(mr_sorted, lambda mr_y: COALESCE(${comparison}, ${fail('COMPARATOR_RETURNS_NULL', {})}) <= 0))`
  const sorted = `list_reduce(list_transform(${a}, lambda mr_x: [mr_x]), lambda mr_sorted, mr_one: list_transform([${place}], lambda mr_n: list_concat(mr_sorted[:mr_n], mr_one, mr_sorted[mr_n + 1:]))[1])`
  return `CASE WHEN len(${a}) > 1 THEN ${sorted} ELSE ${a} END`
}

const zipWith: FunctionLowering = (call, [a, b], ctx) =>
  onceEach([a!, b!], (x, y) => {
    const rows = `range(1, greatest(len(${x}), len(${y})) + 1)`
    const zipped = `list_transform(${rows}, lambda mr_z: ${apply(lambdaOf(call, 2), [`${x}[mr_z]`, `${y}[mr_z]`], ctx)})`
    return `CASE WHEN ${x} IS NOT NULL AND ${y} IS NOT NULL THEN ${zipped} END`
  })

const entries = (m: string, write: (e: string) => string): string => `list_transform(map_entries(${m}), lambda mr_e: ${write('mr_e')})`
const fromEntries = (call: TCall, list: string): string => asList(call, `map_from_entries(${list})`)

const mapZipWith: FunctionLowering = (call, [a, b], ctx) =>
  onceEach([a!, b!], (x, y) => {
    const keys = `list_concat(map_keys(${x}), list_filter(map_keys(${y}), lambda mr_k: NOT map_contains(${x}, mr_k)))`
    const value = apply(lambdaOf(call, 2), ['mr_k', `map_extract_value(${x}, mr_k)`, `map_extract_value(${y}, mr_k)`], ctx)
    return `CASE WHEN ${x} IS NOT NULL AND ${y} IS NOT NULL THEN ${fromEntries(call, `list_transform(${keys}, lambda mr_k: struct_pack(k := mr_k, v := ${value}))`)} END`
  })

export const lambda: Readonly<Record<string, FunctionLowering>> = {
  aggregate: fold,
  array_sort: arraySort,
  exists,
  forall,
  filter: (call, [a], ctx) => `list_filter(${a}, ${overElements(lambdaOf(call, 1), ctx)})`,
  transform: (call, [a], ctx) => `list_transform(${a}, ${overElements(lambdaOf(call, 1), ctx)})`,
  zip_with: zipWith,
  map_filter: (call, [m], ctx) =>
    fromEntries(call, `list_filter(map_entries(${m}), lambda mr_e: ${apply(lambdaOf(call, 1), ['mr_e.key', 'mr_e.value'], ctx)})`),
  map_zip_with: mapZipWith,
  transform_keys: (call, [m], ctx) =>
    fromEntries(
      call,
      entries(m!, e => `struct_pack(k := ${apply(lambdaOf(call, 1), [`${e}.key`, `${e}.value`], ctx)}, v := ${e}.value)`),
    ),
  transform_values: (call, [m], ctx) =>
    fromEntries(
      call,
      entries(m!, e => `struct_pack(k := ${e}.key, v := ${apply(lambdaOf(call, 1), [`${e}.key`, `${e}.value`], ctx)})`),
    ),
}
