import { didYouMean, MillraceError } from '../errors/index.ts'
import type { CatalogOptions, DataCatalog, DatasetDefinition } from './catalog/index.ts'
import { checkHooks, type HookContext, type OwnedHooks, type ProjectHooks } from './hooks/index.ts'

/** What a package adds to projects that name it in `plugins`. */
export interface Plugin {
  readonly name: string
  readonly hooks?: ProjectHooks | readonly ProjectHooks[]
  readonly datasets?: readonly DatasetDefinition<any>[]
}

/** What `settings.ts` may say. Everything has a default. */
export interface ProjectSettings {
  /** Instances of hooks, called in this order. */
  readonly hooks?: readonly ProjectHooks[]
  readonly plugins?: readonly Plugin[]
  /** Names of plugins whose hooks are not called. */
  readonly disableHooksForPlugins?: readonly string[]
  /** The directory of configuration; `conf`. */
  readonly confSource?: string
  /** Which files belong to a kind of configuration; further kinds may be added: `{ spark: ['spark*', 'spark*\/**'] }`. */
  readonly configPatterns?: Readonly<Record<string, readonly string[]>>
  /** The environment that the others stand on; `base`. */
  readonly baseEnv?: string
  /** The environment of runs without `--env`; `local`. */
  readonly defaultEnv?: string
  /** Types of data sets of one's own (`defineDataset`). */
  readonly datasets?: readonly DatasetDefinition<any>[]
  /** Where runs are kept, relative to the project; `.millrace`. false: nowhere. */
  readonly sessionStore?: { readonly path: string } | false
  /** The context in another form; hooks get what this gives. */
  readonly context?: (context: HookContext) => HookContext | Promise<HookContext>
  /** The catalog of one's own. */
  readonly catalog?: (options: CatalogOptions) => DataCatalog | Promise<DataCatalog>
}

const KEYS = [
  'hooks',
  'plugins',
  'disableHooksForPlugins',
  'confSource',
  'configPatterns',
  'baseEnv',
  'defaultEnv',
  'datasets',
  'sessionStore',
  'context',
  'catalog',
] as const satisfies readonly (keyof ProjectSettings)[]

/**
 * The settings of a project: `export const settings = defineSettings({ hooks: [new MyHooks()] })` in `src/settings.ts`.
 * @throws SETTINGS_INVALID for keys that there are not
 */
export function defineSettings(settings: ProjectSettings): ProjectSettings {
  checkSettings(settings, 'settings.ts')
  return Object.freeze({ ...settings })
}

/** @throws SETTINGS_INVALID */
export function checkSettings(settings: unknown, file: string): asserts settings is ProjectSettings {
  const refuse = (problem: string, instead: string): never => {
    throw new MillraceError('SETTINGS_INVALID', { file, problem, instead })
  }
  if (typeof settings !== 'object' || settings === null)
    return refuse('the settings are no object', 'Write export const settings = defineSettings({ … }).')
  for (const [key, value] of Object.entries(settings)) {
    if (!(KEYS as readonly string[]).includes(key)) {
      // As Python writes them: HOOKS, CONF_SOURCE, DISABLE_HOOKS_FOR_PLUGINS.
      const camel = key.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      refuse(`there is no setting "${key}"${didYouMean(camel, KEYS)}`, `Settings are ${KEYS.join(', ')}.`)
    }
    const type = TYPES[key as keyof ProjectSettings]
    if (value !== undefined && !type.is(value)) refuse(`"${key}" must be ${type.words}`, `See ProjectSettings["${key}"].`)
  }
}

type Check = { readonly is: (value: unknown) => boolean; readonly words: string }
const list: Check = { is: Array.isArray, words: 'a list' }
const text: Check = { is: v => typeof v === 'string' && v !== '', words: 'a text' }
const fn: Check = { is: v => typeof v === 'function', words: 'a function' }
const TYPES: { readonly [K in keyof ProjectSettings]-?: Check } = {
  hooks: list,
  plugins: list,
  disableHooksForPlugins: list,
  confSource: text,
  configPatterns: {
    is: v => typeof v === 'object' && v !== null && Object.values(v).every(Array.isArray),
    words: 'lists of patterns by kind',
  },
  baseEnv: text,
  defaultEnv: text,
  datasets: list,
  sessionStore: { is: v => v === false || (typeof v === 'object' && v !== null && 'path' in v), words: '{ path } or false' },
  context: fn,
  catalog: fn,
}

/** All hooks of a project in the order in which they are called: its own, then those of its plugins. */
export function hooksOf({ hooks = [], plugins = [], disableHooksForPlugins = [] }: ProjectSettings, file: string): readonly OwnedHooks[] {
  const names = plugins.map(p => p.name)
  const unknown = disableHooksForPlugins.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new MillraceError('SETTINGS_INVALID', {
      file,
      problem: `disableHooksForPlugins names "${unknown}", which is no plugin here${didYouMean(unknown, names)}`,
      instead: `Plugins are ${names.join(', ') || 'none'}.`,
    })
  const foreign = plugins
    .filter(p => !disableHooksForPlugins.includes(p.name))
    .flatMap(p => [p.hooks ?? []].flat().map(h => ({ plugin: p.name, h })))
  return [...hooks.map((h, i) => checkHooks(h, i, file)), ...foreign.map(({ plugin, h }, i) => checkHooks(h, i, `the plugin ${plugin}`))]
}

export const datasetsOf = ({ datasets = [], plugins = [] }: ProjectSettings): readonly DatasetDefinition[] => [
  ...datasets,
  ...plugins.flatMap(p => p.datasets ?? []),
]
