import { join } from 'node:path'
import { didYouMean, MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { mergedDeep } from './merge.ts'
import { type ConfEntry, type ConfMap, type ConfValue, nodeOf, type Place, placeText } from './place.ts'
import { type ReferenceSources, resolvedValues } from './references.ts'
import { readYaml } from './yaml-file.ts'

/** Which files belong to a kind of configuration: globs over paths below an environment's directory, without the extension. */
export const CONFIG_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  catalog: ['catalog*', 'catalog*/**', '**/catalog*'],
  parameters: ['parameters*', 'parameters*/**', '**/parameters*'],
  credentials: ['credentials*', 'credentials*/**', '**/credentials*'],
  globals: ['globals*', 'globals*/**', '**/globals*'],
  spark: ['spark*', 'spark*/**'],
  session: ['session*', 'session*/**'],
  alerts: ['alerts*', 'alerts*/**'],
}

export interface ConfigOptions {
  /** The project's directory. */
  readonly root: string
  /** The directory of configuration, below the root. */
  readonly source?: string
  readonly baseEnv?: string
  readonly env?: string
  /** More kinds, or other patterns for known ones. */
  readonly patterns?: Readonly<Record<string, readonly string[]>>
  /** `--params`. */
  readonly runtime?: Readonly<Record<string, ConfValue>>
  readonly platform: Platform
}

const EXTENSION = /\.(ya?ml|json)$/i
const COMMAND_LINE: Place = { file: '--params', line: 1, column: 1 }

/**
 * Reads a project's configuration as Kedro's OmegaConfigLoader does: `conf/base` first, an entry of the environment in its place, the same name in two
 * files of one environment refused.
 *
 * @example
 * const loader = await ConfigLoader.open({ root: '.', env: 'prod', platform })
 * await loader.get('parameters')        // { window: '5 minutes' }
 */
export class ConfigLoader {
  readonly env: string
  readonly #options: ConfigOptions
  readonly #base: string
  readonly #files: Readonly<Record<string, readonly string[]>>
  readonly #maps = new Map<string, Promise<ConfMap>>()

  private constructor(options: ConfigOptions, env: string, base: string, files: Readonly<Record<string, readonly string[]>>) {
    this.#options = options
    this.env = env
    this.#base = base
    this.#files = files
  }

  /** @throws CONF_ENVIRONMENT_UNKNOWN for an environment that was asked for and has no directory */
  static async open(options: ConfigOptions): Promise<ConfigLoader> {
    const { source = 'conf', baseEnv = 'base', env = 'local', root, platform } = options
    const conf = join(root, source)
    const names = [...(await platform.files.list(conf))]
    const known: string[] = []
    for (const name of names) if (!name.startsWith('.') && (await platform.files.stat(join(conf, name)))?.isDirectory) known.push(name)
    // `local` stays out of version control, so it may be missing.
    if (!known.includes(env) && env !== 'local' && env !== baseEnv) {
      const others = known.filter(name => name !== baseEnv)
      throw new MillraceError('CONF_ENVIRONMENT_UNKNOWN', { env, suggestion: didYouMean(env, others), known: others.sort() })
    }
    const files = Object.fromEntries(
      await Promise.all([...new Set([baseEnv, env])].map(async e => [e, await filesBelow(join(conf, e), platform)])),
    )
    return new ConfigLoader(options, env, baseEnv, files)
  }

  /** The values of a kind with its references filled in. Names that begin with `_` are left out. */
  async get(kind: string): Promise<Readonly<Record<string, ConfValue>>> {
    const values = resolvedValues(await this.map(kind), await this.sources())
    return Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('_')))
  }

  /** A kind as it stands in the files: nothing is filled in. */
  map(kind: string): Promise<ConfMap> {
    let map = this.#maps.get(kind)
    if (!map) {
      map = this.#read(kind)
      this.#maps.set(kind, map)
    }
    return map
  }

  /** What `${…}` reaches, but for the mapping it stands in. */
  async sources(): Promise<Omit<ReferenceSources, 'root'>> {
    const globals = await this.map('globals')
    const { process: host } = this.#options.platform
    return { env: name => host.env(name), globals, runtime: this.#runtime() }
  }

  #runtime(): ConfMap {
    return nodeOf(this.#options.runtime ?? {}, COMMAND_LINE) as ConfMap
  }

  async #read(kind: string): Promise<ConfMap> {
    const base = await this.#environment(this.#base, kind)
    const over = this.env === this.#base ? undefined : await this.#environment(this.env, kind)
    const merged: ConfMap = { ...base, entries: new Map([...base.entries, ...(over?.entries ?? [])]) }
    return kind === 'parameters' ? mergedDeep(merged, this.#runtime()) : merged
  }

  /** All files of one environment together. */
  async #environment(env: string, kind: string): Promise<ConfMap> {
    const { root, source = 'conf', platform } = this.#options
    const patterns = (this.#options.patterns?.[kind] ?? CONFIG_PATTERNS[kind] ?? [`${kind}*`, `${kind}*/**`]).map(globOf)
    const entries = new Map<string, ConfEntry>()
    for (const file of this.#files[env] ?? []) {
      if (!patterns.some(p => p.test(file.replace(EXTENSION, '')))) continue
      const shown = join(source, env, file)
      const map = readYaml(new TextDecoder().decode(await platform.files.read(join(root, shown))), shown)
      for (const [name, entry] of map.entries) addTo(entries, name, entry)
    }
    return { kind: 'map', entries, place: { file: join(source, env), line: 1, column: 1 } }
  }
}

function addTo(entries: Map<string, ConfEntry>, name: string, entry: ConfEntry): void {
  const first = entries.get(name)
  if (first && !name.startsWith('_')) {
    throw new MillraceError('CONF_DUPLICATE_ENTRY', { name, first: placeText(first.key), second: placeText(entry.key) })
  }
  entries.set(name, entry)
}

/** `catalog*`, `catalog*\/**`, `**\/catalog*`: `*` within a name, `**` over directories. Extensions may stand in the pattern. */
function globOf(pattern: string): RegExp {
  const source = pattern
    .replace(EXTENSION, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\u0000')
    .replaceAll('**', '\u0001')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '(?:.*/)?')
    .replaceAll('\u0001', '.*')
  return new RegExp(`^${source}$`)
}

/** Relative paths of all configuration files below a directory, in order. */
async function filesBelow(directory: string, platform: Platform, prefix = ''): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of [...(await platform.files.list(join(directory, prefix)))].sort()) {
    if (name.startsWith('.')) continue
    const path = prefix === '' ? name : `${prefix}/${name}`
    if ((await platform.files.stat(join(directory, path)))?.isDirectory) found.push(...(await filesBelow(directory, platform, path)))
    else if (EXTENSION.test(name)) found.push(path)
  }
  return found
}
