import { expect, onTestFinished, test } from 'vitest'
import { isMillraceError } from '../../src/index.ts'
import { Project, type RunResult } from '../../src/project/index.ts'
import { makeProject } from './support.ts'

const project = (settings: string, more: Readonly<Record<string, string>> = {}) => ({
  'data/in/a.json': '{"n":1}\n',
  'conf/base/catalog.yml': `in: { type: stream, format: json, path: data/in, schema: n int }
out: { type: stream, format: csv, path: data/out, save_args: { checkpoint: data/chk, trigger: availableNow } }
`,
  'src/pipelines.ts': `import { node, pipeline } from 'millrace/project'
export const registerPipelines = () => ({ __default__: pipeline([node((df: any) => df, { inputs: 'in', outputs: 'out', name: 'copy' })]) })`,
  'src/settings.ts': `import { defineSettings } from 'millrace/project'
${settings}`,
  ...more,
})

async function runWith(
  settings: string,
): Promise<{ readonly calls: readonly string[]; readonly result: RunResult; readonly warnings: readonly string[] }> {
  const root = await makeProject(project(settings))
  const warnings: string[] = []
  const calls: string[] = []
  ;(globalThis as any).hookCalls = calls
  const opened = await Project.open({ directory: root, onWarning: w => warnings.push(w) })
  onTestFinished(() => opened.close())
  return { result: await opened.run(), calls, warnings }
}
const refusal = async (settings: string) => {
  const error = await runWith(settings).then(
    () => undefined,
    e => e,
  )
  return isMillraceError(error) ? error : expect.fail(`refused nothing: ${String(error)}`)
}

const EVERY = `const names = ['afterContextCreated', 'afterCatalogCreated', 'beforePipelineRun', 'afterPipelineRun', 'onPipelineError', 'beforeNodeRun', 'afterNodeRun', 'onNodeError',
  'beforeDatasetLoaded', 'afterDatasetLoaded', 'beforeDatasetSaved', 'afterDatasetSaved', 'onQueryStarted', 'onQueryProgress', 'onQueryTerminated', 'afterStreamsEnded']
const told = (who: string) => Object.fromEntries(names.map(name => [name, (e: any) => void (globalThis as any).hookCalls.push(who + name + (e.datasetName ? ' ' + e.datasetName : ''))]))
`

test('every hook is called, in the order of the run; those of one moment in the order of registration', async () => {
  const { calls, result } = await runWith(`${EVERY}
export const settings = defineSettings({ hooks: [told('1 '), told('2 ')] })`)
  expect(result.state).toBe('succeeded')
  const [first, second] = ['1 ', '2 '].map(who => calls.filter(c => c.startsWith(who)).map(c => c.slice(2)))
  expect(first).toEqual(second)
  expect(first!.filter(c => !/Query|PipelineRun$/.test(c))).toEqual([
    'afterContextCreated',
    'afterCatalogCreated',
    'beforeDatasetLoaded in',
    'afterDatasetLoaded in',
    'beforeNodeRun',
    'afterNodeRun',
    'beforeDatasetSaved out',
    'afterDatasetSaved out',
    'afterStreamsEnded',
  ])
  expect(first!.filter(c => /Query/.test(c))).toEqual(['onQueryStarted out', 'onQueryProgress out', 'onQueryTerminated out'])
  expect(first!.indexOf('afterPipelineRun')).toBeGreaterThan(first!.indexOf('afterDatasetSaved out'))
  expect(first!.indexOf('afterPipelineRun')).toBeLessThan(first!.indexOf('afterStreamsEnded'))
  expect(calls.slice(0, 2)).toEqual(['1 afterContextCreated', '2 afterContextCreated'])
})

test('a hook before something stops it; one that only hears is reported and stops nothing', async () => {
  const before = await runWith(`export const settings = defineSettings({ hooks: [{ beforeNodeRun() { throw new Error('not today') } }] })`)
  expect(before.result).toMatchObject({ state: 'failed', failed: ['copy'] })
  const after = await runWith(`export const settings = defineSettings({ hooks: [
  { afterDatasetSaved() { throw new Error('first') }, onQueryProgress: async () => { throw new Error('second') } },
  { onQueryProgress: () => void (globalThis as any).hookCalls.push('still called') },
] })`)
  expect(after.result.state).toBe('succeeded')
  expect(after.warnings).toEqual([
    expect.stringMatching(/afterDatasetSaved failed: first/),
    expect.stringMatching(/onQueryProgress failed: second/),
  ])
  expect(after.calls).toEqual(['still called'])
  expect(
    (await refusal(`export const settings = defineSettings({ hooks: [{ afterContextCreated() { throw new Error('no') } }] })`)).condition,
  ).toBe('HOOK_FAILED')
})

test('a hook may give a node other inputs', async () => {
  const { calls } = await runWith(`export const settings = defineSettings({ hooks: [
  { beforeNodeRun: ({ inputs }: any) => ({ in: inputs.in.where('n > 5') }) },
  { onQueryProgress: ({ progress }: any) => void (globalThis as any).hookCalls.push(String(progress.sink.numOutputRows)) },
] })`)
  expect(calls.every(rows => rows !== '1')).toBe(true)
})

test.each([
  [
    'a hook as Python writes it',
    'hooks: [{ after_pipeline_run() {} }]',
    /"after_pipeline_run", which is no hook, did you mean "afterPipelineRun"/,
  ],
  ['a class instead of an instance', 'hooks: [class A { afterPipelineRun() {} } as any]', /hooks\[0\] is a class/],
  ['an object without hooks', 'hooks: [{ name: 1 } as any]', /has no hook/],
  ['a setting that there is not', 'hoks: [] as any', /no setting "hoks", did you mean "hooks"/],
  ['a setting as Python writes it', 'CONF_SOURCE: "x"', /no setting "CONF_SOURCE", did you mean "confSource"/],
  ['a setting of another type', 'hooks: {} as any', /"hooks" must be a list/],
  [
    'a plugin that there is not',
    'disableHooksForPlugins: ["viz"], plugins: [{ name: "vis" }]',
    /"viz", which is no plugin here, did you mean "vis"/,
  ],
])('%s is refused', async (_, settings, problem) => {
  const error = await refusal(`export const settings = defineSettings({ ${settings} } as any)`)
  expect(error.message).toMatch(problem)
})

test('hooks of plugins come behind the project’s own, unless they are disabled', async () => {
  const settings = (
    more: string,
  ) => `const hook = (who: string) => ({ afterContextCreated: () => void (globalThis as any).hookCalls.push(who) })
export const settings = defineSettings({ plugins: [{ name: 'viz', hooks: hook('viz') }], hooks: [hook('own')] ${more} })`
  expect((await runWith(settings(''))).calls).toEqual(['own', 'viz'])
  expect((await runWith(settings(", disableHooksForPlugins: ['viz']"))).calls).toEqual(['own'])
})
