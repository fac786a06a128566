import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isMillraceError } from '../../src/index.ts'
import { Project, type ProjectOptions, type RunEvent, type RunOptions, type RunResult } from '../../src/project/index.ts'
import { csvRows, makeProject } from './support.ts'

const HEAD = `import { col } from 'millrace'
import { node, pipeline } from 'millrace/project'
`
const numbers = `numbers: { type: stream, format: json, path: data/numbers, schema: "n int, kind string" }
`
const out = (name: string, more = ''): string =>
  `${name}: { type: stream, format: csv, path: data/${name}, ${more}save_args: { checkpoint: data/checkpoints/${name}, header: true }, load_args: { header: true } }
`
const INPUT = { 'data/numbers/a.json': '{"n":1,"kind":"a"}\n{"n":2,"kind":"b"}\n{"n":3,"kind":"a"}\n' }

interface Running {
  readonly project: Project
  readonly root: string
  readonly events: RunEvent[]
  readonly stop: () => void
  readonly ended: Promise<RunResult>
  /** Resolves with the first event that fits, also one that was. */
  readonly until: (fits: (e: RunEvent) => boolean) => Promise<RunEvent>
}

async function open(files: Readonly<Record<string, string>>, options: ProjectOptions = {}): Promise<Project> {
  const root = await makeProject(files)
  const project = await Project.open({ directory: root, ...options })
  onTestFinished(() => project.close())
  return project
}

async function start(files: Readonly<Record<string, string>>, options: RunOptions & ProjectOptions = {}): Promise<Running> {
  const project = await open(files, options)
  const events: RunEvent[] = []
  const waiting = new Set<() => void>()
  const controller = new AbortController()
  const ended = project.run({
    ...options,
    signal: controller.signal,
    onEvent: event => {
      events.push(event)
      for (const wake of waiting) wake()
    },
  })
  ended.catch(() => undefined)
  const until = (fits: (e: RunEvent) => boolean): Promise<RunEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(fits)
        if (found) resolve(found)
      }
      waiting.add(look)
      look()
      ended.then(look, reject)
    })
  return { project, root: project.root, events, stop: () => controller.abort(), ended, until }
}
const batchOf =
  (query: string, batchId = 0) =>
  (e: RunEvent) =>
    e.event === 'batch' && e.query === query && e.progress.batchId === batchId
const states = (events: readonly RunEvent[]) => events.flatMap(e => (e.event === 'node' ? [`${e.state} ${e.node}`] : []))
const refusal = async (of: Promise<unknown>) => {
  const error = await of.then(
    () => undefined,
    e => e,
  )
  return isMillraceError(error) ? error : expect.fail(`refused nothing: ${String(error)}`)
}

test('frames between nodes travel as plans: three nodes up to a sink are one query', async () => {
  const run = await start({
    ...INPUT,
    'conf/base/catalog.yml': numbers + out('kept'),
    'src/pipelines.ts': `${HEAD}
export const registerPipelines = () => ({ __default__: pipeline([
  node(df => df.where("n > 1"), { inputs: 'numbers', outputs: 'large', name: 'large' }),
  node(df => df.withColumn('twice', col('n').times(2)), { inputs: 'large', outputs: 'doubled', name: 'double' }),
  node(df => df.select('kind', 'twice'), { inputs: 'doubled', outputs: 'kept', name: 'keep' }),
]) })`,
  })
  await run.until(batchOf('kept'))
  expect((await run.project.context.session()).streams.active.map(q => q.name)).toEqual(['kept'])
  run.stop()
  expect(await run.ended).toEqual({ state: 'stopped', failed: [], outputs: {} })
  expect(states(run.events)).toEqual(['planned large', 'planned double', 'started keep'])
  expect(await csvRows(join(run.root, 'data/kept'))).toEqual(['a,6', 'b,4'])
})

test('with declared columns a reader starts at once, before the first batch of what it reads', async () => {
  const run = await start({
    'data/numbers/.keep': '',
    'conf/base/catalog.yml': numbers + out('middle', 'schema: "n int, kind string", ') + out('last'),
    'src/pipelines.ts': `${HEAD}
export const registerPipelines = () => ({ __default__: pipeline([
  node(df => df, { inputs: 'middle', outputs: 'last', name: 'second' }),
  node(df => df.where("n > 1"), { inputs: 'numbers', outputs: 'middle', name: 'first' }),
]) })`,
  })
  await run.until(e => e.event === 'all-started')
  expect(run.events.some(e => e.event === 'waiting' || e.event === 'batch')).toBe(false)
  await writeFile(join(run.root, 'data/numbers/a.json'), INPUT['data/numbers/a.json'])
  await run.until(batchOf('last'))
  run.stop()
  await run.ended
  expect(await csvRows(join(run.root, 'data/last'))).toEqual(['2,b', '3,a'])
})

const TWO_BRANCHES = (restart: string): string => `${HEAD}
let starts = 0
const fails = { ${restart} }
export const registerPipelines = () => ({ __default__: pipeline([
  node(df => df.select(col('n'), col('kind').cast('int').as('number')), { inputs: 'numbers', outputs: 'broken', name: 'breaks', ...fails }),
  node(df => df, { inputs: 'broken', outputs: 'after', name: 'depends' }),
  node(df => df.select('n'), { inputs: 'numbers', outputs: 'sound', name: 'sound' }),
]) })`

test('a stream that fails stops what depends on it; the rest goes on', async () => {
  const run = await start({
    'data/numbers/.keep': '',
    'conf/base/catalog.yml': numbers + out('broken', 'schema: "n int, number int", ') + out('after') + out('sound'),
    'src/pipelines.ts': TWO_BRANCHES(''),
  })
  await run.until(e => e.event === 'all-started')
  await writeFile(join(run.root, 'data/numbers/a.json'), INPUT['data/numbers/a.json'])
  await run.until(batchOf('sound'))
  const stopped = await run.until(e => e.event === 'stream' && e.query === 'after')
  expect(stopped).toMatchObject({ state: 'stopped', reason: '"broken", which it depends on, has failed' })
  await writeFile(join(run.root, 'data/numbers/b.json'), '{"n":4,"kind":"c"}\n')
  await run.until(batchOf('sound', 1))
  run.stop()
  expect(await run.ended).toMatchObject({ state: 'failed', failed: ['breaks'] })
  expect(await csvRows(join(run.root, 'data/sound'))).toEqual(['1', '2', '3', '4'])
})

test('what waits for a stream that fails for good is skipped; attempts are counted', async () => {
  const run = await start({
    ...INPUT,
    'conf/base/catalog.yml': numbers + out('broken') + out('after') + out('sound'),
    'src/pipelines.ts': TWO_BRANCHES("restart: { policy: 'on-failure', attempts: 2, backoff: 1 }"),
  })
  await run.until(e => e.event === 'node' && e.node === 'depends')
  await run.until(batchOf('sound'))
  run.stop()
  expect(await run.ended).toMatchObject({ state: 'failed', failed: ['breaks'] })
  expect(run.events.flatMap(e => (e.event === 'restarting' ? [`${e.attempt} of ${e.of} in ${e.inMs}`] : []))).toEqual([
    '1 of 2 in 1',
    '2 of 2 in 2',
  ])
  expect(states(run.events)).toEqual(expect.arrayContaining(['started breaks', 'started sound', 'skipped depends']))
})

test('a batch pipeline: tables, documents, parameters, versions; the newest version is read', async () => {
  const files = {
    'data/in.csv': 'n,kind\n1,a\n2,b\n3,a\n',
    'conf/base/parameters.yml': 'least: 2\nwords: { hello: world }\n',
    'conf/base/catalog.yml': `raw: { type: pandas.CSVDataSet, filepath: data/in.csv }
kept: { type: table, format: csv, path: data/kept, versioned: true, save_args: { header: true } , load_args: { header: true, inferSchema: true } }
facts: { type: json.JSONDataSet, filepath: data/facts.json }
`,
    'src/pipelines/batch.ts': `${HEAD}
const count = async (kept, words) => ({ rows: (await kept.collect()).length, words })
export const createPipeline = () => pipeline([
  node((raw, least) => raw.where(col('n').geq(least)), { inputs: ['raw', 'params:least'], outputs: 'kept', name: 'keep' }),
  node(count, { inputs: { 0: 'kept', 1: 'params:words' }, outputs: 'facts' }),
])`.replace('async (kept, words)', 'async ({ 0: kept, 1: words }: any)'),
  }
  const first = await start(files)
  expect(await first.ended).toMatchObject({ state: 'succeeded', failed: [] })
  expect(states(first.events)).toEqual(['done keep', 'done count'])
  expect(JSON.parse(await readFile(join(first.root, 'data/facts.json'), 'utf8'))).toEqual({ rows: 2, words: { hello: 'world' } })
  const project = await Project.open({ directory: first.root, parameters: { least: 3 } })
  onTestFinished(() => project.close())
  await project.run()
  const versions = (await readdir(join(first.root, 'data/kept'))).sort()
  expect(versions).toHaveLength(2)
  const rowsOf = async (version?: string): Promise<number> => {
    await project.run({ nodes: ['count'], ...(version !== undefined && { loadVersions: { kept: version } }) })
    return JSON.parse(await readFile(join(first.root, 'data/facts.json'), 'utf8')).rows
  }
  expect(await rowsOf()).toBe(1)
  expect(await rowsOf(versions[0]!)).toBe(2)
  expect(await project.run({ nodes: ['count'], loadVersions: { kept: 'none' } })).toMatchObject({ state: 'failed', failed: ['count'] })
})

test.each([
  ['an unknown name that nobody writes', numbers, "inputs: 'numbrs', outputs: 'x'", 'DATASET_UNKNOWN'],
  [
    'a stream without columns',
    'numbers: { type: stream, format: json, path: data/numbers }\n',
    "inputs: 'numbers', outputs: 'x'",
    'DATASET_WITHOUT_SCHEMA',
  ],
  [
    'a stream without a checkpoint',
    `${numbers}x: { type: stream, format: csv, path: data/x }\n`,
    "inputs: 'numbers', outputs: 'x'",
    'DATASET_WITHOUT_CHECKPOINT',
  ],
  [
    'a mistake in an entry',
    'numbers: { type: stream, format: jsn, path: data/numbers }\n',
    "inputs: 'numbers', outputs: 'x'",
    'CATALOG_INVALID',
  ],
  ['a parameter that there is not', numbers, "inputs: ['numbers', 'params:leats'], outputs: 'x'", 'PARAMETER_MISSING'],
])('%s is refused before anything starts', async (_, catalog, names, condition) => {
  const run = await start({
    ...INPUT,
    'conf/base/parameters.yml': 'least: 1',
    'conf/base/catalog.yml': catalog,
    'src/pipelines.ts': `${HEAD}
let called = false
export const registerPipelines = () => ({ __default__: pipeline([
  node(df => df, { ${names}, name: 'only' }),
]) })`,
  })
  expect((await refusal(run.ended)).condition).toBe(condition)
  expect(run.events).toEqual([])
})

test('what a node writes must be what the entry declares', async () => {
  const run = await start({
    ...INPUT,
    'conf/base/catalog.yml': numbers + out('kept', 'schema: "kind string, n int", '),
    'src/pipelines.ts': `${HEAD}
export const registerPipelines = () => ({ __default__: pipeline([node(df => df, { inputs: 'numbers', outputs: 'kept', name: 'keep' })]) })`,
  })
  expect(await run.ended).toMatchObject({ state: 'failed', failed: ['keep'] })
  const error = run.events.flatMap(e => (e.event === 'error' ? [e.error] : []))[0] as { condition?: string; params?: unknown }
  expect(error.condition).toBe('DATASET_SCHEMA_DIFFERS')
  expect(error.params).toEqual({ name: 'kept', node: 'keep', differences: ['the order is n, kind, declared as kind, n'] })
})

test('a stream that fails is started again from its checkpoint, also one of a type of one’s own', async () => {
  const got: number[] = []
  ;(globalThis as any).flaky = { calls: 0, got }
  const run = await start({
    ...INPUT,
    'conf/base/catalog.yml': `${numbers}told: { type: test.Flaky, checkpoint: data/checkpoints/told }\n`,
    'src/settings.ts': `import { defineDataset, defineSettings } from 'millrace/project'
const flaky = defineDataset({
  type: 'test.Flaky',
  options: { checkpoint: { type: 'string', describe: 'Where.', required: true } },
  save: (data, { options, name }) => data.writeStream
    .foreachBatch(async (batch: any) => {
      const { flaky } = globalThis as any
      if (flaky.calls++ === 0) throw new Error('the broker is gone')
      flaky.got.push(...(await batch.collect()).map((r: any) => r.n))
    })
    .option('checkpointLocation', import.meta.dirname + '/../' + options.checkpoint).queryName(name).start(),
})
export const settings = defineSettings({ datasets: [flaky], sessionStore: { path: 'kept' } })`,
    'src/pipelines.ts': `${HEAD}
export const registerPipelines = () => ({ __default__: pipeline([
  node(df => df, { inputs: 'numbers', outputs: 'told', name: 'tell', restart: { attempts: 1, backoff: 1 } }),
]) })`,
  })
  await run.until(batchOf('told'))
  run.stop()
  expect(await run.ended).toMatchObject({ state: 'stopped', failed: [] })
  expect(got).toEqual([1, 2, 3])
  expect(run.events.filter(e => e.event === 'restarting')).toMatchObject([
    { node: 'tell', attempt: 1, of: 1, reason: expect.stringContaining('the broker is gone') },
  ])
  const [record] = await run.project.runs()
  expect(record).toMatchObject({ state: 'stopped', streams: { told: { restarts: 1, batches: 1, state: 'stopped' } } })
  expect(await readdir(join(run.root, 'kept/runs'))).toHaveLength(1)
})

test('a query that a node starts by itself belongs to the run', async () => {
  const run = await start({
    ...INPUT,
    'conf/base/catalog.yml': numbers,
    'src/pipelines.ts': `${HEAD}
const own = async (df: any) => void (await df.writeStream.format('noop').queryName('by hand').start())
export const registerPipelines = () => ({ __default__: pipeline([node(own, { inputs: 'numbers' })]) })`,
  })
  await run.until(batchOf('by hand'))
  run.stop()
  expect(await run.ended).toMatchObject({ state: 'stopped' })
  expect(states(run.events)).toEqual(['started own'])
  expect((await run.project.context.session()).streams.active).toEqual([])
})

test('a table that knows its own columns is read with those, whoever wrote it in this run', async () => {
  const run = await start({
    ...INPUT,
    'conf/base/catalog.yml': `${numbers}
tabled: { type: stream, format: delta, path: data/tabled, save_args: { checkpoint: data/checkpoints/tabled } }
${out('last')}`,
    'src/pipelines.ts': `${HEAD}
export const registerPipelines = () => ({ __default__: pipeline([
  node(df => df.where("n > 1"), { inputs: 'numbers', outputs: 'tabled', name: 'first' }),
  node(df => df.select('kind'), { inputs: 'tabled', outputs: 'last', name: 'second' }),
]) })`,
  })
  await run.until(batchOf('last'))
  run.stop()
  expect(await run.ended).toMatchObject({ failed: [] })
  expect(await csvRows(join(run.root, 'data/last'))).toEqual(['a', 'b'])
})
