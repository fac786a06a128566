import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { problemLine } from '../project/catalog/index.ts'
import { Project } from '../project/index.ts'
import { version } from '../project/version.ts'
import { projectOptions } from './arguments.ts'
import { type Call, type Command, EXIT, IN_PROJECT } from './command.ts'

interface Finding {
  readonly what: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly said: string
}
type Look = (call: Call) => Promise<readonly Finding[]>

/** `millrace doctor`. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Looks whether everything that a run needs is there; ends with 1 where something is not.',
  about:
    'Node and this package, the engine, the project with its settings, pipelines and catalog, packages that its formats load, places it writes to.',
  options: IN_PROJECT,
  examples: ['millrace doctor', 'millrace doctor --env prod --json'],
  run: async call => {
    const findings: Finding[] = []
    for (const [what, look] of LOOKS) {
      findings.push(...(await look(call).catch(error => [failed(what, error)])))
      // Without a project there is nothing more to look at.
      if (what === 'project' && findings.at(-1)?.state === 'failed') break
    }
    const { out } = call
    if (out.json) out.print(JSON.stringify({ findings }))
    else {
      const mark = { ok: out.paint.green('ok     '), warning: out.paint.yellow('warning'), failed: out.paint.red('FAILED ') }
      for (const { what, state, said } of findings) out.print(`${mark[state]}  ${what}: ${said.replaceAll('\n', '\n           ')}`)
    }
    return findings.some(f => f.state === 'failed') ? EXIT.failed : EXIT.ok
  },
}

const failed = (what: string, error: unknown): Finding => ({
  what,
  state: 'failed',
  said: error instanceof Error ? error.message : String(error),
})
const ok = (what: string, said: string): Finding => ({ what, state: 'ok', said })

const node: Look = async () => {
  const major = Number(process.versions.node.split('.')[0])
  const said = `${process.versions.node}, millrace ${version()}`
  return [major >= 24 ? ok('Node', said) : { what: 'Node', state: 'failed', said: `${said}: 24 or newer is needed` }]
}

const withProject = async (call: Call, look: (project: Project) => Promise<readonly Finding[]>): Promise<readonly Finding[]> => {
  await using project = await Project.open({ ...projectOptions(call.options), platform: call.platform })
  return look(project)
}

const project: Look = call => withProject(call, async ({ root, context }) => [ok('project', `${root}, environment ${context.env}`)])

const engine: Look = call =>
  withProject(call, async ({ context }) => {
    const from = call.platform.clock.ticks()
    const session = await context.session()
    const rows = await session.range(3).count()
    return [ok('engine', `counts to ${rows} in ${Math.round(call.platform.clock.ticks() - from)} ms`)]
  })

const pipelines: Look = call =>
  withProject(call, async project => {
    const all = Object.entries(await project.pipelines())
    return [ok('pipelines', all.map(([name, p]) => `${name} (${p.nodes.length})`).join(', '))]
  })

const catalog: Look = call =>
  withProject(call, async project => {
    const problems = await project.check()
    const count = project.catalog.names().length
    if (problems.length === 0) return [ok('catalog', `${count} data sets`)]
    return problems.map(p => ({ what: 'catalog', state: p.severity === 'error' ? 'failed' : 'warning', said: problemLine(p) }))
  })

/** Packages that connectors and stores load when they are first used. */
const NEEDED: readonly { readonly when: RegExp; readonly packages: readonly string[] }[] = [
  { when: /^format kafka$/, packages: ['@platformatic/kafka', '@platformatic/wasm-utils'] },
  { when: /^format postgres(ql)?$/, packages: ['pg', 'pg-copy-streams'] },
  { when: /^format snowflake$/, packages: ['snowflake-sdk'] },
  { when: /^scheme s3a?$/, packages: ['@aws-sdk/client-s3'] },
  { when: /^scheme gs$/, packages: ['@google-cloud/storage'] },
  { when: /^scheme (abfss?|wasbs?|az)$/, packages: ['@azure/storage-blob'] },
]

const packages: Look = call =>
  withProject(call, async project => {
    const used = new Set<string>()
    for (const name of project.catalog.names()) {
      const { entry } = await project.catalog.read(name)
      if (!entry) continue
      used.add(`format ${entry.format.toLowerCase()}`)
      for (const path of [entry.path, entry.checkpoint]) {
        const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(path ?? '')?.[1]
        if (scheme) used.add(`scheme ${scheme.toLowerCase()}`)
      }
    }
    const wanted = new Set(NEEDED.filter(n => [...used].some(u => n.when.test(u))).flatMap(n => n.packages))
    const require = createRequire(pathToFileURL(join(project.root, 'package.json')))
    const missing = [...wanted].filter(name => !isThere(require, name))
    if (missing.length > 0) return [{ what: 'packages', state: 'failed', said: `missing: npm install ${missing.join(' ')}` }]
    return [ok('packages', wanted.size === 0 ? 'none needed' : [...wanted].join(', '))]
  })

function isThere(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND'
  }
}

/** Local places of checkpoints and outputs: the nearest directory that is there must take a file. */
const places: Look = call =>
  withProject(call, async project => {
    const { files, ids } = call.platform
    const checked = new Map<string, string | undefined>()
    for (const name of project.catalog.names()) {
      const { entry } = await project.catalog.read(name)
      if (entry?.checkpoint === undefined || /^[a-z][a-z0-9+.-]+:/i.test(entry.checkpoint)) continue
      let at = entry.checkpoint
      while (!(await files.stat(at))?.isDirectory && dirname(at) !== at) at = dirname(at)
      if (checked.has(at)) continue
      const probe = join(at, `.millrace-${ids.uuid()}`)
      checked.set(
        at,
        await files
          .write(probe, new Uint8Array())
          .then(() => files.remove(probe))
          .then(
            () => undefined,
            (e: Error) => e.message,
          ),
      )
    }
    return [...checked].map(
      ([at, wrong]): Finding =>
        wrong === undefined ? ok('checkpoints', `${at} can be written`) : { what: 'checkpoints', state: 'failed', said: wrong },
    )
  })

const LOOKS: readonly (readonly [string, Look])[] = [
  ['Node', node],
  ['project', project],
  ['engine', engine],
  ['pipelines', pipelines],
  ['catalog', catalog],
  ['packages', packages],
  ['checkpoints', places],
]
