import { MillraceError } from '../../errors/index.ts'
import type { DatasetName, Loaded } from './catalog-types.ts'
import { type RestartOptions, type RestartPolicy, restartPolicy } from './restart.ts'

/** Names of data sets: one, a list (arguments in turn), or a mapping (one object argument). */
export type Names = DatasetName | readonly DatasetName[] | { readonly [key: string]: DatasetName } | null | undefined

/** The arguments of a node's function. */
export type Arguments<I> = I extends string
  ? [Loaded<I>]
  : I extends readonly string[]
    ? { -readonly [K in keyof I]: Loaded<I[K] & string> }
    : I extends { readonly [key: string]: string }
      ? [{ readonly [K in keyof I]: Loaded<I[K] & string> }]
      : []

export interface NodeOptions<I extends Names = Names> {
  readonly inputs?: I
  readonly outputs?: Names
  /** The function's name otherwise. */
  readonly name?: string
  readonly tags?: string | readonly string[]
  readonly namespace?: string
  /** What becomes of it when its stream fails; never otherwise. */
  readonly restart?: RestartOptions
}

/** One step of a pipeline: a function between named data sets. Plain data; it knows names only. */
export interface Node {
  readonly name: string
  readonly fn: (...args: any[]) => unknown
  readonly inputs: Names
  readonly outputs: Names
  readonly tags: ReadonlySet<string>
  readonly namespace: string | undefined
  readonly restart: RestartPolicy
}

/**
 * A node of a pipeline. The function gets what its inputs name (frames, parameters, anything a memory data set holds) and gives what its outputs name;
 * it may be asynchronous. With a list of inputs it gets one argument each, with a mapping one object; outputs likewise.
 *
 * @throws NODE_INVALID
 * @example
 * node(raw => raw.where('quantity > 0'), { inputs: 'raw_json', outputs: 'int.new_inventory', name: 'clean_inventory' })
 * node((rides, stations) => rides.join(stations, 'STATION'), { inputs: ['rides', 'stations'], outputs: 'joined', tags: 'enrich' })
 */
export function node<const I extends Names = undefined>(fn: (...args: Arguments<I>) => unknown, options: NodeOptions<I>): Node {
  const name =
    options.name ?? (typeof fn === 'function' && fn.name !== '' ? fn.name : namesOf(options.outputs ?? null).join('+') || '(no name)')
  const refuse = (why: string, instead: string): never => {
    throw new MillraceError('NODE_INVALID', { node: name, why, instead })
  }
  if (typeof fn !== 'function') return refuse('has no function', 'Write node(fn, { inputs, outputs }).')
  const unknown = Object.keys(options).find(key => !KNOWN.includes(key))
  if (unknown !== undefined) return refuse(`takes no "${unknown}"`, `Options are ${KNOWN.join(', ')}.`)
  if (/[\s,]/.test(name)) return refuse('has a blank or a comma in its name', 'Use letters, digits, dots, "_" and "-".')
  const [inputs, outputs] = [namesOf(options.inputs), namesOf(options.outputs)]
  if (inputs.length === 0 && outputs.length === 0) return refuse('has neither inputs nor outputs', 'Name at least one data set.')
  const parameter = outputs.find(isParameter)
  if (parameter !== undefined) return refuse(`writes "${parameter}"`, 'Parameters are read only: write a data set.')
  const twice = outputs.find((o, i) => outputs.indexOf(o) !== i)
  if (twice !== undefined) return refuse(`writes "${twice}" twice`, 'Give its outputs different names.')
  const tags = typeof options.tags === 'string' ? [options.tags] : (options.tags ?? [])
  return Object.freeze({
    name: options.namespace ? `${options.namespace}.${name}` : name,
    fn: fn as Node['fn'],
    inputs: options.inputs ?? null,
    outputs: options.outputs ?? null,
    tags: new Set(tags),
    namespace: options.namespace,
    restart: restartPolicy(name, options.restart),
  })
}
const KNOWN = ['inputs', 'outputs', 'name', 'tags', 'namespace', 'restart']

/** The names in the order of arguments. */
export function namesOf(names: Names): readonly string[] {
  if (names === null || names === undefined) return []
  return typeof names === 'string' ? [names] : Object.values(names)
}

/** `params:a.b` and `parameters`: not data sets, but parts of parameters.yml. */
export const isParameter = (name: string): boolean => name === 'parameters' || name.startsWith('params:')

/** The data sets a node reads, each once; without parameters. */
export const reads = (n: Node): readonly string[] => [...new Set(namesOf(n.inputs))].filter(name => !isParameter(name))
/** The data sets a node writes. */
export const writes = (n: Node): readonly string[] => namesOf(n.outputs)

/** The function's arguments out of what was loaded. */
export function argumentsOf({ inputs }: Node, loaded: ReadonlyMap<string, unknown>): readonly unknown[] {
  if (inputs === null || inputs === undefined) return []
  if (typeof inputs === 'string') return [loaded.get(inputs)]
  if (Array.isArray(inputs)) return inputs.map(name => loaded.get(name))
  return [Object.fromEntries(Object.entries(inputs as Record<string, string>).map(([key, name]) => [key, loaded.get(name)]))]
}

/** What the function gave, by name. @throws NODE_INVALID where it does not fit the outputs */
export function outputsOf({ name, outputs }: Node, result: unknown): ReadonlyMap<string, unknown> {
  const refuse = (why: string, instead: string): never => {
    throw new MillraceError('NODE_INVALID', { node: name, why, instead })
  }
  if (outputs === null || outputs === undefined) return new Map()
  if (typeof outputs === 'string') {
    if (result === undefined) return refuse(`gave nothing for "${outputs}"`, 'Return what is to be written.')
    return new Map([[outputs, result]])
  }
  if (Array.isArray(outputs)) {
    if (!Array.isArray(result) || result.length !== outputs.length)
      return refuse(`did not give a list of ${outputs.length}`, `Return [${outputs.join(', ')}].`)
    return new Map(outputs.map((output, i) => [output, result[i]]))
  }
  const entries = Object.entries(outputs as Record<string, string>)
  const given = typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {}
  const missing = entries.find(([key]) => given[key] === undefined)
  if (missing) return refuse(`gave nothing under "${missing[0]}"`, `Return { ${entries.map(([key]) => key).join(', ')} }.`)
  return new Map(entries.map(([key, output]) => [output, given[key]]))
}

/** The same node with other names. */
export function renamed(
  n: Node,
  change: { readonly dataset: (name: string) => string; readonly namespace?: string; readonly tags?: readonly string[] },
): Node {
  const names = (of: Names): Names => {
    if (of === null || of === undefined) return of
    if (typeof of === 'string') return change.dataset(of)
    if (Array.isArray(of)) return of.map(change.dataset)
    return Object.fromEntries(Object.entries(of as Record<string, string>).map(([key, name]) => [key, change.dataset(name)]))
  }
  const prefix = change.namespace ? `${change.namespace}.` : ''
  return Object.freeze({
    ...n,
    name: prefix + n.name,
    inputs: names(n.inputs),
    outputs: names(n.outputs),
    namespace: [change.namespace, n.namespace].filter(Boolean).join('.') || undefined,
    tags: new Set([...n.tags, ...(change.tags ?? [])]),
  })
}
