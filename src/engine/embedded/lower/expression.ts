import type { Bound, TCase, TGetField, TOver, Typed } from '../../../analyze/resolved.ts'
import { MillraceError } from '../../../errors/index.ts'
import { lowerCast } from './cast.ts'
import type { LowerContext } from './context.ts'
import { LOWERINGS } from './functions/index.ts'
import { lowerOver as overRows } from './functions/window-functions.ts'
import { lowerLiteral } from './literal.ts'
import { lowerOrder } from './order.ts'

type Lowerings = { readonly [N in Typed['node']]: (expr: Extract<Typed, { node: N }>, ctx: LowerContext) => string }

const NODES: Lowerings = {
  literal: expr => lowerLiteral(expr.value, expr.dataType),
  attribute: (expr, ctx) => ctx.column(expr.id),
  call: (expr, ctx) => {
    const lowering = Object.hasOwn(LOWERINGS, expr.fn) ? LOWERINGS[expr.fn] : undefined
    if (!lowering) throw new MillraceError('NOT_SUPPORTED', { what: `the function "${expr.fn}" on the embedded engine` })
    return lowering(expr, expr.args.map(ctx.lower), ctx)
  },
  cast: (expr, ctx) => lowerCast(ctx.lower(expr.expr), expr.expr.dataType, expr.dataType, expr.mode, ctx),
  getField: (expr, ctx) => getField(expr, ctx.lower(expr.child)),
  lambda: (expr, ctx) => `lambda ${expr.params.map(p => ctx.variable(p.id)).join(', ')}: ${ctx.lower(expr.body)}`,
  lambdaVariable: (expr, ctx) => ctx.variable(expr.id),
  case: (expr, ctx) => lowerCase(expr, ctx),
  over: (expr, ctx) => lowerOver(expr, ctx),
  userFunction: (expr, ctx) => `${ctx.host(ctx.userFunction(expr))}(${expr.args.map(ctx.lower).join(', ')})`,
}

/** SQL text for an analysed expression. Its DuckDB type is `duckType(expr.dataType)`, its value what Spark gives. */
export const lowerExpression = (expr: Typed, ctx: LowerContext): string =>
  (NODES[expr.node] as (e: Typed, c: LowerContext) => string)(expr, ctx)

function getField(expr: TGetField, child: string): string {
  return expr.child.dataType.kind === 'array'
    ? `list_transform(${child}, lambda mr_field: struct_extract_at(mr_field, ${expr.ordinal + 1}))`
    : `struct_extract_at(${child}, ${expr.ordinal + 1})`
}

function lowerCase(expr: TCase, ctx: LowerContext): string {
  const branches = expr.branches.map(b => `WHEN ${ctx.lower(b.when)} THEN ${ctx.lower(b.then)}`)
  return `CASE ${branches.join(' ')}${expr.otherwise ? ` ELSE ${ctx.lower(expr.otherwise)}` : ''} END`
}

function lowerOver(expr: TOver, ctx: LowerContext): string {
  const parts = [
    expr.partitionBy.length > 0 && `PARTITION BY ${expr.partitionBy.map(ctx.lower).join(', ')}`,
    expr.orderBy.length > 0 && `ORDER BY ${expr.orderBy.map(o => lowerOrder(o, ctx)).join(', ')}`,
    expr.frame &&
      `${expr.frame.type.toUpperCase()} BETWEEN ${bound(expr.frame.lower, 'PRECEDING', ctx)} AND ${bound(expr.frame.upper, 'FOLLOWING', ctx)}`,
  ]
  return overRows(expr.fn, expr.fn.args.map(ctx.lower), ctx, `OVER (${parts.filter(Boolean).join(' ')})`)
}

function bound(b: Bound, unboundedSide: string, ctx: LowerContext): string {
  if (b.at === 'unbounded') return `UNBOUNDED ${unboundedSide}`
  if (b.at === 'current') return 'CURRENT ROW'
  return `${ctx.lower(b.value)} ${b.preceding ? 'PRECEDING' : 'FOLLOWING'}`
}
