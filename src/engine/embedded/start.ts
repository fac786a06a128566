import { join } from 'node:path'
import { type Analyzed, checkStreaming, inOutputMode, stateShape } from '../../analyze/index.ts'
import { latestPlanRecord, type PlanRecord, samePart } from '../../checkpoint/index.ts'
import { withoutBadRecords } from '../../connectors/bad-records.ts'
import type { Connector, ConnectorContext, Sink, Source } from '../../connectors/contract.ts'
import { foreachSink } from '../../connectors/foreach/index.ts'
import { foreachBatchSink } from '../../connectors/foreach-batch/index.ts'
import { MillraceError } from '../../errors/index.ts'
import type { PinnedSubject } from '../../formats/registry/registries.ts'
import type { BatchExecutor } from '../../microbatch/contract.ts'
import { type Opened, type QueryConfig, type SinkBinding, startQuery } from '../../microbatch/index.ts'
import type { QueryDriver } from '../../observe/index.ts'
import type { Relation } from '../../plan/index.ts'
import { fromSparkJson, type SparkJson, type StructType, toSparkJson } from '../../types/index.ts'
import type { StreamTarget, StreamWrite } from '../contract.ts'
import type { BadRecords } from './bad-records/bad-batch.ts'
import { strictParsers } from './bad-records/strict.ts'
import { type BadOutput, badOutputs, checkBadOutputs, openBadSink } from './bad-records/targets.ts'
import { checkpointPlace } from './checkpoint-place.ts'
import { badDelivery, mainDelivery, rowsThere } from './delivery.ts'
import type { EmbeddedEngine } from './engine.ts'
import { EmbeddedExecutor } from './executor.ts'
import { explain } from './explain.ts'
import type { InputContext, Provided } from './inputs.ts'
import { LookingUp } from './looking-up.ts'
import type { Slot } from './lower/lowering.ts'
import { lowerProgram, type Program } from './lower/program.ts'
import { tellNewerSubjects } from './pinned-subjects.ts'
import { shownPlan } from './shown-plan.ts'
import { provideSlot } from './slots.ts'
import { OperatorStates } from './stateful/operator-states.ts'

let queries = 0

/** Starts a streaming query: everything that can be refused is refused before anything is opened. */
export async function start(plan: Relation, write: StreamWrite, engine: EmbeddedEngine): Promise<QueryDriver> {
  const { config } = engine
  const { sinks, place, record, analyzed, registries, bad, options, program, planRecord } = await examine(plan, write, engine)
  const root = place.uri ?? (await config.platform.files.tempDir('millrace-checkpoint-'))
  const store = await config.store(root)
  let opensTo: readonly SinkBinding[] = []
  let badTo: readonly SinkBinding[] = []
  const query: QueryConfig = {
    platform: config.platform,
    ...(write.queryName !== undefined && { name: write.queryName }),
    checkpoint: { store, ...(place.uri === undefined && { dispose: () => config.platform.files.removeTree(root) }) },
    trigger: write.trigger,
    outputMode: write.outputMode,
    conf: config.conf,
    sourceCount: analyzed.sources.length,
    shape: planRecord.shape,
    planRecord,
    openSources: opened => openSources(analyzed, opened, engine),
    openSinks: async opened => {
      opensTo = await openMainSinks(write, sinks, analyzed, opened, engine)
      badTo = await openBadSinks(bad, opensTo, opened, engine)
      return [...opensTo, ...badTo]
    },
    openExecutor: async opened => {
      await tellNewerSubjects(registries, opened.warn)
      return openExecutor(program, analyzed, write, opened, engine, { outputs: bad, plan: analyzed.plan, options, warn: opened.warn })
    },
    explain: async extended => {
      const text = await explain(plan, extended ? 'extended' : 'simple', extended ? write : undefined, engine)
      const sources = await Promise.all(analyzed.sources.map(s => engine.analysis.connector(s.format)))
      const changed = await changes(record, query)
      return [
        text,
        ...(opensTo.length > 0
          ? ['== Delivery ==', ...mainDelivery(sources, opensTo), ...rowsThere(write, sinks), ...badDelivery(badTo)]
          : []),
        ...changed,
      ].join('\n')
    },
    bus: config.bus,
    active: engine.active,
    ...(write.origin !== undefined && { origin: write.origin }),
  }
  return startQuery(query)
}

/** Everything that can be refused without opening anything. */
export async function examine(plan: Relation, write: StreamWrite, engine: EmbeddedEngine) {
  const { config } = engine
  if (write.trigger.kind === 'continuous') throw new MillraceError('CONTINUOUS_TRIGGER_NOT_SUPPORTED', { interval: write.trigger.interval })
  const targets = targetsOf(write)
  const sinks: (Connector | undefined)[] = []
  for (const target of targets) {
    const connector = await sinkConnector(target, engine)
    checkSinkMode(target, write.outputMode, connector)
    sinks.push(connector)
  }
  const sink = sinks.find(one => one?.temporaryCheckpoint !== true && one !== undefined) ?? sinks[0]
  const place = checkpointPlace(write, sink, config)
  const record = place.uri === undefined ? undefined : await latestPlanRecord(await config.store(place.uri))
  const pinned = (record?.sourceSchemas ?? []).map(s => fromSparkJson(s as SparkJson) as StructType)
  const registries = engine.registries.forQuery((record?.subjects ?? []) as readonly PinnedSubject[])
  const analyzed = strictParsers(inOutputMode(await engine.analysis.analyze(plan, pinned, registries), write.outputMode))
  const bad = badOutputs(analyzed)
  for (const { path } of targets) checkBadOutputs(bad, analyzed, path, config.platform.process.cwd)
  checkStreaming(analyzed, { outputMode: write.outputMode, conf: config.conf })
  for (const [i, { partitionBy }] of targets.entries()) sinks[i]?.checkColumns?.(analyzed.schema, partitionBy)
  const keepsLate = wantsDropped(write)
  const options = { ...engine.loweringOptions(write.outputMode, true), registries, keepsLate, fuse: true }
  const program = lowerProgram(analyzed, options)
  await Promise.all(program.functions.map(f => f.prepare?.()))
  const { pins } = registries
  const planRecord = {
    plan: shownPlan(plan),
    sourceSchemas: analyzed.sources.map(s => toSparkJson(s.schema)),
    ...(pins.length > 0 && { subjects: pins }),
    options: { sink: targets.map(target => target.format).join(', ') },
    engine: 'embedded',
    shape: stateShape(analyzed),
  }
  return { sink, sinks, place, record, analyzed, registries, bad, options, program, planRecord }
}

/** What is different from the run before, when that was of another plan. */
async function changes(before: PlanRecord | undefined, query: QueryConfig): Promise<readonly string[]> {
  if (!before) return []
  const parts = (['plan', 'sourceSchemas', 'subjects', 'options'] as const).filter(part => !samePart(before[part], query.planRecord[part]))
  return parts.length === 0 ? [] : ['== Changed since the last run ==', ...parts.map(part => CHANGES[part])]
}
export const CHANGES = {
  plan: 'the plan (its stateful part is the same)',
  sourceSchemas: 'the columns of a source',
  subjects: 'the version of a schema in a registry',
  options: 'options of a source or the sink',
} as const

/** All sinks of a query, in the order they were given. */
const targetsOf = ({ also = [], ...first }: StreamWrite): readonly StreamTarget[] => [first, ...also]
/** A person's function may look at what a batch dropped. */
const wantsDropped = (write: StreamWrite): boolean => targetsOf(write).some(target => target.foreachBatch !== undefined)

async function sinkConnector(write: StreamTarget, engine: EmbeddedEngine): Promise<Connector | undefined> {
  if (!write.foreach && !write.foreachBatch) {
    const connector = await engine.analysis.connector(write.format)
    if (!connector.sink) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format: write.format, side: 'writeStream' })
    return connector
  }
  const extra = Object.keys(write.options).filter(o => !['checkpointlocation', 'queryname'].includes(o.toLowerCase()))
  if (write.path !== undefined) extra.push('path')
  if (extra.length > 0) {
    throw new MillraceError('SINK_OPTION_BESIDE_FUNCTION', { function: write.foreach ? 'foreach()' : 'foreachBatch()', options: extra })
  }
  return undefined
}

function checkSinkMode(write: StreamTarget, mode: StreamWrite['outputMode'], sink: Connector | undefined): void {
  if (sink?.outputModes && !sink.outputModes.includes(mode)) {
    throw new MillraceError('OUTPUT_MODE_NOT_IN_SINK', { format: write.format, mode, modes: sink.outputModes.join(', ') })
  }
  // Its name is the table's.
  if (sink?.name === 'memory' && !write.queryName) throw new MillraceError('QUERY_NAME_NEEDED', { format: 'memory' })
}

async function openSources(analyzed: Analyzed, opened: Opened, engine: EmbeddedEngine): Promise<readonly Source[]> {
  const { config } = engine
  const sources: Source[] = []
  // Reads of the same data are one source, as in Spark: asked once a batch, one line of the progress.
  const known = new Map<string, Source>()
  for (const [i, node] of analyzed.sources.entries()) {
    const key = JSON.stringify([node.format, node.options, node.paths, toSparkJson(node.schema)])
    const same = known.get(key)
    if (same) {
      sources.push(same)
      continue
    }
    const connector = await engine.analysis.connector(node.format)
    if (!connector.source) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format: node.format, side: 'readStream' })
    const context: ConnectorContext = {
      platform: config.platform,
      options: withoutBadRecords(node.options),
      paths: node.paths,
      schema: node.schema,
      streaming: true,
      conf: opened.conf,
      store: config.store,
      ...(config.compute && { compute: config.compute }),
      warn: opened.warn,
    }
    const source = await connector.source({ ...context, log: opened.sourceLog(i), sourceIndex: i })
    known.set(key, source)
    sources.push(source)
  }
  return sources
}

/** The query's own sinks, each with a name of its own for transactions and marks: the first has the query's. All are closed when one cannot be opened. */
async function openMainSinks(
  write: StreamWrite,
  connectors: readonly (Connector | undefined)[],
  analyzed: Analyzed,
  opened: Opened,
  engine: EmbeddedEngine,
): Promise<readonly SinkBinding[]> {
  const bindings: SinkBinding[] = []
  try {
    for (const [i, target] of targetsOf(write).entries()) {
      const queryId = i === 0 ? opened.queryId : `${opened.queryId}-${i + 1}`
      const sink = await openSink({ ...write, ...target, queryId }, connectors[i], analyzed, opened, engine)
      bindings.push({ output: 'main', sink })
    }
    return bindings
  } catch (error) {
    await Promise.all(bindings.map(({ sink }) => sink.close().catch(() => {})))
    throw error
  }
}

/** Options of sources that begin at a time. */
const AT_A_TIME = new Set(['startingtimestamp', 'startingoffsetsbytimestamp'])

async function openSink(
  write: StreamTarget & Pick<StreamWrite, 'outputMode' | 'origin'> & { readonly queryId: string },
  connector: Connector | undefined,
  analyzed: Analyzed,
  opened: Opened,
  engine: EmbeddedEngine,
): Promise<Sink> {
  if (write.foreach) return foreachSink(write.foreach, given('foreach()', write.foreach.process.name, write.origin))
  if (write.foreachBatch) return batchFunctionSink(write.foreachBatch, opened.warn, write.origin, engine)
  return connector!.sink!({
    ...sinkContext(opened, engine),
    queryId: write.queryId,
    options: write.options,
    paths: write.path === undefined ? [] : [write.path],
    schema: analyzed.schema,
    ...(write.queryName !== undefined && { queryName: write.queryName }),
    partitionBy: write.partitionBy,
    outputMode: write.outputMode,
    replays: analyzed.sources.some(s => Object.keys(s.options).some(o => AT_A_TIME.has(o.toLowerCase()))),
  })
}

/** What every sink of a query is opened with. */
function sinkContext(opened: Opened, { config }: EmbeddedEngine) {
  return {
    platform: config.platform,
    conf: opened.conf,
    store: config.store,
    ...(config.compute && { compute: config.compute }),
    warn: opened.warn,
    queryId: opened.queryId,
    runId: opened.runId,
    newCheckpoint: opened.newCheckpoint,
    lastCommitted: opened.lastCommitted,
    ...(opened.uncommitted && { uncommitted: opened.uncommitted }),
  }
}

/** The sinks of dead letters. `main` is closed when they cannot be opened. */
async function openBadSinks(
  bad: readonly BadOutput[],
  main: readonly SinkBinding[],
  opened: Opened,
  engine: EmbeddedEngine,
): Promise<readonly SinkBinding[]> {
  const bindings: SinkBinding[] = []
  try {
    for (const output of bad) {
      const connector = await engine.analysis.connector(output.target.format)
      const context = { ...sinkContext(opened, engine), options: {}, paths: [], partitionBy: [], outputMode: 'append' as const }
      bindings.push({ output: output.name, sink: await openBadSink(output, connector, context) })
    }
    return bindings
  } catch (error) {
    await Promise.all([...main, ...bindings].map(({ sink }) => sink.close().catch(() => {})))
    throw error
  }
}

/** A person's function, as messages name it. */
const given = (method: string, name: string, origin: string | undefined): string =>
  `the function ${name ? `"${name}" ` : ''}given to ${method}${origin ? ` at ${origin}` : ''}`

/** The batch, and what it dropped, as plans over outputs that live until the function ends. */
function batchFunctionSink(
  call: NonNullable<StreamWrite['foreachBatch']>,
  warn: Opened['warn'],
  origin: string | undefined,
  engine: EmbeddedEngine,
): Sink {
  return foreachBatchSink(
    async (output, batchId, { signal }) => {
      const plan = (name: string): Relation | undefined => {
        const ref = output.ref.replace(/-main$/, `-${name}`)
        const rows = engine.outputs.peek(ref)
        return rows && Object.freeze({ kind: 'extension', name: 'BatchOutput', ref, schema: rows.schema })
      }
      const late = plan('late')
      const duplicates = plan('duplicates')
      await call(plan('main')!, batchId, { signal, warn, ...(late && { late }), ...(duplicates && { duplicates }) })
    },
    given('foreachBatch()', call.name, origin),
  )
}

/**
 * Where state files are made. Beside the checkpoint where that is on a disk of this machine: they are moved into place, not copied.
 * What runs that died have left there is removed.
 */
async function scratchFor(opened: Opened, engine: EmbeddedEngine): Promise<string> {
  const root = opened.store.localRoot
  if (root === undefined) return engine.instances.scratchOf(opened.runId)
  const { files } = engine.config.platform
  const unfinished = join(root, 'millrace', 'unfinished')
  await files.removeTree(unfinished)
  // Of this run alone: a process that has lost the query without knowing it must not write into its successor's state.
  const directory = join(unfinished, opened.runId)
  await files.makeDir(directory)
  return directory
}

async function openExecutor(
  program: Program,
  analyzed: Analyzed,
  write: StreamWrite,
  opened: Opened,
  engine: EmbeddedEngine,
  bad: BadRecords,
): Promise<BatchExecutor> {
  const { config, instances } = engine
  const duck = await instances.open()
  const once = new Map<Slot, Provided>()
  const deltas = Number(opened.conf('spark.sql.streaming.stateStore.minDeltasForSnapshot') ?? 0)
  const states = new OperatorStates(program, {
    duck,
    platform: config.platform,
    store: opened.store,
    run: opened.runId,
    scratch: program.steps.some(s => s.kind !== 'host') ? await scratchFor(opened, engine) : '',
    ...(deltas > 0 && { changesBeforeSnapshot: deltas }),
  })
  const executor = new EmbeddedExecutor({
    duck,
    platform: config.platform,
    timeZone: engine.timeZone,
    program,
    analyzed,
    outputMode: write.outputMode,
    states,
    outputs: engine.outputs,
    sliceBytes: engine.sliceBytes,
    wantsDropped: wantsDropped(write),
    sparkCounts: opened.conf('millrace.extensions') === 'false',
    prefix: `q${queries++}`,
    provideStatic: async (slot: Slot, to: InputContext) => {
      const known = once.get(slot)
      if (known) return known
      const provided = { ...(await provideSlot(slot, to, config, engine.analysis, engine.outputs)), release: async () => {} }
      once.set(slot, provided)
      return provided
    },
    batchFunction: engine.batchFunction,
    ...(bad.outputs.length > 0 && { bad }),
    close: () => instances.close(duck),
  })
  return new LookingUp(executor)
}
