import type { TCall } from '../../../../analyze/resolved.ts'
import type { LowerContext } from '../context.ts'
import { duckType } from '../types.ts'
import { ignoresNulls, lowerAggregate } from './aggregate.ts'

type OverLowering = (call: TCall, args: readonly string[], over: string) => string

const numbered =
  (duck: string): OverLowering =>
  (call, args, over) =>
    `CAST(${duck}(${args.join(', ')}) ${over} AS ${duckType(call.dataType)})`
const shifted =
  (duck: 'lag' | 'lead'): OverLowering =>
  (call, [x, offset, otherwise], over) =>
    `${duck}(${x}, ${offset ?? '1'}, ${otherwise ?? 'NULL'}${call.ignoreNulls ? ' IGNORE NULLS' : ''}) ${over}`

const PLACES: Readonly<Record<string, OverLowering>> = {
  row_number: numbered('row_number'),
  rank: numbered('rank'),
  dense_rank: numbered('dense_rank'),
  ntile: numbered('ntile'),
  percent_rank: (_, __, over) => `percent_rank() ${over}`,
  cume_dist: (_, __, over) => `cume_dist() ${over}`,
  lag: shifted('lag'),
  lead: shifted('lead'),
  nth_value: (call, [x, n], over) =>
    `nth_value(${x}, ${n}${ignoresNulls({ ...call, args: call.args.slice(2) }) ? ' IGNORE NULLS' : ''}) ${over}`,
  first: (call, [x], over) => `first_value(${x}${ignoresNulls({ ...call, args: call.args.slice(1) }) ? ' IGNORE NULLS' : ''}) ${over}`,
  any_value: (call, [x], over) => `first_value(${x}${ignoresNulls({ ...call, args: call.args.slice(1) }) ? ' IGNORE NULLS' : ''}) ${over}`,
  last: (call, [x], over) => `last_value(${x}${ignoresNulls({ ...call, args: call.args.slice(1) }) ? ' IGNORE NULLS' : ''}) ${over}`,
}

/** SQL of a function as a window function; `over` is a rendered `OVER (…)`. Aggregates are lowered with it inside. */
export function lowerOver(call: TCall, args: readonly string[], ctx: LowerContext, over: string): string {
  const place = Object.hasOwn(PLACES, call.fn) ? PLACES[call.fn] : undefined
  if (!place || call.filter) return lowerAggregate(call, args, ctx, over)
  return place(call, args, over)
}
