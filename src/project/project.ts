import { basename, resolve } from 'node:path'
import { Session, type SessionOptions } from '../api/index.ts'
import { didYouMean, MillraceError } from '../errors/index.ts'
import { nodePlatform, type Platform } from '../platform/index.ts'
import { checkCatalog, DataCatalog, type DatasetDefinition, type Problem } from './catalog/index.ts'
import { ConfigLoader, type ConfValue } from './conf/index.ts'
import { HookCalls, type HookContext } from './hooks/index.ts'
import type { Pipeline, Slice } from './pipeline/index.ts'
import { findProject, loadPipelines, loadSettings } from './project-files.ts'
import {
  askToStop,
  keptRuns,
  listenForStops,
  planRun,
  type RunEvent,
  RunKeeper,
  type RunParts,
  type RunPlan,
  type RunRecord,
  type RunResult,
  runPipeline,
  usesOf,
} from './runner/index.ts'
import { datasetsOf, hooksOf, type ProjectSettings } from './settings.ts'
import { version } from './version.ts'

export interface ProjectOptions {
  /** A directory in the project; the working directory otherwise. */
  readonly directory?: string
  readonly env?: string
  /** `--params`: over parameters.yml, level by level. */
  readonly parameters?: Readonly<Record<string, ConfValue>>
  /** `embedded`, or the address of a Spark server. */
  readonly engine?: string
  readonly platform?: Platform
  /** Serves `/health`, `/ready`, `/metrics` and `/queries` of the project's streams while a run goes on. */
  readonly watch?: SessionOptions['watch']
  /** Hears of hooks that failed and stop nothing. */
  readonly onWarning?: (text: string) => void
}

export interface RunOptions extends Slice {
  /** `__default__` otherwise. */
  readonly pipeline?: string
  /** Versions of versioned data sets by name; the newest otherwise. */
  readonly loadVersions?: Readonly<Record<string, string>>
  readonly onEvent?: (event: RunEvent) => void
  /** Ends the run: streams are stopped and nothing is lost. */
  readonly signal?: AbortSignal
}

/**
 * A project: a directory with `conf/`, `src/settings.ts` and pipelines.
 *
 * @example
 * await using project = await Project.open({ env: 'prod' })
 * const { state } = await project.run({ tags: ['daily'] })
 */
export class Project {
  readonly root: string
  readonly settings: ProjectSettings
  readonly context: HookContext
  readonly catalog: DataCatalog
  readonly #parts: ProjectParts
  #pipelines: Promise<Readonly<Record<string, Pipeline>>> | undefined

  private constructor(parts: ProjectParts, context: HookContext, catalog: DataCatalog) {
    this.#parts = parts
    this.root = parts.root
    this.settings = parts.settings
    this.context = context
    this.catalog = catalog
  }

  /** @throws PROJECT_NOT_FOUND, SETTINGS_INVALID, CONF_FILE_INVALID, CONF_ENVIRONMENT_UNKNOWN, HOOK_FAILED */
  static async open(options: ProjectOptions = {}): Promise<Project> {
    const parts = await partsOf(options)
    const own = contextOf(parts)
    const context = (await parts.settings.context?.(own)) ?? own
    await parts.hooks.call('afterContextCreated', { context })
    const { root, platform, config, settings } = parts
    const catalogOptions = { root, platform, config, types: datasetsOf(settings) }
    const catalog = (await settings.catalog?.(catalogOptions)) ?? (await DataCatalog.open(catalogOptions))
    await parts.hooks.call('afterCatalogCreated', { context, catalog })
    return new Project(parts, context, catalog)
  }

  /** The pipelines by name. */
  pipelines(): Promise<Readonly<Record<string, Pipeline>>> {
    this.#pipelines ??= loadPipelines(this.root, this.#parts.platform)
    return this.#pipelines
  }

  /** A pipeline, or the part of it that is asked for. @throws PIPELINE_UNKNOWN, PIPELINE_NAME_UNKNOWN */
  async pipeline({ pipeline: name = '__default__', ...slice }: Slice & { readonly pipeline?: string } = {}): Promise<Pipeline> {
    const all = await this.pipelines()
    const known = Object.keys(all)
    const found = Object.hasOwn(all, name) ? all[name] : undefined
    if (!found) throw new MillraceError('PIPELINE_UNKNOWN', { name, suggestion: didYouMean(name, known), known })
    return found.slice(slice)
  }

  /** Everything that is wrong with the catalog or worth a word. */
  async check(): Promise<readonly Problem[]> {
    const pipelines = await this.pipelines()
    return checkCatalog(this.catalog, usesOf(Object.values(pipelines)), this.#parts.conf)
  }

  /**
   * Runs a pipeline to its end: where it has streams, until they end or are stopped.
   * @throws what is refused before anything starts
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    const parts = await this.runParts(options)
    // Whoever asks how it is wants an answer from the beginning.
    if (this.#parts.watched) await parts.data.session()
    const keeper = this.#keeper(parts)
    const store = this.#store()
    try {
      return await runPipeline({
        ...parts,
        ...(store !== undefined && { onStop: stop => listenForStops(store, parts.run.runId, parts.platform, stop) }),
        tell: event => {
          keeper?.hear(event)
          parts.tell(event)
        },
      })
    } finally {
      await keeper?.done()
    }
  }

  /**
   * What `run` would do: the graph, what every query delivers, and what happens to checkpoints that are there. Node functions are called; nothing is
   * started and nothing is written.
   * @throws what a run refuses before anything starts
   */
  async plan(options: RunOptions = {}): Promise<RunPlan> {
    return planRun(await this.runParts(options))
  }

  /** The runs that are kept, newest first. */
  async runs(): Promise<readonly RunRecord[]> {
    const directory = this.#store()
    return directory === undefined ? [] : keptRuns(directory, this.#parts.platform)
  }

  /** Asks a run of this project, in whatever process, to stop one of its streams. */
  async stopStream(runId: string, query: string): Promise<void> {
    const store = this.#store()
    if (store !== undefined) await askToStop(store, runId, query, this.#parts.platform)
  }

  #store(): string | undefined {
    const { sessionStore } = this.settings
    return sessionStore === false ? undefined : resolve(this.root, sessionStore?.path ?? '.millrace')
  }
  #keeper({ run, platform, tell }: RunParts): RunKeeper | undefined {
    const directory = this.#store()
    if (directory === undefined) return undefined
    const { pid, host } = platform.process
    const facts = { runId: run.runId, parameters: run.parameters, version: version(), process: { pid, host } }
    return new RunKeeper(directory, platform, facts, text => tell({ event: 'warning', text }))
  }

  /** What `settings.ts` and plugins bring of types. */
  get types(): readonly DatasetDefinition[] {
    return datasetsOf(this.settings)
  }

  /** @internal What a run, or a look at one, is made of. */
  async runParts({ loadVersions = {}, onEvent, signal, ...chosen }: RunOptions): Promise<RunParts> {
    const { platform, hooks, conf, session, opened, env } = this.#parts
    const pipeline = await this.pipeline(chosen)
    const runId = new Date(platform.clock.now()).toISOString().replaceAll(':', '.')
    return {
      context: this.context,
      run: { runId, pipelineName: chosen.pipeline ?? '__default__', env, parameters: this.context.parameters },
      pipeline,
      catalog: this.catalog,
      hooks,
      data: { session, platform, runId, versions: loadVersions },
      opened,
      platform,
      conf,
      tell: event => onEvent?.(event),
      signal: signal ?? new AbortController().signal,
    }
  }

  /** Stops what runs and frees the engine. */
  async close(): Promise<void> {
    await this.#parts.opened()?.close()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

type Conf = Readonly<Record<string, ConfValue>>
interface ProjectParts {
  readonly root: string
  readonly env: string
  readonly platform: Platform
  readonly settings: ProjectSettings
  readonly config: ConfigLoader
  readonly hooks: HookCalls
  readonly parameters: Readonly<Record<string, unknown>>
  readonly conf: (key: string) => string | undefined
  readonly session: () => Promise<Session>
  readonly opened: () => Session | undefined
  readonly watched: boolean
}

async function partsOf(options: ProjectOptions): Promise<ProjectParts> {
  const { platform = nodePlatform, directory = platform.process.cwd, engine = 'embedded', parameters: runtime = {} } = options
  const root = await findProject(directory, platform)
  const { settings, file } = await loadSettings(root, platform)
  const config = await ConfigLoader.open({
    root,
    platform,
    runtime,
    ...(settings.confSource !== undefined && { source: settings.confSource }),
    ...(settings.configPatterns && { patterns: settings.configPatterns }),
    ...(settings.baseEnv !== undefined && { baseEnv: settings.baseEnv }),
    ...((options.env ?? settings.defaultEnv) !== undefined && { env: options.env ?? settings.defaultEnv! }),
  })
  // Refused by name before anything else is done.
  if (engine !== 'embedded') await Session.open(engine.includes(':') ? engine : `sc://${engine}`)
  const kinds = ['parameters', 'spark', 'session', 'alerts'] as const
  const [parameters, spark, own, alerts] = (await Promise.all(kinds.map(kind => config.get(kind)))) as [Conf, Conf, Conf, Conf]
  const conf = new Map([...flat(spark), ...flat(own)])
  const report = (error: MillraceError): void => options.onWarning?.(error.message)
  let session: Session | undefined
  let opening: Promise<Session> | undefined
  const open = async (): Promise<Session> => {
    session = await Session.open({
      appName: basename(root),
      conf: Object.fromEntries(conf),
      ...(options.watch !== undefined && { watch: options.watch }),
      // Looked at there, key by key.
      ...(Object.keys(alerts).length > 0 && { alerts: alerts as unknown as NonNullable<SessionOptions['alerts']> }),
    })
    return session
  }
  return {
    root,
    env: config.env,
    platform,
    settings,
    config,
    hooks: new HookCalls(hooksOf(settings, file), report),
    parameters,
    conf: key => conf.get(key),
    session: () => {
      opening ??= open()
      return opening
    },
    opened: () => session,
    watched: options.watch !== undefined || Object.keys(alerts).length > 0,
  }
}

const contextOf = ({ root, env, session, config, parameters }: ProjectParts): HookContext =>
  Object.freeze({ root, env, session, parameters, config: (kind: string) => config.get(kind) })

/** `spark.sql.shuffle.partitions: 4` and `spark: { sql: { … } }` alike. */
function flat(values: Readonly<Record<string, ConfValue>>, prefix = ''): [string, string][] {
  return Object.entries(values).flatMap(([key, value]): [string, string][] => {
    if (value === null) return []
    if (typeof value === 'object') return flat(value as Readonly<Record<string, ConfValue>>, `${prefix}${key}.`)
    return [[prefix + key, String(value)]]
  })
}
