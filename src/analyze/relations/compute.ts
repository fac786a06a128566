import { MillraceError } from '../../errors/index.ts'
import { isGenerator, isWindowFunction } from '../expressions/over.ts'
import { attribute, reference } from '../ids.ts'
import { distinctIds, project } from '../nodes.ts'
import type { Attribute, Resolved, TCall, TOver, Typed } from '../resolved.ts'
import { collect, keyOf, outsideOver, replaceTop, some } from '../tree.ts'
import { type Item, nameItem, singleName } from './items.ts'

/** Items without aggregates and windows of time become a project over what they need. */
export function compute(input: Resolved, items: readonly Item[]): Resolved {
  const generated = withGenerators(input, items)
  const over = withOver(generated.plan, generated.items)
  return project(over.plan, distinctIds(over.items.map(singleName).map(nameItem)))
}

/** Each generator makes rows of the rows that the one before it made: two arrays give every pair. */
function withGenerators(input: Resolved, items: readonly Item[]): { plan: Resolved; items: readonly Item[] } {
  const item = items.find(i => some(i.expr, isGenerator))
  if (item === undefined) return { plan: input, items }
  if (!isGenerator(item.expr)) throw new MillraceError('UNSUPPORTED_GENERATOR', { sub: 'NESTED_IN_EXPRESSIONS', expression: item.name })
  const { plan, columns } = generate(input, item.expr, item)
  return withGenerators(
    plan,
    items.flatMap(i => (i === item ? columns.map(c => ({ name: c.name, expr: reference(c), from: c })) : [i])),
  )
}

function generate(input: Resolved, call: TCall, item: Item): { plan: Resolved; columns: readonly Attribute[] } {
  const outer = call.fn.endsWith('_outer')
  const fields = call.dataType.kind === 'struct' ? call.dataType.fields : []
  const names = item.names
  if (names && names.length !== fields.length)
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', { names: names.length, columns: fields.length })
  const columns = fields.map((f, i) => attribute({ name: names?.[i] ?? f.name, dataType: f.dataType, nullable: outer || f.nullable }))
  const plan: Resolved = {
    node: 'generate',
    input,
    generator: call,
    outer,
    generated: columns,
    output: [...input.output, ...columns],
    streaming: input.streaming,
  }
  return { plan, columns }
}

function withOver(input: Resolved, items: readonly Item[]): { plan: Resolved; items: readonly Item[] } {
  const calls = new Map<string, TOver>()
  for (const i of items) for (const o of collect(i.expr, (e): e is TOver => e.node === 'over')) calls.set(keyOf(o), o)
  const lone = items.map(i => loneWindowFunction(i.expr)).find(f => f !== undefined)
  if (lone) throw new MillraceError('WINDOW_FUNCTION_WITHOUT_OVER', { name: lone.fn })
  if (calls.size === 0) return { plan: input, items }
  const columns = new Map(
    [...calls].map(([key, over]) => [
      key,
      { over, attribute: attribute({ name: '_over', dataType: over.dataType, nullable: over.nullable }) },
    ]),
  )
  const plan: Resolved = {
    node: 'over',
    input,
    columns: [...columns.values()],
    output: [...input.output, ...[...columns.values()].map(c => c.attribute)],
    streaming: input.streaming,
  }
  const swap = (e: Typed): Typed | undefined => (e.node === 'over' ? reference(columns.get(keyOf(e))!.attribute) : undefined)
  return { plan, items: items.map(i => ({ ...i, expr: replaceTop(i.expr, swap) })) }
}

const loneWindowFunction = (e: Typed): TCall | undefined => {
  if (isWindowFunction(e)) return e
  for (const c of outsideOver(e)) {
    const found = loneWindowFunction(c)
    if (found) return found
  }
  return undefined
}
