import { attribute, reference } from './ids.ts'
import type { Attribute, Named, RAggregate, Resolved, RProject, Typed } from './resolved.ts'

/** Makers of resolved nodes: each knows what its node puts out. */
export const project = (input: Resolved, columns: readonly Named[]): RProject => ({
  node: 'project',
  input,
  columns,
  output: columns.map(c => c.attribute),
  streaming: input.streaming,
})
export const filter = (input: Resolved, condition: Typed): Resolved => ({
  node: 'filter',
  input,
  condition,
  output: input.output,
  streaming: input.streaming,
})
/** A column that passes unchanged. */
export const pass = (a: Attribute): Named => ({ attribute: a, expr: reference(a) })

/** Only these columns, in this order; nothing to do where they are what the input puts out. */
export function only(input: Resolved, columns: readonly Attribute[]): Resolved {
  const same = columns.length === input.output.length && columns.every((c, i) => c === input.output[i])
  return same ? input : project(input, columns.map(pass))
}

/** A column for a computed value. A bare column under the same name stays itself; under another name it keeps its event-time mark. */
export function named(name: string, expr: Typed, from?: Attribute): Named {
  if (from && expr.node === 'attribute' && from.name === name) return pass(from)
  const mark = from
    ? {
        ...(from.watermarkDelayMs === undefined ? {} : { watermarkDelayMs: from.watermarkDelayMs }),
        ...(from.timeWindow ? { timeWindow: from.timeWindow } : {}),
      }
    : {}
  return { attribute: attribute({ name, dataType: expr.dataType, nullable: expr.nullable, ...mark }), expr }
}

/** One node's output never names an id twice: the second `a` of `select('a', 'a')` becomes a column of its own. */
export function distinctIds(columns: readonly Named[]): readonly Named[] {
  const seen = new Set<number>()
  return columns.map(c => {
    if (!seen.has(c.attribute.id)) {
      seen.add(c.attribute.id)
      return c
    }
    const { id: _, ...rest } = c.attribute
    return { ...c, attribute: attribute(rest) }
  })
}

export function aggregate(input: Resolved, keys: readonly Attribute[], aggregates: RAggregate['aggregates']): RAggregate {
  const eventTimeKey = keys.find(k => k.watermarkDelayMs !== undefined)?.id
  const session = keys.find(k => k.timeWindow === 'session')?.id
  return {
    node: 'aggregate',
    input,
    keys,
    aggregates,
    output: [...keys, ...aggregates.map(a => a.attribute)],
    streaming: input.streaming,
    ...(eventTimeKey === undefined ? {} : { eventTimeKey }),
    ...(session === undefined ? {} : { sessionWindow: session }),
  }
}
