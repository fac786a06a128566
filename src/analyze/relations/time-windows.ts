import { MillraceError } from '../../errors/index.ts'
import { booleanType } from '../../types/index.ts'
import { constantOf } from '../expressions/literal.ts'
import { isWindowCall } from '../expressions/time-window.ts'
import { attribute, reference } from '../ids.ts'
import { filter, pass, project } from '../nodes.ts'
import type { Attribute, Resolved, TCall, Typed } from '../resolved.ts'
import { collect, keyOf, replaceTop } from '../tree.ts'
import { type Item, sourceColumn } from './items.ts'

/** Makes a column of the time window that stands in the items: one window a step, as in Spark. */
export function withTimeWindow(
  input: Resolved,
  lists: readonly (readonly Item[])[],
): { plan: Resolved; lists: readonly (readonly Item[])[] } {
  const calls = new Map<string, TCall>()
  for (const i of lists.flat()) for (const c of collect(i.expr, isWindowCall)) calls.set(keyOf(c), c)
  if (calls.size === 0) return { plan: input, lists }
  if (calls.size > 1) throw new MillraceError('MULTIPLE_TIME_WINDOWS', {})
  const [[key, call]] = [...calls] as [[string, TCall]]
  const column = windowColumn(call, input)
  const swap = (e: Typed): Typed => replaceTop(e, x => (isWindowCall(x) && keyOf(x) === key ? reference(column) : undefined))
  const item = (i: Item): Item => {
    const expr = swap(i.expr)
    return { ...i, expr, ...(expr.node === 'attribute' && expr.id === column.id ? { from: column } : {}) }
  }
  return {
    plan: call.fn === 'window' ? windowNode(input, call, column) : sessionNode(input, call, column),
    lists: lists.map(l => l.map(item)),
  }
}

function windowColumn(call: TCall, input: Resolved): Attribute {
  const from = sourceColumn(call.args[0]!, { columns: input.output, extra: [] })
  return attribute({
    name: call.fn,
    dataType: call.dataType,
    nullable: false,
    timeWindow: call.fn === 'window' ? 'window' : 'session',
    ...(from?.watermarkDelayMs === undefined ? {} : { watermarkDelayMs: from.watermarkDelayMs }),
  })
}

/** Rows without a time belong to no window. The filter stands for itself, so that it moves down as in Spark. */
const isKnown = (time: Typed): TCall => ({ node: 'call', fn: 'isnotnull', args: [time], dataType: booleanType, nullable: false })

function windowNode(input: Resolved, call: TCall, window: Attribute): Resolved {
  const [time, ...lengths] = call.args
  const [duration, slide, start] = lengths.map(l => constantOf(l) as bigint) as [bigint, bigint, bigint]
  return {
    node: 'window',
    input: filter(input, isKnown(time!)),
    time: time!,
    window,
    duration,
    slide,
    start,
    output: [...input.output, window],
    streaming: input.streaming,
  }
}

/** Rows without a time belong to no session; the struct is `[time, time + gap)` until sessions merge. */
function sessionNode(input: Resolved, call: TCall, session: Attribute): Resolved {
  return project(filter(input, isKnown(call.args[0]!)), [...input.output.map(pass), { attribute: session, expr: call }])
}
