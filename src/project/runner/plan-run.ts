import type { QueryPreview } from '../../api/index.ts'
import { isMillraceError } from '../../errors/index.ts'
import { isFrame, StreamDataset } from '../catalog/index.ts'
import { reasonOf } from '../hooks/index.ts'
import { argumentsOf, isParameter, type Node, namesOf, outputsOf, reads, writes } from '../pipeline/index.ts'
import type { Tell } from './events.ts'
import { parameterOf } from './parameters.ts'
import { preflight } from './preflight.ts'
import type { RunParts } from './run-parts.ts'
import { checkWritten } from './schema-match.ts'

/** One thing that a run would write, and how. */
export interface PlannedWrite {
  readonly dataset: string
  readonly kind: 'stream' | 'table' | 'document' | 'custom'
  readonly format: string
  /** The nodes that are one query, in order: frames between them travel as plans. */
  readonly nodes: readonly string[]
  /** What the nodes read: data sets and parameters. */
  readonly inputs: readonly string[]
  /** Data sets whose first batch it waits for. */
  readonly after: readonly string[]
  /** Streams. */
  readonly preview?: QueryPreview
  /** Why it cannot be told, or would be refused. */
  readonly problem?: { readonly text: string; readonly refused: boolean }
}
export interface RunPlan {
  readonly pipeline: string
  readonly env: string
  readonly nodes: readonly {
    readonly name: string
    readonly inputs: readonly string[]
    readonly outputs: readonly string[]
    readonly tags: readonly string[]
  }[]
  readonly writes: readonly PlannedWrite[]
  /** What stays in memory and is read by no node. */
  readonly inMemory: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * What a run would do: nodes are called, nothing is started and nothing is written.
 * @throws what a run refuses before anything starts
 */
export async function planRun(parts: RunParts): Promise<RunPlan> {
  const { pipeline, run } = parts
  const warnings: string[] = []
  const tell: Tell = event => void (event.event === 'warning' && warnings.push(event.text))
  await preflight({ ...parts, tell })
  const planner = new Planner(parts)
  for (const node of pipeline.nodes) await planner.node(node)
  return {
    pipeline: run.pipelineName,
    env: run.env,
    nodes: pipeline.nodes.map(n => ({ name: n.name, inputs: namesOf(n.inputs), outputs: namesOf(n.outputs), tags: [...n.tags] })),
    writes: planner.writes,
    inMemory: pipeline.outputs().filter(name => !parts.catalog.has(name)),
    warnings,
  }
}

class Planner {
  readonly writes: PlannedWrite[] = []
  readonly #parts: RunParts
  readonly #values = new Map<string, unknown>()
  /** Data sets about which nothing can be said before the run, and why. */
  readonly #unknown = new Map<string, string>()
  readonly #schemas = new Map<string, any>()

  constructor(parts: RunParts) {
    this.#parts = parts
  }

  async node(node: Node): Promise<void> {
    const missing = reads(node).find(name => this.#unknown.has(name))
    if (missing !== undefined) return this.#lose(node, this.#unknown.get(missing)!, false)
    try {
      const outputs = outputsOf(node, await node.fn(...argumentsOf(node, await this.#inputs(node))))
      for (const [name, value] of outputs) await this.#output(node, name, value)
    } catch (error) {
      const early = await this.#notThere(reads(node))
      if (early !== undefined) this.#lose(node, `"${early}" is not there before ${this.#writer(early)} has run`, false)
      else this.#lose(node, textOf(error), true)
    }
  }

  /** Which of these a node of the run makes, and is not there yet: nothing about it can be refused. */
  async #notThere(names: readonly string[]): Promise<string | undefined> {
    const { catalog, pipeline, data } = this.#parts
    for (const name of names) {
      if (!pipeline.writerOf(name) || !catalog.has(name)) continue
      if ((await (await catalog.dataset(name)).exists(data)) === false) return name
    }
    return undefined
  }

  #writer(name: string): string {
    return this.#parts.pipeline.writerOf(name)?.name ?? ''
  }

  #lose(node: Node, text: string, refused: boolean): void {
    for (const name of writes(node)) {
      this.#unknown.set(name, text)
      if (this.#parts.catalog.has(name))
        this.writes.push({ ...this.#place(node, name), kind: 'stream', format: '', problem: { text, refused } })
    }
  }

  async #inputs(node: Node): Promise<ReadonlyMap<string, unknown>> {
    const { catalog, data, context } = this.#parts
    const loaded = new Map<string, unknown>()
    for (const name of namesOf(node.inputs)) {
      if (isParameter(name)) loaded.set(name, parameterOf(name, context.parameters))
      else if (this.#values.has(name)) loaded.set(name, this.#values.get(name))
      else {
        const schema = this.#schemas.get(name)
        loaded.set(name, await (await catalog.dataset(name)).load(data, schema ? { written: schema } : {}))
      }
    }
    return loaded
  }

  async #output(node: Node, name: string, value: unknown): Promise<void> {
    const { catalog } = this.#parts
    const entry = await catalog.entry(name)
    if (!entry || entry.kind === 'memory') {
      this.#values.set(name, value)
      return
    }
    const schema = isFrame(value) ? await value.schema() : undefined
    if (schema) checkWritten(entry, node.name, schema)
    if (!entry.schema && schema) this.#schemas.set(name, schema)
    const dataset = await catalog.dataset(name)
    const place = this.#place(node, name)
    const about = { ...place, kind: entry.kind, format: entry.format || entry.type } as const
    if (!(dataset instanceof StreamDataset)) this.writes.push(about)
    else this.writes.push({ ...about, ...(await this.#preview(dataset, value, place.after)) })
  }

  async #preview(dataset: StreamDataset, value: unknown, after: readonly string[]): Promise<Pick<PlannedWrite, 'preview' | 'problem'>> {
    try {
      return { preview: await dataset.preview(value) }
    } catch (error) {
      const early = await this.#notThere(after)
      if (early !== undefined) return { problem: { text: `told once "${early}" is there`, refused: false } }
      return { problem: { text: textOf(error), refused: true } }
    }
  }

  /** The nodes up to a write, through memory data sets, and what they read from outside. */
  #place(node: Node, dataset: string): Pick<PlannedWrite, 'dataset' | 'nodes' | 'inputs' | 'after'> {
    const { pipeline, catalog } = this.#parts
    const fused = new Set<Node>([node])
    for (const n of fused)
      for (const name of reads(n)) {
        const writer = catalog.has(name) ? undefined : pipeline.writerOf(name)
        if (writer) fused.add(writer)
      }
    const ordered = pipeline.nodes.filter(n => fused.has(n))
    const inputs = [...new Set(ordered.flatMap(n => namesOf(n.inputs)))].filter(name => isParameter(name) || catalog.has(name))
    return { dataset, nodes: ordered.map(n => n.name), inputs, after: inputs.filter(name => pipeline.writerOf(name)) }
  }
}

const textOf = (error: unknown): string => [reasonOf(error), ...(isMillraceError(error) ? error.details : [])].join(' ')
