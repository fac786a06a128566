import type { StreamingQuery } from '../../api/index.ts'
import { MillraceError } from '../../errors/index.ts'
import { isLocal } from '../catalog/index.ts'
import { reasonOf } from '../hooks/index.ts'
import { type Node, reads, writes } from '../pipeline/index.ts'
import type { NodeState } from './events.ts'
import { callNode, loadInputs, saveOutput, type Written } from './node-run.ts'
import { preflight } from './preflight.ts'
import { ofRun, type RunParts } from './run-parts.ts'
import { StreamWatch } from './stream-watch.ts'

export interface RunResult {
  readonly state: 'succeeded' | 'failed' | 'stopped'
  /** Nodes that failed for good. */
  readonly failed: readonly string[]
  /** What the nodes of the run wrote into memory and no other node of the run reads. */
  readonly outputs: Readonly<Record<string, unknown>>
}

/** How long a hook may take after the last stream before it is told. */
const PATIENCE_MS = 2000

/** Runs a pipeline to its end: the end of its streams, where it has any. @throws what is refused before anything starts */
export async function runPipeline(parts: RunParts): Promise<RunResult> {
  const { tell, run, pipeline, hooks } = parts
  await preflight(parts)
  tell({ event: 'run-started', runId: run.runId, pipeline: run.pipelineName, env: run.env, nodes: pipeline.nodes.map(n => n.name) })
  try {
    await hooks.call('beforePipelineRun', ofRun(parts))
    const result = await new PipelineRun(parts).go()
    tell({ event: 'run-ended', runId: run.runId, state: result.state, failed: result.failed })
    return result
  } catch (error) {
    tell({ event: 'run-ended', runId: run.runId, state: 'failed', failed: [] })
    throw error
  }
}

class PipelineRun {
  readonly #parts: RunParts
  /** Data sets that can be read, and those that will never be. */
  readonly #ready = new Set<string>()
  readonly #lost = new Set<string>()
  readonly #schemas = new Map<string, NonNullable<Written['schema']>>()
  readonly #watches = new Map<StreamWatch, Promise<void>>()
  readonly #known = new Set<string>()
  readonly #outputs = new Map<string, unknown>()
  #errors: { readonly node: string; readonly error: unknown }[] = []
  #counted = 0
  #wake: () => void = () => undefined
  /** Hooks about streams, one after the other. */
  #telling: Promise<unknown> = Promise.resolve()

  constructor(parts: RunParts) {
    this.#parts = parts
    for (const name of parts.pipeline.inputs()) this.#ready.add(name)
  }

  async go(): Promise<RunResult> {
    const { signal, hooks, tell } = this.#parts
    const onAbort = (): void => this.#wake()
    const deafen = this.#parts.onStop?.(query => void this.#stopOne(query))
    signal.addEventListener('abort', onAbort)
    try {
      await this.#startAll()
      if (signal.aborted) await this.#stopAll()
      else {
        const stop = (): void => void this.#stopAll()
        signal.addEventListener('abort', stop, { once: true })
        if (this.#watches.size > 0) tell({ event: 'all-started', streams: this.#watches.size })
        const after = this.#afterwards()
        await this.#streamsEnd()
        await this.#patiently(after)
        signal.removeEventListener('abort', stop)
      }
      await this.#streamsEnd()
      await this.#telling
      const failed = [...new Set(this.#errors.map(e => e.node))]
      if (this.#watches.size > 0) await hooks.call('afterStreamsEnded', { ...ofRun(this.#parts), failed })
      return {
        state: failed.length > 0 ? 'failed' : signal.aborted ? 'stopped' : 'succeeded',
        failed,
        outputs: Object.fromEntries(this.#outputs),
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      await deafen?.()
    }
  }

  /** Everything is done or started, or something has failed. */
  async #afterwards(): Promise<void> {
    const [first] = this.#errors
    if (first) await this.#parts.hooks.call('onPipelineError', { ...ofRun(this.#parts), error: first.error })
    else await this.#parts.hooks.call('afterPipelineRun', ofRun(this.#parts))
  }

  /** Waits for hooks to end; says so where they take long: `awaitAnyTermination` without a stream never does. */
  async #patiently(hooks: Promise<void>): Promise<void> {
    const { signal, platform, tell } = this.#parts
    const over = new AbortController()
    const text = 'a hook of afterPipelineRun has not ended though no stream runs; Ctrl-C ends the run'
    void platform.clock.sleep(PATIENCE_MS, over.signal).then(
      () => tell({ event: 'warning', text }),
      () => undefined,
    )
    await Promise.race([hooks, aborted(signal)])
    over.abort()
  }

  async #streamsEnd(): Promise<void> {
    // A stream that ends may let further nodes go on, but all have been started by now.
    await Promise.all(this.#watches.values())
  }
  async #stopOne(query: string): Promise<void> {
    await Promise.all([...this.#watches.keys()].filter(w => w.query === query).map(w => w.stop('millrace query stop')))
  }
  async #stopAll(): Promise<void> {
    await Promise.all([...this.#watches.keys()].map(w => w.stop('the run was stopped')))
  }

  /** Runs the nodes in turn, each as soon as what it reads is there. */
  async #startAll(): Promise<void> {
    const { pipeline, signal, tell } = this.#parts
    const waiting = new Set(pipeline.nodes)
    const told = new Set<Node>()
    while (waiting.size > 0 && !signal.aborted) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve
      })
      for (const node of waiting) if (reads(node).some(name => this.#lost.has(name))) this.#skip(node, waiting)
      const next = [...waiting].find(node => reads(node).every(name => this.#ready.has(name)))
      if (next) {
        waiting.delete(next)
        await this.#runNode(next)
        continue
      }
      for (const node of waiting) {
        const missing = reads(node).filter(name => !this.#ready.has(name))
        if (!told.has(node)) tell({ event: 'waiting', node: node.name, for: missing })
        told.add(node)
      }
      if (waiting.size > 0 && !signal.aborted) await woken
    }
  }

  #skip(node: Node, waiting: Set<Node>): void {
    const lost = reads(node).filter(name => this.#lost.has(name))
    waiting.delete(node)
    for (const name of writes(node)) this.#lost.add(name)
    this.#is(node, 'skipped', `"${lost.join('", "')}" will not come`)
  }

  #is(node: Node, state: NodeState, reason?: string): void {
    const { tell, pipeline } = this.#parts
    this.#counted += 1
    tell({ event: 'node', node: node.name, state, number: this.#counted, of: pipeline.nodes.length, ...(reason && { reason }) })
  }

  async #runNode(node: Node): Promise<void> {
    const { hooks, context, run, catalog, tell } = this.#parts
    const before = this.#active()
    try {
      const loaded = await loadInputs(node, this.#schemas, this.#parts)
      const outputs = await callNode(node, loaded, this.#parts)
      const own = this.#active().filter(q => !before.includes(q) && !this.#known.has(q.runId))
      for (const query of own) this.#watch(node, query.name ?? query.id, query, undefined)
      let streams = own.length
      let kept = 0
      for (const [name, value] of outputs) {
        const written = await saveOutput(node, name, value, this.#parts)
        if (written.query) streams += 1
        else if (written.entry) kept += 1
        else if (this.#parts.pipeline.readersOf(name).length === 0) this.#outputs.set(name, value)
        this.#written(node, written)
      }
      this.#is(node, streams > 0 ? 'started' : kept > 0 || outputs.size === 0 ? 'done' : 'planned')
    } catch (cause) {
      const error =
        cause instanceof MillraceError ? cause : new MillraceError('NODE_FAILED', { node: node.name, reason: reasonOf(cause) }, { cause })
      this.#errors.push({ node: node.name, error })
      tell({ event: 'error', error, node: node.name })
      for (const name of writes(node)) if (!this.#ready.has(name)) this.#lost.add(name)
      this.#is(node, 'failed', reasonOf(error))
      await hooks.call('onNodeError', { context, run, node, catalog, error })
    }
  }

  #active(): readonly StreamingQuery[] {
    return this.#parts.opened()?.streams.active ?? []
  }

  #written(node: Node, { dataset, entry, schema, query, restart, committed }: Written): void {
    if (!entry?.schema && schema) this.#schemas.set(dataset, schema)
    if (!query) {
      this.#ready.add(dataset)
      return
    }
    // The sink is open, so its directory is there and read through its log: with declared columns nothing is missing.
    const open = entry?.schema !== undefined && entry.path !== undefined && isLocal(entry.path)
    if (committed || open) this.#ready.add(dataset)
    this.#watch(node, dataset, query, restart)
  }

  #watch(node: Node, name: string, first: StreamingQuery, restart: Written['restart']): void {
    const { tell, platform, context, run, hooks } = this.#parts
    const datasetName = writes(node).includes(name) ? name : undefined
    const hear = (call: () => Promise<unknown>): void => {
      this.#telling = this.#telling.then(call)
    }
    const watch = new StreamWatch(
      {
        node,
        query: name,
        platform,
        tell,
        ...(restart && { restart }),
        onStarted: query => {
          this.#known.add(query.runId)
          tell({ event: 'stream-started', node: node.name, query: name, runId: query.runId })
          hear(() => hooks.call('onQueryStarted', { context, run, node, datasetName, query }))
        },
        onBatch: (progress, query) => {
          tell({ event: 'batch', node: node.name, query: name, progress })
          this.#comes(name)
          hear(() => hooks.call('onQueryProgress', { context, run, node, datasetName, query, progress }))
        },
        onTerminated: (query, error) => {
          const terminated = {
            id: query.id,
            runId: query.runId,
            ...(error !== undefined && { exception: String((error as Error).message ?? error) }),
          }
          hear(() => hooks.call('onQueryTerminated', { context, run, node, datasetName, query, terminated }))
        },
      },
      first,
    )
    this.#watches.set(watch, this.#end(watch, name))
    // What it reads may have failed while it was being started.
    const lost = reads(node).find(input => this.#lost.has(input))
    if (lost !== undefined) void watch.stop(`"${lost}", which it depends on, has failed`)
  }

  /** A data set can be read from its first batch on. */
  #comes(name: string): void {
    if (this.#ready.has(name)) return
    this.#ready.add(name)
    this.#wake()
  }

  /** What becomes of the run when a stream ends. */
  async #end(watch: StreamWatch, name: string): Promise<void> {
    const state = await watch.run()
    if (state === 'ended') return this.#comes(name)
    this.#lost.add(name)
    this.#ready.delete(name)
    this.#wake()
    if (state === 'stopped') return
    this.#errors.push({ node: watch.node.name, error: undefined })
    await this.#stopBelow(name)
  }

  /** A stream's failure stops what depends on it; the rest runs. */
  async #stopBelow(dataset: string): Promise<void> {
    const { pipeline } = this.#parts
    const below = pipeline.below(pipeline.readersOf(dataset))
    const depending = [...this.#watches.keys()].filter(w => below.has(w.node))
    await Promise.all(depending.map(w => w.stop(`"${dataset}", which it depends on, has failed`)))
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))
