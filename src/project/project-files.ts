import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import { Pipeline, pipeline } from './pipeline/index.ts'
import { checkSettings, type ProjectSettings } from './settings.ts'

const ENDINGS = ['.ts', '.mts', '.js', '.mjs']
const SETTINGS = ['src/settings', 'settings']
const REGISTRIES = ['src/pipeline-registry', 'src/pipeline_registry', 'src/pipelines', 'pipelines']
const DIRECTORY = 'src/pipelines'

/** The project at or above a directory: the nearest one with `conf/base`, or with settings. @throws PROJECT_NOT_FOUND */
export async function findProject(directory: string, { files }: Platform): Promise<string> {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if ((await files.stat(join(at, 'conf/base')))?.isDirectory) return at
    if (await firstFile(at, ['src/settings'], files)) return at
    if (dirname(at) === at) throw new MillraceError('PROJECT_NOT_FOUND', { directory })
  }
}

/** `settings` of `src/settings.ts`, or none. */
export async function loadSettings(
  root: string,
  { files }: Platform,
): Promise<{ readonly settings: ProjectSettings; readonly file: string }> {
  const path = await firstFile(root, SETTINGS, files)
  if (!path) return { settings: {}, file: 'src/settings.ts' }
  const file = relative(root, path)
  const module = await imported(path, file)
  const settings = module['settings'] ?? module['default']
  if (settings === undefined)
    throw new MillraceError('PROJECT_FILE', {
      file,
      why: 'exports no settings',
      instead: 'Write export const settings = defineSettings({ … }).',
    })
  checkSettings(settings, file)
  return { settings, file }
}

/** The pipelines of a project by name; `__default__` is all of them where the project does not say otherwise. */
export async function loadPipelines(root: string, platform: Platform): Promise<Readonly<Record<string, Pipeline>>> {
  const registry = await firstFile(root, REGISTRIES, platform.files)
  const named = registry ? await registered(registry, relative(root, registry)) : await discovered(root, platform)
  if (Object.keys(named).length === 0)
    throw new MillraceError('PROJECT_FILE', {
      file: 'src/pipelines.ts',
      why: 'is not there, and neither is a pipeline below src/pipelines/',
      instead: 'Write export const registerPipelines = () => ({ __default__: pipeline([node(…)]) }) into src/pipelines.ts.',
    })
  return '__default__' in named ? named : { ...named, __default__: pipeline(Object.values(named)) }
}

async function registered(path: string, file: string): Promise<Readonly<Record<string, Pipeline>>> {
  const module = await imported(path, file)
  const given = module['registerPipelines'] ?? module['register_pipelines'] ?? module['pipelines']
  const named: unknown = typeof given === 'function' ? await (given as () => unknown)() : given
  const instead = 'Write export const registerPipelines = () => ({ __default__: pipeline([node(…)]) }).'
  if (typeof named !== 'object' || named === null) throw new MillraceError('PROJECT_FILE', { file, why: 'exports no pipelines', instead })
  return Object.fromEntries(Object.entries(named).map(([name, p]) => [name, asPipeline(p, `${file}: "${name}"`)]))
}

/** `src/pipelines/<name>/pipeline.ts` and `src/pipelines/<name>.ts`, each with `createPipeline` or `pipeline`. */
async function discovered(root: string, { files }: Platform): Promise<Readonly<Record<string, Pipeline>>> {
  const found: Record<string, Pipeline> = {}
  for (const entry of [...(await files.list(join(root, DIRECTORY)))].sort()) {
    const name = entry.replace(/\.[cm]?[jt]s$/, '')
    const path =
      name === entry
        ? await firstFile(join(root, DIRECTORY, entry), ['pipeline', 'index'], files)
        : entry.endsWith('.d.ts')
          ? undefined
          : join(root, DIRECTORY, entry)
    if (!path) continue
    const module = await imported(path, relative(root, path))
    const given = module['createPipeline'] ?? module['create_pipeline'] ?? module['pipeline']
    found[name] = asPipeline(typeof given === 'function' ? await (given as () => unknown)() : given, relative(root, path))
  }
  return found
}

/** The project may have its own copy of this package, so that it is known by what it can do. */
function asPipeline(given: unknown, where: string): Pipeline {
  if (given instanceof Pipeline) return given
  const nodes = (given as { readonly nodes?: unknown } | null | undefined)?.nodes
  if (Array.isArray(nodes)) return new Pipeline(nodes)
  throw new MillraceError('PROJECT_FILE', {
    file: where,
    why: 'is no pipeline',
    instead: 'Export createPipeline = () => pipeline([node(…)]).',
  })
}

async function firstFile(root: string, stems: readonly string[], files: Platform['files']): Promise<string | undefined> {
  for (const stem of stems)
    for (const ending of ENDINGS) {
      const path = join(root, stem + ending)
      const stat = await files.stat(path)
      if (stat && !stat.isDirectory) return path
    }
  return undefined
}

async function imported(path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    const said = cause instanceof Error ? `${cause.name}: ${cause.message.split('\n')[0]}` : String(cause)
    throw new MillraceError(
      'PROJECT_FILE',
      { file, why: `cannot be loaded: ${said}`, instead: 'Mend the file; its own error stands below.' },
      { cause, details: linesIn(cause, path) },
    )
  }
}

/** Where in the project's own files it went wrong. */
const linesIn = (cause: unknown, path: string): readonly string[] =>
  cause instanceof Error
    ? (cause.stack ?? '')
        .split('\n')
        .filter(line => line.includes('file:') && !line.includes('node_modules') && line.includes(dirname(path)))
        .slice(0, 3)
    : []
