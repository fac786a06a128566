import { didYouMean, MillraceError } from '../../errors/index.ts'
import { isParameter, type Node, namesOf, reads, renamed, writes } from './node.ts'
import { inOrder, writersOf } from './order.ts'

/** Which part of a pipeline: all that are given must hold. */
export interface Slice {
  readonly tags?: readonly string[]
  /** These nodes alone. */
  readonly nodes?: readonly string[]
  /** These nodes and all that depend on them. */
  readonly fromNodes?: readonly string[]
  /** These nodes and all that they depend on. */
  readonly toNodes?: readonly string[]
  /** The nodes that read these data sets, and all that depend on them. */
  readonly fromInputs?: readonly string[]
  /** The nodes that write these data sets, and all that they depend on. */
  readonly toOutputs?: readonly string[]
  readonly namespace?: string
}

/** Nodes in the order in which they can run. Pipelines never change. */
export class Pipeline {
  readonly nodes: readonly Node[]
  readonly #writers: ReadonlyMap<string, Node>

  constructor(nodes: readonly Node[]) {
    this.nodes = inOrder(nodes)
    this.#writers = writersOf(nodes)
  }

  /** Every data set that nodes read or write. */
  datasets(): readonly string[] {
    return [...new Set(this.nodes.flatMap(n => [...reads(n), ...writes(n)]))]
  }
  /** What has to be there: read, and written by no node. */
  inputs(): readonly string[] {
    return this.datasets().filter(name => !this.#writers.has(name))
  }
  /** What comes out: written, and read by no node. */
  outputs(): readonly string[] {
    const read = new Set(this.nodes.flatMap(reads))
    return [...this.#writers.keys()].filter(name => !read.has(name))
  }
  parameters(): readonly string[] {
    return [...new Set(this.nodes.flatMap(n => namesOf(n.inputs)))].filter(isParameter)
  }
  writerOf(dataset: string): Node | undefined {
    return this.#writers.get(dataset)
  }
  readersOf(dataset: string): readonly Node[] {
    return this.nodes.filter(n => reads(n).includes(dataset))
  }
  /** The nodes that a node reads from. */
  parents(node: Node): readonly Node[] {
    return [...new Set(reads(node).flatMap(name => this.#writers.get(name) ?? []))]
  }
  /** The nodes and all that depend on them. */
  below(nodes: readonly Node[]): ReadonlySet<Node> {
    const found = new Set(nodes)
    for (const node of this.nodes) if (this.parents(node).some(p => found.has(p))) found.add(node)
    return found
  }
  /** The nodes and all that they depend on. */
  above(nodes: readonly Node[]): ReadonlySet<Node> {
    const found = new Set(nodes)
    for (const node of this.nodes.toReversed()) if (found.has(node)) for (const parent of this.parents(node)) found.add(parent)
    return found
  }

  /** All nodes of both; a node in both stands once. */
  plus(...others: readonly Pipeline[]): Pipeline {
    return new Pipeline([...new Set([this, ...others].flatMap(p => p.nodes))])
  }

  /**
   * A part of the pipeline.
   * @throws PIPELINE_NAME_UNKNOWN, with "did you mean"
   * @example pipe.slice({ fromNodes: ['clean_inventory'], tags: ['daily'] })
   */
  slice({ tags, nodes, fromNodes, toNodes, fromInputs, toOutputs, namespace }: Slice): Pipeline {
    const kept: ReadonlySet<Node>[] = []
    if (tags && tags.length > 0) kept.push(this.#tagged(tags))
    if (nodes && nodes.length > 0) kept.push(new Set(this.#named(nodes)))
    if (fromNodes && fromNodes.length > 0) kept.push(this.below(this.#named(fromNodes)))
    if (toNodes && toNodes.length > 0) kept.push(this.above(this.#named(toNodes)))
    if (fromInputs && fromInputs.length > 0) kept.push(this.below(this.#datasetsOf(fromInputs).flatMap(name => this.readersOf(name))))
    if (toOutputs && toOutputs.length > 0) kept.push(this.above(this.#datasetsOf(toOutputs).flatMap(name => this.writerOf(name) ?? [])))
    if (namespace !== undefined) kept.push(this.#inNamespace(namespace))
    return new Pipeline(this.nodes.filter(node => kept.every(set => set.has(node))))
  }

  #tagged(tags: readonly string[]): ReadonlySet<Node> {
    const known = new Set(this.nodes.flatMap(n => [...n.tags]))
    for (const tag of tags) if (!known.has(tag)) throw unknown('tag', tag, known)
    return new Set(this.nodes.filter(n => tags.some(tag => n.tags.has(tag))))
  }
  #named(names: readonly string[]): readonly Node[] {
    const known = this.nodes.map(n => n.name)
    return names.map(name => this.nodes.find(n => n.name === name) ?? raise(unknown('node', name, known)))
  }
  #datasetsOf(names: readonly string[]): readonly string[] {
    const known = this.datasets()
    for (const name of names) if (!known.includes(name)) throw unknown('data set', name, known)
    return names
  }
  #inNamespace(namespace: string): ReadonlySet<Node> {
    const within = this.nodes.filter(n => n.namespace === namespace || n.namespace?.startsWith(`${namespace}.`))
    if (within.length === 0) throw unknown('namespace', namespace, new Set(this.nodes.flatMap(n => n.namespace ?? [])))
    return new Set(within)
  }
}

const unknown = (what: string, name: string, known: Iterable<string>): MillraceError =>
  new MillraceError('PIPELINE_NAME_UNKNOWN', { what, name, suggestion: didYouMean(name, known) })
function raise(error: MillraceError): never {
  throw error
}

type Mapping = string | readonly string[] | Readonly<Record<string, string>>

export interface PipelineOptions {
  /** Puts the names of nodes and of data sets that are not named below into a namespace: `eu.clean`, `eu.rides`. */
  readonly namespace?: string
  /** Data sets read from outside: names that stay, or old names to new ones. */
  readonly inputs?: Mapping
  readonly outputs?: Mapping
  /** Parameters by other names: `{ 'params:limit': 'params:eu.limit' }`. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly tags?: string | readonly string[]
}

/**
 * A pipeline out of nodes and other pipelines. With options it is a modular one: the same nodes under a namespace, between other data sets.
 *
 * @throws PIPELINE_CYCLE with a drawing of the loop, PIPELINE_DUPLICATE_OUTPUT, PIPELINE_DUPLICATE_NODE
 * @example
 * const cleaning = pipeline([node(clean, { inputs: 'raw', outputs: 'cleaned' })])
 * const both = pipeline([
 *   pipeline([cleaning], { namespace: 'eu', inputs: { raw: 'eu_rides' } }),
 *   pipeline([cleaning], { namespace: 'us', inputs: { raw: 'us_rides' } }),
 * ])
 */
export function pipeline(parts: readonly (Node | Pipeline)[] | Pipeline, options: PipelineOptions = {}): Pipeline {
  const all = parts instanceof Pipeline ? parts.nodes : parts.flatMap(part => (part instanceof Pipeline ? part.nodes : [part]))
  const nodes = [...new Set(all)]
  const { namespace, parameters = {} } = options
  const tags = typeof options.tags === 'string' ? [options.tags] : (options.tags ?? [])
  const kept = { ...mapping(options.inputs), ...mapping(options.outputs) }
  if (namespace === undefined && tags.length === 0 && Object.keys({ ...kept, ...parameters }).length === 0) return new Pipeline(nodes)
  const inner = new Pipeline(nodes)
  const known = inner.datasets()
  for (const name of Object.keys(kept)) if (!known.includes(name)) throw unknown('data set', name, known)
  for (const name of Object.keys(parameters)) if (!inner.parameters().includes(name)) throw unknown('parameter', name, inner.parameters())
  const dataset = (name: string): string => {
    if (isParameter(name)) return parameters[name] ?? name
    return kept[name] ?? (namespace === undefined ? name : `${namespace}.${name}`)
  }
  return new Pipeline(nodes.map(n => renamed(n, { dataset, tags, ...(namespace !== undefined && { namespace }) })))
}

function mapping(of: Mapping | undefined): Readonly<Record<string, string>> {
  if (of === undefined) return {}
  if (typeof of === 'string') return { [of]: of }
  return Array.isArray(of) ? Object.fromEntries(of.map(name => [name, name])) : (of as Readonly<Record<string, string>>)
}
