import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import '../../src/index.ts'
import type { Output } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { millrace } from '../../src/cli/millrace.ts'
import { STARTERS } from '../../src/cli/starters.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { endPrograms } from '../support/example-program.ts'
import { compile } from '../types/compile.ts'
import { copyExample, makeProject, millrace as spawned } from './support.ts'

afterEach(endPrograms)

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}
const plain = (text: string): string => text
const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain }

/** `millrace …` in this process, with `root` as its working directory. */
async function call(root: string, ...args: string[]): Promise<Said> {
  const said = { out: '', err: '' }
  const platform = { ...nodePlatform, process: { ...nodePlatform.process, cwd: root } }
  const output = (json: boolean): Output => ({
    print: text => {
      said.out += `${text}\n`
    },
    note: text => {
      said.err += `${text}\n`
    },
    json,
    paint,
  })
  const code = await millrace(args, COMMANDS, { platform, signal: new AbortController().signal, output })
  return { code, ...said }
}

/** Two nodes that end by themselves. */
const BATCHES = {
  'data/in/a.json': '{"n":1}\n{"n":2}\n',
  'conf/base/catalog.yml': `numbers: { type: stream, format: json, path: data/in, schema: n int }
kept: { type: stream, format: csv, path: data/kept, save_args: { checkpoint: data/chk/kept, trigger: availableNow } }
`,
  'src/pipelines.ts': `import { node, pipeline } from 'millrace/project'
export const registerPipelines = () => ({ __default__: pipeline([
  node((df: any) => df.where('n > 1'), { inputs: 'numbers', outputs: 'large', name: 'large' }),
  node((df: any) => df, { inputs: 'large', outputs: 'kept', name: 'keep', tags: 'daily' }),
]) })`,
}

test('plan: the graph, what is one query, what is delivered, what becomes of checkpoints', async () => {
  const root = await makeProject(BATCHES)
  expect(await call(root, 'plan')).toEqual({
    code: 0,
    err: '',
    out: `the default pipeline, environment local: 2 nodes, 1 stream

stream kept (csv)
  numbers ─▶ large + keep ─▶ kept
  2 nodes are one query: what is between them is kept nowhere
  exactly once: every source can be read again, and the sink takes each batch once
  checkpoint data/chk/kept: starts new
`,
  })
  expect((await readdir(root)).sort()).toEqual(['conf', 'data', 'src'])
  expect(await readdir(join(root, 'data'))).toEqual(['in'])
  expect((await call(root, 'run')).code).toBe(0)
  expect((await call(root, 'plan')).out).toContain('checkpoint data/chk/kept: goes on with batch 1 (the last one done is 0)')
  // A batch that was planned and not committed.
  await writeFile(join(root, 'data/chk/kept/offsets/1'), await readFile(join(root, 'data/chk/kept/offsets/0')))
  expect((await call(root, 'plan')).out).toContain('checkpoint data/chk/kept: runs batch 1 again, which was not finished, and goes on')
  const json = JSON.parse((await call(root, 'plan', '--json')).out)
  expect(json.writes[0]).toMatchObject({
    dataset: 'kept',
    nodes: ['large', 'keep'],
    preview: { checkpoint: { does: 'go-on', reruns: true, nextBatch: 1 } },
  })
})

test('plan: what a checkpoint would be refused for, and which part differs', async () => {
  const counting = (key: string): Record<string, string> => ({
    ...BATCHES,
    'conf/base/catalog.yml': `numbers: { type: stream, format: json, path: data/in, schema: "n int, kind string" }
counts: { type: stream, format: noop, save_args: { output_mode: complete, checkpoint: data/chk/counts, trigger: availableNow } }
`,
    'src/pipelines.ts': `import { node, pipeline } from 'millrace/project'
export const registerPipelines = () => ({ __default__: pipeline([
  node((df: any) => df.groupBy('${key}').count(), { inputs: 'numbers', outputs: 'counts', name: 'count' }),
]) })`,
  })
  const first = await makeProject(counting('n'))
  expect((await call(first, 'run')).code).toBe(0)
  // Modules are kept by the process: the changed pipeline is another project on the same checkpoint.
  const second = await makeProject(counting('kind'))
  const catalog = await readFile(join(second, 'conf/base/catalog.yml'), 'utf8')
  await writeFile(join(second, 'conf/base/catalog.yml'), catalog.replace('data/chk', join(first, 'data/chk')))
  const { code, out } = await call(second, 'plan')
  expect(code).toBe(1)
  expect(out).toMatch(/checkpoint .*counts: REFUSED: .*key/)
})

test('run: the words of a batch pipeline, and its exit code', async () => {
  const root = await makeProject(BATCHES)
  const { code, err } = await call(root, 'run', '--tags', 'daily', '--from-nodes', 'large')
  expect([code, err.split('\n')[0]]).toEqual([2, expect.stringMatching(/^\[DATASET_UNKNOWN\] the catalog has no data set "large"/)])
  const all = await call(root, 'run')
  expect(all.code).toBe(0)
  expect(all.err.replace(/\d{4}-\S+Z|\d+ ms/g, '…').split('\n')).toEqual([
    'run …: the default pipeline, 2 nodes, environment local',
    'loading numbers (json stream)',
    'running large: numbers -> large',
    'planned 1 of 2: large',
    'loading large (memory)',
    'running keep: large -> kept',
    'saving kept (csv stream)',
    'started 2 of 2: keep',
    '1 stream running; Ctrl-C stops it',
    expect.stringMatching(/^batch 0 of kept: \d rows? in, …$/),
    'ended: kept',
    'run done',
    '',
  ])
  const events = (await call(root, 'run', '--json')).out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).event)
  expect(events).toContain('run-started')
  expect(events.at(-1)).toBe('run-ended')
})

test('run: what fails ends with 1 and names the line of the project', async () => {
  const root = await makeProject({
    ...BATCHES,
    'src/pipelines.ts': `import { node, pipeline } from 'millrace/project'
const broken = () => { throw new Error('no such luck') }
export const registerPipelines = () => ({ __default__: pipeline([node(broken, { inputs: 'numbers', outputs: 'kept' })]) })`,
  })
  const { code, err } = await call(root, 'run')
  expect(code).toBe(1)
  expect(err).toContain('[NODE_FAILED] node "broken" failed: no such luck')
  expect(err).toMatch(/at broken \(.*src\/pipelines\.ts:2/)
  expect(err).not.toContain('src/project/runner')
})

test.each([
  [['rnu'], 2, /no command "rnu", did you mean "run"/],
  [['catalog', 'lst'], 2, /no command "catalog lst", did you mean "catalog list"/],
  [['run', '--tgas', 'x'], 2, /no option "--tgas", did you mean "--tags"/],
  [['run', 'x'], 2, /"x" is one argument too many/],
  [['catalog', 'describe'], 2, /NAME is missing/],
  [['run', '--params', 'x'], 2, /--params takes NAME=VALUE, got "x"/],
  [['run', '--engine', 'sc://spark:15002'], 2, /the engine at "sc:\/\/spark:15002"/],
  [['run', '--env', 'prod'], 2, /no environment "prod"/],
  [['run', '--pipeline', 'x'], 2, /no pipeline "x"/],
])('millrace %j is a mistake, told without a stack', async (args, code, problem) => {
  const said = await call(await makeProject(BATCHES), ...args)
  expect(said.code).toBe(code)
  expect(said.err).toMatch(problem)
  expect(said.err).not.toMatch(/^\s+at /m)
})

test('outside a project', async () => {
  const said = await call(await makeProject({ 'a.txt': '' }), 'run')
  expect(said).toMatchObject({ code: 2, err: expect.stringContaining('PROJECT_NOT_FOUND') })
})

test('help comes from the same objects for every command', async () => {
  const root = await makeProject(BATCHES)
  for (const command of COMMANDS) {
    const { code, out } = await call(root, ...command.name.split(' '), '--help')
    expect(code).toBe(0)
    expect(out).toContain(`Usage: millrace ${command.name}`)
    expect(out).toContain(command.examples[0])
  }
  const { code, out } = await call(root, '--help')
  expect(code).toBe(0)
  for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`${name}\\s+${summary.slice(0, 20).replace(/[().]/g, '.')}`))
})

test('catalog list, describe, check', async () => {
  const root = await copyExample('kedro-like')
  const list = await call(root, 'catalog', 'list')
  expect(list.out).toMatch(/^raw_json +stream +json +data\/01_raw\/stream\/inventory\/ +conf\/base\/catalog\.yml:3$/m)
  expect((await call(root, 'catalog', 'describe', 'processed.sensor')).out).toMatch(/^outputMode: append$/m)
  expect(await call(root, 'catalog', 'describe', 'raw_jsn')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean "raw_json"'),
  })
  expect(await call(root, 'catalog', 'check')).toMatchObject({ code: 0, out: '', err: '3 data sets: 0 mistakes, 0 warnings\n' })
  await writeFile(join(root, 'conf/base/catalog_more.yml'), 'more: { type: strem }\n')
  const check = await call(root, 'catalog', 'check')
  expect(check.code).toBe(1)
  expect(check.out).toMatch(/^conf\/base\/catalog_more\.yml:1:15 error: "more": there is no type "strem", did you mean "stream"\?/)
})

test('checkpoint show, verify, reset', async () => {
  const root = await makeProject(BATCHES)
  await call(root, 'run')
  expect((await call(root, 'checkpoint', 'show', 'kept')).out).toMatch(/committed:\n {2}batchId: 0/)
  expect((await call(root, 'checkpoint', 'verify', 'kept')).out).toMatch(/sound, 1 planned and 1 committed batches on record/)
  await writeFile(join(root, 'data/chk/kept/commits/3'), 'v1\n{}')
  await writeFile(join(root, 'data/chk/kept/offsets/0'), 'rubbish')
  const broken = await call(root, 'checkpoint', 'verify', 'data/chk/kept')
  expect(broken.code).toBe(1)
  expect(broken.out).toMatch(
    /commits: between 0 and 3 entries are missing[\s\S]*batch 3 is committed, and was never planned[\s\S]*offsets\/0: /,
  )
  expect((await call(root, 'checkpoint', 'reset', 'kept')).out).toContain('nothing was changed; --yes does it')
  expect(await readdir(join(root, 'data/chk'))).toEqual(['kept'])
  expect((await call(root, 'checkpoint', 'reset', 'kept', '--yes')).out).toMatch(/^removed /)
  expect(await readdir(join(root, 'data/chk'))).toEqual([])
  expect((await call(root, 'checkpoint', 'show', 'kept')).code).toBe(2)
})

test('runs list, show', async () => {
  const root = await makeProject(BATCHES)
  expect(await call(root, 'runs', 'list')).toMatchObject({ code: 0, out: '', err: 'no run yet\n' })
  await call(root, 'run', '--params', 'least=3')
  expect((await call(root, 'runs', 'list')).out).toMatch(/__default__ +local +succeeded +1 +0/)
  const shown = JSON.parse((await call(root, 'runs', 'show', '--json')).out)
  expect(shown).toMatchObject({
    state: 'succeeded',
    parameters: { least: 3 },
    nodes: { keep: { state: 'started' } },
    streams: { kept: { batches: 1, state: 'ended' } },
  })
  const [kept] = await readdir(join(root, '.millrace/runs'))
  const record = JSON.parse(await readFile(join(root, '.millrace/runs', kept!), 'utf8'))
  await writeFile(join(root, '.millrace/runs', kept!), JSON.stringify({ ...record, state: 'running' }))
  expect((await call(root, 'runs', 'list')).out).toMatch(/lost/)
})

test('schema infer writes what a catalog reads', async () => {
  const root = await makeProject(BATCHES)
  const data = join(root, 'data/in')
  expect((await call(root, 'schema', 'infer', data, '--format', 'json', '--ddl')).out).toBe('n BIGINT\n')
  await call(root, 'schema', 'infer', join(data, 'a.json'), '-o', join(root, 'conf/base/n.json'))
  await writeFile(
    join(root, 'conf/base/catalog.yml'),
    'numbers: { type: stream, format: json, path: data/in, load_args: { schema: { filepath: conf/base/n.json } } }',
  )
  expect((await call(root, 'catalog', 'describe', 'numbers')).out).toMatch(/schema:\n {2}n {2}bigint/)
})

test('warehouse ddl prints statements for the columns of a folder, or those it is given', async () => {
  const root = await makeProject({ 'lake/a.csv': 'id,name\n1,x\n' })
  const given = ['warehouse', 'ddl', 'postgres', 's3://lake/rides', '--table', 'rides', '--key', 'id'] as const
  const looked = await call(root, ...given, '--files', join(root, 'lake'), '--format', 'csv')
  expect(looked.out).toMatch(/^CREATE FOREIGN TABLE[\s\S]*"id" integer[\s\S]*MERGE INTO/m)
  const told = await call(root, ...given, '--schema', 'id bigint, at timestamp', '--newest', 'at', '--json')
  expect(Object.keys(JSON.parse(told.out))).toEqual(['external', 'table', 'merge'])
  expect((await call(root, 'warehouse', 'ddl', 'oracle', 's3://lake/rides')).err).toContain('bigquery, redshift, snowflake, postgres')
  expect((await call(root, 'warehouse', 'ddl', 'postgres', 's3://x', '--table', 't')).err).toContain('--key is missing')
})

test('new: each starter is a project without mistakes, whose nodes compile', async () => {
  for (const starter of Object.keys(STARTERS)) {
    const root = await makeProject({ 'x.txt': '' })
    const made = await call(root, 'new', 'demo', '--starter', starter)
    expect(made.out).toContain('npm start')
    const demo = join(root, 'demo')
    await mkdir(join(demo, 'node_modules'))
    const types = (await call(demo, 'catalog', 'types')).out
    const text = await readFile(join(demo, 'src/pipelines.ts'), 'utf8')
    expect(compile({ demoCatalog: types, demoPipelines: text })).toEqual({ demoCatalog: [], demoPipelines: [] })
    expect(JSON.parse(await readFile(join(demo, 'package.json'), 'utf8'))).toMatchObject({
      name: 'demo',
      scripts: { start: 'millrace run' },
    })
  }
  const root = await makeProject({ 'demo/x.txt': '' })
  expect(await call(root, 'new', 'demo')).toMatchObject({ code: 2, err: expect.stringContaining('not empty') })
  expect(await call(root, 'new', 'other', '-s', 'kafak')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean "kafka"') })
})

test('doctor tells what is there and what is not', async () => {
  const root = await makeProject({ ...BATCHES, 'package.json': '{}' })
  const sound = await call(root, 'doctor')
  expect(sound.code).toBe(0)
  expect(sound.out).toMatch(/^ok +Node: [\s\S]*^ok +engine: counts to 3[\s\S]*^ok +pipelines: __default__ \(2\)$/m)
  await writeFile(join(root, 'conf/base/catalog_2.yml'), 'bad: { type: strem }\nsf: { type: table, format: snowflake }\n')
  const broken = await call(root, 'doctor', '--json')
  expect(broken.code).toBe(1)
  const failed = JSON.parse(broken.out).findings.filter((f: any) => f.state === 'failed')
  expect(failed.map((f: any) => f.what)).toEqual(expect.arrayContaining(['catalog', 'packages']))
  expect(await call(await makeProject({ 'a.txt': '' }), 'doctor')).toMatchObject({
    code: 1,
    out: expect.stringContaining('PROJECT_NOT_FOUND'),
  })
})

test('query list, status, progress, stop talk to a run of another process', async () => {
  const root = await copyExample('kedro-like')
  const run = spawned(root, 'run')
  await run.said(/batch 0 of processed\.sensor/)
  await expect.poll(async () => (await call(root, 'query', 'list')).out, { timeout: 20_000 }).toMatch(/^processed\.sensor +running +1 +2 /m)
  expect((await call(root, 'query', 'status', 'processed.sensor')).out).toMatch(/state: running\nbatches: 1/)
  expect(JSON.parse((await call(root, 'query', 'progress', 'processed.sensor')).out)).toMatchObject({
    batchId: 0,
    name: 'processed.sensor',
  })
  expect(await call(root, 'query', 'stop', 'procesed.sensor')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean "processed.sensor"'),
  })
  expect(await call(root, 'query', 'stop', 'processed.sensor')).toMatchObject({ code: 0, out: 'stopped: processed.sensor\n' })
  expect((await call(root, 'query', 'list')).out).toMatch(/^int\.new_inventory +running/m)
  run.interrupt()
  expect(await run.ended).toMatchObject({ code: 0, err: expect.stringContaining('stopped: processed.sensor: millrace query stop') })
  expect(await call(root, 'query', 'list')).toMatchObject({ code: 0, err: expect.stringContaining('no stream of this project runs') })
})

test('run --then runs another pipeline behind; --every again and again', async () => {
  const root = await makeProject({
    ...BATCHES,
    'src/pipelines.ts': `import { node, pipeline } from 'millrace/project'
export const registerPipelines = () => ({
  first: pipeline([node((df: any) => df, { inputs: 'numbers', outputs: 'kept', name: 'keep' })]),
  second: pipeline([node(() => ({ at: 1 }), { outputs: 'facts', name: 'facts' })]),
})`,
  })
  const { code, err } = await call(root, 'run', '-p', 'first', '--then', 'second')
  expect([code, [...err.matchAll(/^run \S+: pipeline (\w+)/gm)].map(m => m[1])]).toEqual([0, ['first', 'second']])
  expect((await call(root, 'run', '-p', 'first', '--then', 'secnd')).code).toBe(2)
  expect((await call(root, 'run', '--every', 'x')).err).toMatch(/--every takes a time/)
  const again = spawned(root, 'run', '-p', 'second', '--every', '1s')
  await again.said(/run done/, 2)
  again.interrupt()
  expect((await again.ended).code).toBe(0)
})
