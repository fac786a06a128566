import type { Order, Resolved, TCall, Typed } from './resolved.ts'

type Children = { readonly [K in Typed['node']]: (e: Extract<Typed, { node: K }>) => readonly Typed[] }
const CHILDREN: Children = {
  literal: () => [],
  attribute: () => [],
  lambdaVariable: () => [],
  call: e => (e.filter || e.orderBy ? [...e.args, ...(e.filter ? [e.filter] : []), ...(e.orderBy ?? []).map(o => o.expr)] : e.args),
  cast: e => [e.expr],
  getField: e => [e.child],
  lambda: e => [e.body],
  case: e => [...e.branches.flatMap(b => [b.when, b.then]), ...(e.otherwise ? [e.otherwise] : [])],
  over: e => [e.fn, ...e.partitionBy, ...e.orderBy.map(o => o.expr)],
  userFunction: e => e.args,
}
export const childrenOf = (e: Typed): readonly Typed[] => (CHILDREN[e.node] as (e: Typed) => readonly Typed[])(e)

/** Does `test` hold for the expression or anything inside it? */
export const some = (e: Typed, test: (e: Typed) => boolean): boolean => test(e) || childrenOf(e).some(c => some(c, test))

/** Children that are not the function an over() applies: an aggregate there aggregates nothing. */
export const outsideOver = (e: Typed): readonly Typed[] =>
  e.node === 'over' ? [...e.fn.args, ...e.partitionBy, ...e.orderBy.map(o => o.expr)] : childrenOf(e)

export function collect<T extends Typed>(e: Typed, test: (e: Typed) => e is T): T[] {
  return [...(test(e) ? [e] : []), ...childrenOf(e).flatMap(c => collect(c, test))]
}

/** The ids of all columns an expression reads. */
export function referencesOf(e: Typed, into: Set<number> = new Set()): Set<number> {
  if (e.node === 'attribute') into.add(e.id)
  for (const c of childrenOf(e)) referencesOf(c, into)
  return into
}

type Mappers = { readonly [K in Typed['node']]: (e: Extract<Typed, { node: K }>, f: (e: Typed) => Typed) => Typed }
const mapOrder = (o: Order, f: (e: Typed) => Typed): Order => ({ ...o, expr: f(o.expr) })
const MAPPERS: Mappers = {
  literal: e => e,
  attribute: e => e,
  lambdaVariable: e => e,
  call: (e, f) => ({
    ...e,
    args: e.args.map(f),
    ...(e.filter ? { filter: f(e.filter) } : {}),
    ...(e.orderBy ? { orderBy: e.orderBy.map(o => mapOrder(o, f)) } : {}),
  }),
  cast: (e, f) => ({ ...e, expr: f(e.expr) }),
  getField: (e, f) => ({ ...e, child: f(e.child) }),
  lambda: (e, f) => ({ ...e, body: f(e.body) }),
  case: (e, f) => ({
    ...e,
    branches: e.branches.map(b => ({ when: f(b.when), then: f(b.then) })),
    ...(e.otherwise ? { otherwise: f(e.otherwise) } : {}),
  }),
  over: (e, f) => ({
    ...e,
    fn: MAPPERS.call(e.fn, f) as TCall,
    partitionBy: e.partitionBy.map(f),
    orderBy: e.orderBy.map(o => mapOrder(o, f)),
  }),
  userFunction: (e, f) => ({ ...e, args: e.args.map(f) }),
}
const mapChildren = (e: Typed, f: (e: Typed) => Typed): Typed => (MAPPERS[e.node] as (e: Typed, f: (e: Typed) => Typed) => Typed)(e, f)

/** Replaces from the top: where `replace` answers, its answer stands and is not looked into. */
export function replaceTop(e: Typed, replace: (e: Typed) => Typed | undefined): Typed {
  return replace(e) ?? mapChildren(e, c => replaceTop(c, replace))
}

/** Two expressions with the same key compute the same. */
export const keyOf = (e: Typed): string =>
  JSON.stringify(e, (k, v) => (k === 'name' && typeof v === 'string' ? undefined : typeof v === 'bigint' ? `${v}n` : v))

/** The inputs of a relation, left to right. */
export function inputsOf(node: Resolved): readonly Resolved[] {
  if ('inputs' in node) return node.inputs
  if ('left' in node) return [node.left, node.right]
  return 'input' in node ? [node.input] : []
}

export function withInputs(node: Resolved, inputs: readonly Resolved[]): Resolved {
  if (inputsOf(node).every((n, i) => n === inputs[i])) return node
  if ('inputs' in node) return { ...node, inputs }
  if ('left' in node) return { ...node, left: inputs[0]!, right: inputs[1]! }
  return { ...node, input: inputs[0]! } as Resolved
}

/** Every node, from the sink down, left before right. */
export function* walk(node: Resolved): Generator<Resolved> {
  yield node
  for (const input of inputsOf(node)) yield* walk(input)
}
