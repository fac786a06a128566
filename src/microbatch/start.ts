import { confOver, type Ledger, openLedger, PATHS, readQueryId } from '../checkpoint/index.ts'
import { MillraceError } from '../errors/index.ts'
import { createBus, type QueryDriver } from '../observe/index.ts'
import { beginningOf, checkPlan, recover, warnOfGap } from './begin.ts'
import { eachSource } from './each-source.ts'
import { firstOf } from './first-of.ts'
import { runLoop } from './loop.ts'
import { createPace } from './pace.ts'
import type { Parts } from './parts.ts'
import { MicroBatchQuery } from './query.ts'
import type { Opened, QueryConfig } from './query-config.ts'
import { settingsOf } from './settings.ts'
import { type Rhythm, rhythmOf } from './trigger.ts'
import { createWatch } from './watch.ts'

/**
 * Starts a query; resolves when its sources, sinks and state are open and the loop runs. Whatever can be refused is refused here:
 * a name or checkpoint in use, a damaged log, another number of sources, state of another shape.
 */
export async function startQuery(config: QueryConfig): Promise<QueryDriver> {
  const rhythm = rhythmOf(config.trigger)
  const free = config.name === undefined ? undefined : config.active?.reserve(config.name)
  const closing: (() => Promise<void>)[] = []
  try {
    await stopActiveRun(config)
    const ledger = await openLedger(config.checkpoint.store, config.platform, config.platform.ids.uuid())
    closing.push(() => ledger.close())
    return await startOn(ledger, config, rhythm, closing, free)
  } catch (error) {
    for (const close of closing.reverse()) await close().catch(() => {})
    free?.()
    throw error
  }
}

/** The same query, still running in this session, is stopped first, or is a reason to refuse. */
async function stopActiveRun({ active, checkpoint, conf }: QueryConfig): Promise<void> {
  const id = await readQueryId(checkpoint.store)
  const running = id === undefined ? undefined : active?.byId(id)
  if (!running) return
  if (!settingsOf(conf).stopActiveRun) throw new MillraceError('QUERY_ALREADY_ACTIVE', { id: running.id, runId: running.runId })
  await running.stop()
}

async function startOn(
  ledger: Ledger,
  config: QueryConfig,
  rhythm: Rhythm,
  closing: (() => Promise<void>)[],
  free: (() => void) | undefined,
): Promise<QueryDriver> {
  const { platform, active, shape, sourceCount } = config
  const bus = config.bus ?? createBus()
  const conf = confOver(ledger.facts.planned?.conf, config.conf)
  const settings = settingsOf(conf)
  const name = config.name ?? null
  const watch = createWatch({
    id: ledger.queryId,
    runId: ledger.runId,
    name,
    bus,
    clock: platform.clock,
    recentLimit: settings.recentProgress,
  })
  const recovery = recover(ledger, sourceCount)
  const beginning = beginningOf(recovery, sourceCount)
  const firstBatch = beginning.position.nextId
  await checkPlan(ledger, config, firstBatch, watch)
  warnOfGap(recovery, watch)

  const controller = new AbortController()
  const opened = openedOn(ledger, conf, watch.warn, controller.signal)
  watch.say('Initializing sources')
  const { sources, sinks, executor } = await openParts(ledger, config, opened, firstBatch, closing)
  if (rhythm.freeze) await eachSource(sources, source => source.prepareAvailableNow({ signal: controller.signal }))

  const pace = createPace({ clock: platform.clock, rhythm, sources, idleEventMs: settings.idleEventMs, onIdle: watch.idle })
  const parts: Parts = {
    platform,
    name,
    ledger,
    sources,
    sinks,
    executor,
    watch,
    pace,
    rhythm,
    settings,
    conf,
    outputMode: config.outputMode,
    stateful: shape.operators.length > 0,
    hasWatermark: shape.watermarkColumns.length > 0,
    abort: reason => controller.abort(reason),
    signal: controller.signal,
    waitingFor: new Set(),
  }
  const close = async (clean: boolean): Promise<void> => {
    for (const step of closing.toReversed()) await within(step, parts).catch(error => watch.warn(closeWarning(error)))
    if (clean || settings.dropFailedCheckpoint) await config.checkpoint.dispose?.().catch(error => watch.warn(closeWarning(error)))
    active?.remove(query)
    free?.()
  }
  const query = new MicroBatchQuery({ parts, bus, explain: config.explain, run: () => runLoop(parts, beginning), close })
  active?.add(query)
  return query
}

/** Sources, sinks, and the executor with the state the first batch starts from. They are closed in the opposite order. */
async function openParts(
  ledger: Ledger,
  config: QueryConfig,
  opened: Opened,
  firstBatch: number,
  closing: (() => Promise<void>)[],
): Promise<Pick<Parts, 'sources' | 'sinks' | 'executor'>> {
  const sources = await config.openSources(opened)
  for (const source of new Set(sources)) closing.push(() => source.close())
  const sinks = await config.openSinks(opened)
  for (const { sink } of sinks) closing.push(() => sink.close())
  const executor = await config.openExecutor(opened, sources)
  closing.push(() => executor.close())
  await executor.loadState(firstBatch, async version => (await ledger.readCommit(version - 1))?.run)
  return { sources, sinks, executor }
}

/** What does not close in time is left behind, like what does not end in time. */
async function within(step: () => Promise<void>, { platform, settings }: Parts): Promise<void> {
  if (!(await firstOf(step(), platform.clock, settings.stopTimeoutMs))) throw new Error(`not closed within ${settings.stopTimeoutMs} ms`)
}

const closeWarning = (error: unknown): { code: string; message: string } => ({
  code: 'CLOSE_FAILED',
  message: `closing went wrong: ${error instanceof Error ? error.message : String(error)}`,
})

/** What a run before this one logged and did not commit. */
function uncommittedIn({ planned, previous, committed }: Ledger['facts']): Pick<Opened, 'uncommitted'> {
  if (!planned || planned.batchId <= (committed?.batchId ?? -1)) return {}
  return { uncommitted: { last: planned.batchId, since: Math.min(planned.timestamp, previous?.timestamp ?? planned.timestamp) } }
}

function openedOn(ledger: Ledger, conf: Opened['conf'], warn: Opened['warn'], signal: AbortSignal): Opened {
  const { store, facts } = ledger
  return {
    queryId: ledger.queryId,
    runId: ledger.runId,
    newCheckpoint: facts.committed === undefined,
    lastCommitted: facts.committed?.batchId ?? -1,
    ...uncommittedIn(facts),
    conf,
    store,
    sourceLog: index => ({ store, path: PATHS.source(index), millracePath: PATHS.millraceSource(index) }),
    warn,
    signal,
  }
}
