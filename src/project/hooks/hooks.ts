import type { Session, StreamingQuery } from '../../api/index.ts'
import type { QueryTerminatedEvent, StreamingQueryProgress } from '../../observe/index.ts'
import type { Node, Pipeline } from '../pipeline/index.ts'

/** What hooks may know of the project that runs. */
export interface HookContext {
  readonly root: string
  readonly env: string
  /** The session of the project, with the settings of spark.yml and session.yml; opened when it is first asked for. */
  readonly session: () => Promise<Session>
  /** Values of any kind of configuration: `await context.config('spark')`. */
  readonly config: (kind: string) => Promise<Readonly<Record<string, unknown>>>
  readonly parameters: Readonly<Record<string, unknown>>
}
/** What hooks may do with the catalog. */
export interface HookCatalog {
  names(): readonly string[]
  has(name: string): boolean
}
export interface RunFacts {
  readonly runId: string
  readonly pipelineName: string
  readonly env: string
  readonly parameters: Readonly<Record<string, unknown>>
}
interface OfRun {
  readonly context: HookContext
  readonly run: RunFacts
  readonly pipeline: Pipeline
  readonly catalog: HookCatalog
}
interface OfNode {
  readonly context: HookContext
  readonly run: RunFacts
  readonly node: Node
  readonly catalog: HookCatalog
}
interface OfDataset {
  readonly context: HookContext
  readonly run: RunFacts
  readonly datasetName: string
  readonly node: Node
}
interface OfQuery {
  readonly context: HookContext
  readonly run: RunFacts
  readonly node: Node
  readonly datasetName: string | undefined
  readonly query: StreamingQuery
}
type Answer = void | Promise<void>

/**
 * What a project may do at each step, as Kedro's hooks, and further ones for streams. Every hook gets one object; all are awaited in the order in
 * which they are registered in `settings.ts`.
 *
 * A hook that stands before something stops it when it throws (`beforeNodeRun`: the node fails); one that only hears of what has happened
 * (`afterPipelineRun`, `afterDatasetSaved`, `on…`, `afterStreamsEnded`) is reported and stops nothing.
 */
export interface ProjectHooks {
  /** The project is found, its configuration readable; nothing is read yet. */
  afterContextCreated?(event: { readonly context: HookContext }): Answer
  afterCatalogCreated?(event: { readonly context: HookContext; readonly catalog: HookCatalog }): Answer
  beforePipelineRun?(event: OfRun): Answer
  /** Everything is done or has started: streams go on. */
  afterPipelineRun?(event: OfRun): Answer
  onPipelineError?(event: OfRun & { readonly error: unknown }): Answer
  /** May give other inputs by name. */
  beforeNodeRun?(
    event: OfNode & { readonly inputs: Readonly<Record<string, unknown>> },
  ): Answer | Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>> | undefined>
  /** The function has returned; nothing is saved yet. */
  afterNodeRun?(
    event: OfNode & { readonly inputs: Readonly<Record<string, unknown>>; readonly outputs: Readonly<Record<string, unknown>> },
  ): Answer
  onNodeError?(event: OfNode & { readonly error: unknown }): Answer
  beforeDatasetLoaded?(event: OfDataset): Answer
  /** A place for checks: what throws here, the node does not get. */
  afterDatasetLoaded?(event: OfDataset & { readonly data: unknown }): Answer
  beforeDatasetSaved?(event: OfDataset & { readonly data: unknown }): Answer
  /** A table is there whole, a stream has started. */
  afterDatasetSaved?(event: OfDataset & { readonly data: unknown }): Answer
  onQueryStarted?(event: OfQuery): Answer
  onQueryProgress?(event: OfQuery & { readonly progress: StreamingQueryProgress }): Answer
  onQueryTerminated?(event: OfQuery & { readonly terminated: QueryTerminatedEvent }): Answer
  /** All streams of the run have ended. */
  afterStreamsEnded?(event: OfRun & { readonly failed: readonly string[] }): Answer
}

export type HookName = keyof ProjectHooks
export type HookEvent<N extends HookName> = Parameters<NonNullable<ProjectHooks[N]>>[0]

/** Every hook, and whether its failure stops what it stands before. */
export const HOOKS: { readonly [N in HookName]-?: 'stops' | 'reported' } = {
  afterContextCreated: 'stops',
  afterCatalogCreated: 'stops',
  beforePipelineRun: 'stops',
  afterPipelineRun: 'reported',
  onPipelineError: 'reported',
  beforeNodeRun: 'stops',
  afterNodeRun: 'stops',
  onNodeError: 'reported',
  beforeDatasetLoaded: 'stops',
  afterDatasetLoaded: 'stops',
  beforeDatasetSaved: 'stops',
  afterDatasetSaved: 'reported',
  onQueryStarted: 'reported',
  onQueryProgress: 'reported',
  onQueryTerminated: 'reported',
  afterStreamsEnded: 'reported',
}
