import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { makeProject, millrace } from '../project/support.ts'
import { endPrograms } from '../support/example-program.ts'
import { receiver, until } from './support.ts'

afterEach(endPrograms)

const FILES = {
  'conf/base/catalog.yml': `
numbers: { type: stream, format: rate, load_args: { rowsPerSecond: 20 } }
kept: { type: stream, format: json, path: data/kept, save_args: { checkpoint: data/checkpoint, query_name: kept } }
`,
  'src/pipelines.ts': `
import { node, pipeline } from 'millrace/project'
export const registerPipelines = () => ({ __default__: pipeline([node(rows => rows, { inputs: 'numbers', outputs: 'kept', name: 'keep' })]) })
`,
  'src/settings.ts': `import { defineSettings } from 'millrace/project'\nexport const settings = defineSettings({})\n`,
}

test('millrace run --watch serves a project, and alerts.yml is obeyed', async () => {
  const hooks = await receiver()
  const root = await makeProject({
    ...FILES,
    'conf/base/alerts.yml': `
channels: { ops: { webhook: "${hooks.url}/\${oc.env:HOOK_SECRET,none}" } }
rules: { some: { when: "value >= 3", query: kept, tell: ops } }
`,
  })
  // A port that was free a moment ago.
  const free = await receiver()
  const port = String(Number(new URL(free.url).port) + 1)
  const run = millrace(root, 'run', '--watch', port)
  await run.said(/batch 1 of kept/)
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  expect((await get('/ready')).status).toBe(200)
  expect((await get('/health')).status).toBe(200)
  expect(await (await get('/metrics')).text()).toContain('millrace_query_active{query="kept"} 1')
  await until(() => hooks.got.length > 0, 'the alert')
  expect(hooks.got[0]).toMatchObject({ path: '/none', body: { rule: 'some', state: 'firing', query: 'kept' } })
  run.interrupt()
  expect((await run.ended).code).toBe(0)
  expect(JSON.parse(await readFile(join(root, 'data/checkpoint/millrace/alerts/some.json'), 'utf8')).firing).toEqual(['{}'])
})

test('a mistake in alerts.yml or in --watch ends with 2 before anything starts', async () => {
  const root = await makeProject({ ...FILES, 'conf/base/alerts.yml': 'channels: {}\nrules: { down: { when: failed } }\n' })
  const bad = await millrace(root, 'run').ended
  expect([bad.code, bad.err]).toEqual([2, expect.stringContaining('[ALERT_INVALID] alerts.rules.down: there is nobody to tell')])
  const port = await millrace(root, 'run', '--watch', 'here').ended
  expect([port.code, port.err]).toEqual([2, expect.stringContaining('--watch takes a port')])
})
