import { renameSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Engine, StreamWrite, Trigger } from '../../src/engine/contract.ts'
import { isMillraceError, MillraceError } from '../../src/errors/index.ts'
import type { QueryDriver, StreamingQueryProgress } from '../../src/observe/index.ts'
import { planFromJson, type Relation, rewriteRelation } from '../../src/plan/index.ts'
import { batchFromRows, parseDdl, type RowBatch, type StructType } from '../../src/types/index.ts'
import { canonicalExpected, canonicalRows } from './canonical.ts'
import { openJudgeEngine } from './engine.ts'
import type { Outcome } from './outcome.ts'

/** A case of `golden/spark` as its README describes it. */
interface Case {
  readonly name: string
  readonly spark: { readonly conf: Readonly<Record<string, string>> }
  readonly outputMode: StreamWrite['outputMode']
  readonly sink: string
  readonly trigger: string | { readonly availableNow?: boolean; readonly once?: boolean; readonly processingTime?: string }
  readonly streams: Readonly<Record<string, StreamSpec>>
  readonly statics?: Readonly<Record<string, StaticSpec>>
  /** Temporary views by name, as plans. */
  readonly views?: Readonly<Record<string, unknown>>
  readonly outputSchema?: string
  readonly rowsOrdered?: boolean
  readonly plan: unknown
  readonly steps: readonly Step[]
  readonly checkpoint?: { readonly files?: Readonly<Record<string, string>> }
  readonly sinkDirectory?: unknown
}
interface StreamSpec {
  readonly schema?: string
  readonly format?: string
  readonly options?: Readonly<Record<string, string>>
}
interface StaticSpec {
  readonly schema: string
  readonly rows: readonly (readonly unknown[])[]
}
interface Step {
  readonly input?: Readonly<Record<string, readonly unknown[]>>
  readonly files?: readonly { readonly stream: string; readonly name: string; readonly mtime?: number; readonly rows: readonly unknown[] }[]
  readonly delete?: readonly { readonly stream: string; readonly name: string }[]
  readonly restart?: { readonly conf?: Readonly<Record<string, string>>; readonly plan?: unknown }
  readonly expect: {
    readonly batches?: readonly ExpectedBatch[]
    readonly error?: ExpectedError
    readonly inputFilesLeft?: Readonly<Record<string, readonly string[]>>
  }
}
interface ExpectedBatch {
  readonly batchId: number
  readonly numInputRows: number
  readonly rows?: readonly unknown[]
  readonly eventTime?: Readonly<Record<string, string>>
  readonly stateOperators: readonly Readonly<Record<string, unknown>>[]
  readonly sources?: readonly { readonly startOffset: unknown; readonly endOffset: unknown; readonly numInputRows: number }[]
}
interface ExpectedError {
  readonly phase: 'build' | 'start' | 'run'
  readonly condition?: string
  readonly chain?: readonly { readonly class: string; readonly condition?: string; readonly message?: string }[]
}

const PHASES = ['build', 'start', 'run'] as const

/** What one case works in: a directory of its own, an engine with the case's settings, and the rows of every batch. */
class Stage {
  readonly root: string
  readonly case_: Case
  engine!: Engine
  query: QueryDriver | undefined
  relation: Relation | undefined
  conf: Record<string, string>
  files = 0
  seen = 0
  readonly views = new Map<string, Relation>()
  readonly rows = new Map<number, { readonly schema: StructType; readonly batches: RowBatch[] }>()

  constructor(root: string, case_: Case) {
    this.root = root
    this.case_ = case_
    this.conf = { ...case_.spark.conf }
  }
  stream(name: string): string {
    return join(this.root, 'in', name)
  }
  get checkpoint(): string {
    return join(this.root, 'checkpoint')
  }
}

const lines = (rows: readonly unknown[]): string => rows.map(r => `${typeof r === 'string' ? r : JSON.stringify(r)}\n`).join('')

/** `stream:e` becomes the case's directory, `static:t` its rows, `CASE/` the case's root. */
function bind(stage: Stage, plan: Relation, statics: Case['statics']): Relation {
  return rewriteRelation(plan, node => {
    const source = node.kind === 'read' ? node.dataSource : undefined
    const path = source?.paths?.[0]
    if (node.kind !== 'read' || !source) return node
    if (path?.startsWith('static:')) {
      const table = statics?.[path.slice('static:'.length)]
      if (!table) throw new Error(`the case has no table ${path}`)
      return { kind: 'localRelation', batch: batchFromRows(parseDdl(table.schema), table.rows) }
    }
    const options = Object.fromEntries(Object.entries(source.options ?? {}).map(([k, v]) => [k, v.replace(/^CASE\//, `${stage.root}/`)]))
    const paths = path?.startsWith('stream:') ? [stage.stream(path.slice('stream:'.length))] : source.paths
    return { ...node, dataSource: { ...source, options, ...(paths ? { paths } : {}) } }
  })
}

function trigger(t: Case['trigger']): Trigger {
  if (typeof t === 'string') return { kind: 'processingTime', intervalMs: 0 }
  if (t.availableNow) return { kind: 'availableNow' }
  if (t.once) return { kind: 'once' }
  throw new Error(`unknown trigger ${JSON.stringify(t)}`)
}

async function open(stage: Stage): Promise<void> {
  stage.engine = await openJudgeEngine(stage.conf, stage.views)
}

async function start(stage: Stage): Promise<void> {
  const { case_ } = stage
  const collects = case_.sink === 'foreachBatch'
  stage.query = await stage.engine.start(stage.relation!, {
    format: collects ? 'foreachBatch' : case_.sink === 'memory-unnamed' ? 'memory' : case_.sink,
    outputMode: case_.outputMode,
    options: { checkpointLocation: stage.checkpoint },
    ...(collects || case_.sink === 'noop' ? {} : { path: join(stage.root, 'out') }),
    partitionBy: [],
    trigger: trigger(case_.trigger),
    ...(collects
      ? {
          foreachBatch: async (batch, id) => {
            const result = await stage.engine.collect(batch)
            const batches: RowBatch[] = []
            for await (const b of result.batches) batches.push(b)
            stage.rows.set(id, { schema: result.schema, batches })
          },
        }
      : {}),
  })
}

/** A step's files are all there at once: they are made beside and moved in without the event loop turning in between. */
async function feed(stage: Stage, step: Step): Promise<void> {
  const moves: (readonly [string, string])[] = []
  for (const [name, rows] of Object.entries(step.input ?? {})) {
    if (rows.length === 0) continue
    const format = stage.case_.streams[name]?.format ?? 'json'
    const hidden = join(stage.root, `staged-${stage.files}`)
    await writeFile(hidden, lines(rows))
    moves.push([hidden, join(stage.stream(name), `part-${String(stage.files++).padStart(5, '0')}.${format}`)])
  }
  for (const file of step.files ?? []) {
    const hidden = join(stage.root, `staged-${stage.files++}`)
    await writeFile(hidden, lines(file.rows))
    if (file.mtime !== undefined) await utimes(hidden, file.mtime, file.mtime)
    moves.push([hidden, join(stage.stream(file.stream), file.name)])
  }
  for (const [from, to] of moves) renameSync(from, to)
  for (const file of step.delete ?? []) await rm(join(stage.stream(file.stream), file.name), { force: true })
}

/** Compares by Spark's class: the error's own, or that of any error along its chain of causes. */
function sameCondition(error: unknown, expected: string): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if (isMillraceError(e)) {
      const classes = [e.condition, e.sparkClass].filter(c => c !== undefined)
      if (classes.some(c => c === expected || expected.startsWith(`${c}.`))) return true
    }
  }
  return false
}

function checkError(error: unknown, phase: (typeof PHASES)[number], expected: ExpectedError): string | undefined {
  if (PHASES.indexOf(phase) > PHASES.indexOf(expected.phase)) return `refused in phase ${phase}, Spark refuses in phase ${expected.phase}`
  const wanted = expected.condition
    ? [expected.condition]
    : (expected.chain ?? []).map(c => c.condition).filter(c => c !== undefined && c !== 'STREAM_FAILED')
  const message = expected.chain?.at(-1)?.message
  if (wanted.length === 0 && message !== undefined) {
    const told = message.replace(/^assertion failed: /, '')
    return error instanceof Error && fullMessage(error).includes(told)
      ? undefined
      : `expected the message "${told}", got ${describe(error)}`
  }
  return wanted.some(w => sameCondition(error, w!)) ? undefined : `expected ${wanted.join(' or ')}, got ${describe(error)}`
}

function fullMessage(error: Error): string {
  return error.cause instanceof Error ? `${error.message}\n${fullMessage(error.cause)}` : error.message
}
const describe = (error: unknown): string =>
  error instanceof MillraceError || error instanceof Error ? fullMessage(error).split('\n').slice(0, 3).join(' / ') : String(error)

const OPERATOR_KEYS = ['operatorName', 'numRowsTotal', 'numRowsUpdated', 'numRowsRemoved', 'numRowsDroppedByWatermark'] as const

function compareBatch(stage: Stage, want: ExpectedBatch, got: StreamingQueryProgress): string | undefined {
  const at = `batch ${want.batchId}`
  const differs = (what: string, a: unknown, b: unknown): string | undefined =>
    JSON.stringify(a) === JSON.stringify(b) ? undefined : `${at}: ${what} should be ${JSON.stringify(a)}, is ${JSON.stringify(b)}`
  const operators = (list: readonly object[]): unknown => list.map(o => OPERATOR_KEYS.map(k => (o as Record<string, unknown>)[k]))
  const offsets = (list: ExpectedBatch['sources']): unknown => list?.map(s => [s.startOffset, s.endOffset, s.numInputRows])
  const { nulls: _, ...eventTime } = got.eventTime ?? {}
  return (
    differs('batchId', want.batchId, got.batchId) ??
    differs('numInputRows', want.numInputRows, got.numInputRows) ??
    differs('eventTime', sorted(want.eventTime ?? {}), sorted(eventTime)) ??
    differs('stateOperators', operators(want.stateOperators), operators(got.stateOperators)) ??
    (want.sources ? differs('sources', offsets(want.sources), offsets(got.sources as ExpectedBatch['sources'])) : undefined) ??
    compareRows(stage, want, at)
  )
}
const sorted = (o: Readonly<Record<string, unknown>>): unknown => Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1))

function compareRows(stage: Stage, want: ExpectedBatch, at: string): string | undefined {
  if (want.rows === undefined) return undefined
  const got = stage.rows.get(want.batchId)
  if (!got) return want.rows.length === 0 ? undefined : `${at}: no rows were handed over`
  const expected = canonicalExpected(got.schema, want.rows)
  const actual = canonicalRows(got.schema, got.batches)
  const ordered = stage.case_.rowsOrdered === true
  const a = ordered ? expected : [...expected].sort()
  const b = ordered ? actual : [...actual].sort()
  return a.join('\n') === b.join('\n') ? undefined : `${at}: rows should be\n    ${a.join('\n    ')}\n  are\n    ${b.join('\n    ')}`
}

async function settle(stage: Stage): Promise<void> {
  if (typeof stage.case_.trigger === 'string') await stage.query!.processAllAvailable()
  else await stage.query!.awaitTermination()
}

async function runStep(stage: Stage, step: Step, index: number): Promise<string | undefined> {
  const expected = step.expect.error
  const phaseOf = async (phase: 'build' | 'start' | 'run', act: () => Promise<void>): Promise<string | 'as expected' | undefined> => {
    try {
      await act()
      return undefined
    } catch (error) {
      if (!expected) return `step ${index}: ${describe(error)}`
      return checkError(error, phase, expected) ?? 'as expected'
    }
  }
  await feed(stage, step)
  if (step.restart) {
    await stage.query?.stop()
    stage.query = undefined
    await stage.engine.close()
    stage.conf = { ...stage.conf, ...step.restart.conf }
    await open(stage)
    if (step.restart.plan) stage.relation = bind(stage, planFromJson(step.restart.plan), stage.case_.statics)
  }
  let answer: string | undefined
  if (stage.query === undefined || !stage.query.isActive) {
    stage.seen = 0
    answer = await phaseOf('start', () => start(stage))
    if (answer) return answer === 'as expected' ? undefined : answer
  }
  answer = await phaseOf('run', () => settle(stage))
  if (answer) return answer === 'as expected' ? undefined : answer
  if (expected)
    return `step ${index}: Spark refuses (${expected.condition ?? expected.chain?.at(-1)?.condition ?? expected.chain?.at(-1)?.message}), this ran`
  return compareStep(stage, step, index)
}

async function compareStep(stage: Stage, step: Step, index: number): Promise<string | undefined> {
  if (step.expect.batches === undefined) return undefined
  const progress = stage.query!.recentProgress.filter(p => p.batchId >= 0)
  const fresh = progress.slice(stage.seen)
  stage.seen = progress.length
  const ran = fresh.filter((p, i) => fresh.findIndex(q => q.batchId === p.batchId) === i)
  const wanted = step.expect.batches ?? []
  if (ran.length !== wanted.length) return `step ${index}: batches ${wanted.map(b => b.batchId)} should run, ${ran.map(b => b.batchId)} ran`
  for (const [i, want] of wanted.entries()) {
    const difference = compareBatch(stage, want, ran[i]!)
    if (difference) return `step ${index}, ${difference}`
  }
  for (const [name, left] of Object.entries(step.expect.inputFilesLeft ?? {})) {
    const names = (await readdir(stage.stream(name))).filter(n => !n.startsWith('.')).sort()
    if (names.join() !== [...left].sort().join()) return `step ${index}: ${name} should hold ${left}, holds ${names}`
  }
  return undefined
}

/** Offsets, watermarks and structure of the log files; ids, timestamps, settings and our own keys are not compared. */
function canonicalLog(path: string, text: string, root: string): string {
  if (path === 'metadata') return Object.keys(JSON.parse(text) as object).join()
  const [version, ...rest] = text.replaceAll(`file://${root}/in`, '/CASE/in').replaceAll(root, '/CASE').split('\n')
  const parsed = rest.map(line => {
    if (!line.startsWith('{')) return line
    const { batchTimestampMs, conf, millrace, timestamp, modificationTime, ...kept } = JSON.parse(line) as Record<string, unknown>
    if (typeof kept['path'] === 'string') kept['path'] = ''
    return JSON.stringify({ ...kept, ...(conf === undefined ? {} : { conf: Object.keys(conf as object).sort() }) })
  })
  return [version, ...parsed].join('\n')
}

async function tree(root: string, below = ''): Promise<string[]> {
  const names = await readdir(join(root, below), { withFileTypes: true }).catch(() => [])
  const nested = await Promise.all(names.map(n => (n.isDirectory() ? tree(root, join(below, n.name)) : [join(below, n.name)])))
  return nested.flat()
}

async function compareCheckpoint(stage: Stage): Promise<string | undefined> {
  const expected = stage.case_.checkpoint?.files
  if (!expected) return undefined
  const ours = (p: string): boolean =>
    !p.startsWith('millrace/') &&
    !p.startsWith('state/') &&
    !relative('.', p)
      .split('/')
      .some(part => part.startsWith('.'))
  const names = (await tree(stage.checkpoint)).filter(ours).sort()
  const wanted = Object.keys(expected).filter(ours).sort()
  if (names.join() !== wanted.join()) return `checkpoint should hold ${wanted}, holds ${names}`
  for (const name of wanted) {
    const text = await readFile(join(stage.checkpoint, name), 'utf8')
    const [a, b] = [canonicalLog(name, expected[name]!, '/CASE'), canonicalLog(name, text, stage.root)]
    if (a !== b) return `checkpoint ${name} should be\n    ${a.replaceAll('\n', '\n    ')}\n  is\n    ${b.replaceAll('\n', '\n    ')}`
  }
  return undefined
}

async function runSteps(stage: Stage): Promise<string | undefined> {
  const { case_ } = stage
  for (const name of Object.keys(case_.streams)) await mkdir(stage.stream(name), { recursive: true })
  for (const [name, plan] of Object.entries(case_.views ?? {})) stage.views.set(name, bind(stage, planFromJson(plan), case_.statics))
  await open(stage)
  try {
    try {
      stage.relation = bind(stage, planFromJson(case_.plan), case_.statics)
      stage.engine.schemaNow(stage.relation)
    } catch (error) {
      const expected = case_.steps[0]?.expect.error
      return expected ? checkError(error, 'build', expected) : describe(error)
    }
    for (const [i, step] of case_.steps.entries()) {
      const difference = await runStep(stage, step, i)
      if (difference || step.expect.error) return difference
    }
    await stage.query?.stop()
    return await compareCheckpoint(stage)
  } finally {
    await stage.query?.stop().catch(() => {})
    await stage.engine.close()
  }
}

async function inStage(case_: Case): Promise<string | undefined> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-judge-'))
  try {
    return await runSteps(new Stage(root, case_))
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** Runs one recorded case. */
export async function judgeCase(case_: Case): Promise<Outcome> {
  if (case_.plan === null || case_.plan === undefined)
    return { name: case_.name, result: 'skipped', why: 'the Connect client cannot express it' }
  try {
    const why = await inStage(case_)
    return why === undefined ? { name: case_.name, result: 'passed' } : { name: case_.name, result: 'failed', why }
  } catch (error) {
    return { name: case_.name, result: 'failed', why: describe(error) }
  }
}

interface ValidityTable {
  readonly spark: Case['spark']
  readonly streams: Case['streams']
  readonly statics: Case['statics']
  readonly rows: readonly {
    readonly name: string
    readonly plan: unknown
    readonly outputMode: StreamWrite['outputMode']
    readonly sink: string
    readonly accepted: boolean
    readonly phase?: ExpectedError['phase']
    readonly error?: { readonly condition?: string; readonly message?: string }
  }[]
}

/** One row of the table is a case of one step, with one row waiting in each stream. */
export function validityCases(table: ValidityTable): Case[] {
  const waiting = (spec: StreamSpec): unknown =>
    Object.fromEntries(
      parseDdl(spec.schema!).fields.map(f => [
        f.name,
        f.dataType.kind === 'timestamp' ? '2026-01-01T12:00:00Z' : f.dataType.kind === 'long' ? 1 : 'a',
      ]),
    )
  // The table's description says it: `sv` is a view of the stream `e`.
  const e = table.streams['e']
  const views = e ? { sv: { read: { dataSource: { format: e.format ?? 'json', schema: e.schema, paths: ['stream:e'] }, isStreaming: true } } } : {}
  return table.rows.map(row => ({
    views,
    name: `${row.name}, ${row.outputMode}, ${row.sink}`,
    spark: table.spark,
    outputMode: row.outputMode,
    sink: row.sink,
    trigger: { availableNow: true },
    streams: table.streams,
    ...(table.statics ? { statics: table.statics } : {}),
    plan: row.plan,
    steps: [
      {
        input: Object.fromEntries(Object.entries(table.streams).map(([n, spec]) => [n, [waiting(spec)]])),
        expect: row.accepted
          ? {}
          : { error: { phase: row.phase ?? 'start', ...(row.error?.condition ? { condition: row.error.condition } : {}) } },
      },
    ],
  }))
}

/** Every case of a folder in the format of `golden/spark`. */
export async function* judgeSpark(folder: string): AsyncGenerator<Outcome> {
  for (const file of (await readdir(folder)).filter(f => f.endsWith('.json')).sort()) {
    const content = JSON.parse(await readFile(join(folder, file), 'utf8')) as Case | ValidityTable
    if ('steps' in content) yield await judgeCase(content)
    else for (const case_ of validityCases(content)) yield await judgeCase(case_)
  }
}
