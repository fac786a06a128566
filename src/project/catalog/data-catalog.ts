import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { readOptionTable } from '../../wiring.ts'
import type { ConfEntry, ConfigLoader, ConfMap, ConfNode } from '../conf/index.ts'
import { type Place, resolved } from '../conf/index.ts'
import type { Dataset } from './dataset.ts'
import { CustomDataset, customOptions, type DatasetDefinition, optionTable } from './define-dataset.ts'
import { DocumentDataset } from './document-dataset.ts'
import type { Entry } from './entry.ts'
import { filledIn, isPattern, matchPattern } from './factories.ts'
import { MemoryDataset } from './memory-dataset.ts'
import { factOf, type Problem, problemLine, suggestion } from './problem.ts'
import { type ReadEntry, readEntry } from './read-entry.ts'
import { StreamDataset } from './stream-dataset.ts'
import { TableDataset } from './table-dataset.ts'

export interface CatalogOptions {
  readonly root: string
  readonly platform: Platform
  readonly config: ConfigLoader
  /** Types of one's own. */
  readonly types?: readonly DatasetDefinition[]
}

type Sources = Awaited<ReturnType<ConfigLoader['sources']>>

/**
 * The data sets of a project by name. Entries are read when they are asked for, so that one with a mistake (or an unset variable) does not stop
 * what does not use it. A name that is not declared, and that no factory fits, is a memory data set.
 */
export class DataCatalog {
  readonly #options: CatalogOptions
  readonly #map: ConfMap
  readonly #credentials: ConfMap
  readonly #sources: Sources
  readonly #types: ReadonlyMap<string, DatasetDefinition>
  readonly #read = new Map<string, Promise<ReadEntry>>()
  readonly #datasets = new Map<string, Promise<Dataset>>()

  private constructor(options: CatalogOptions, map: ConfMap, credentials: ConfMap, sources: Sources) {
    this.#options = options
    this.#map = map
    this.#credentials = credentials
    this.#sources = sources
    this.#types = new Map((options.types ?? []).map(t => [t.type, t]))
  }

  static async open(options: CatalogOptions): Promise<DataCatalog> {
    const { config } = options
    const [map, credentials, sources] = await Promise.all([config.map('catalog'), config.map('credentials'), config.sources()])
    return new DataCatalog(options, map, credentials, sources)
  }

  /** Declared names in the order of the files; neither factories nor `_` entries. */
  names(): readonly string[] {
    return [...this.#map.entries.keys()].filter(name => !name.startsWith('_') && !isPattern(name))
  }
  /** The factories. */
  patterns(): readonly string[] {
    return [...this.#map.entries.keys()].filter(name => !name.startsWith('_') && isPattern(name))
  }
  /** Is it declared, or does a factory fit? */
  has(name: string): boolean {
    return this.#found(name) !== undefined
  }
  /** `, did you mean …?` for a name that is not declared, where one is near. */
  near(name: string): string {
    return suggestion(name, this.names())
  }
  /** Where an entry stands. */
  placeOf(name: string): Place | undefined {
    return this.#found(name)?.at.key
  }

  /** One entry, or undefined for a memory data set. @throws CATALOG_INVALID with everything that is wrong with it */
  async entry(name: string): Promise<Entry | undefined> {
    if (!this.has(name)) return undefined
    const { entry, problems } = await this.read(name)
    refuse(problems)
    return entry
  }

  /** One entry and what is wrong with it. */
  read(name: string): Promise<ReadEntry> {
    let read = this.#read.get(name)
    if (!read) {
      read = this.#readNow(name)
      this.#read.set(name, read)
    }
    return read
  }

  /** The data set of a name. @throws CATALOG_INVALID */
  dataset(name: string): Promise<Dataset> {
    let dataset = this.#datasets.get(name)
    if (!dataset) {
      dataset = this.entry(name).then(entry => this.#open(name, entry))
      this.#datasets.set(name, dataset)
      dataset.catch(() => this.#datasets.delete(name))
    }
    return dataset
  }

  /** Puts a data set in the place of what the catalog has under its name: for hooks and tests. */
  add(dataset: Dataset): void {
    this.#datasets.set(dataset.name, Promise.resolve(dataset))
  }

  async #readNow(name: string): Promise<ReadEntry> {
    const found = this.#found(name)
    if (!found) throw new MillraceError('DATASET_UNKNOWN', { name, suggestion: this.near(name) })
    try {
      const at = { key: found.at.key, node: this.#filled(found.at.node) }
      const context = {
        root: this.#options.root,
        platform: this.#options.platform,
        credentials: (of: string) => this.#credentialsOf(of),
        credentialNames: [...this.#credentials.entries.keys()],
        ownTypes: new Set(this.#types.keys()),
      }
      const read = await readEntry(name, at, context, found.pattern)
      return read.entry?.kind === 'custom' ? { ...read, problems: [...read.problems, ...(await this.#customProblems(read.entry))] } : read
    } catch (error) {
      // A reference that cannot be filled in is a mistake of this entry.
      if (!isMillraceError(error, 'CONF_REFERENCE')) throw error
      const text = `${JSON.stringify(error.params.reference)} ${error.params.why}`
      return {
        problems: [{ severity: 'error', place: placeIn(error.params.at) ?? found.at.key, name, text, fix: error.hint.replace(/\.$/, '') }],
      }
    }
  }

  #found(name: string): { readonly at: ConfEntry; readonly pattern?: string } | undefined {
    const own = this.#map.entries.get(name)
    if (own && !isPattern(name) && !name.startsWith('_')) return { at: own }
    const match = matchPattern(name, this.patterns())
    if (!match) return undefined
    const at = this.#map.entries.get(match.pattern)!
    return { at: { key: at.key, node: filledIn(at.node, match.values) }, pattern: match.pattern }
  }

  #filled(node: ConfNode): ConfNode {
    return resolved(node, { ...this.#sources, root: this.#map })
  }

  #credentialsOf(name: string): ConfNode | undefined {
    const at = this.#credentials.entries.get(name)
    return at && resolved(at.node, { ...this.#sources, root: this.#credentials })
  }

  #customOptions(entry: Entry): { readonly given: Readonly<Record<string, string>>; readonly secret: readonly string[] } {
    const at = entry.fields.entries.get('credentials')?.node
    const found = at?.kind === 'scalar' && typeof at.value === 'string' ? this.#credentialsOf(at.value) : undefined
    const credentials = found?.kind === 'map' ? found : undefined
    return { given: customOptions(entry.fields, credentials), secret: [...(credentials?.entries.keys() ?? [])] }
  }

  async #customProblems(entry: Entry): Promise<readonly Problem[]> {
    const { given, secret } = this.#customOptions(entry)
    const table = optionTable(this.#types.get(entry.type)!.options)
    const { problems } = await readOptionTable(table, given, { format: entry.type, side: 'source', mode: 'stream' })
    return problems.map(error => ({
      severity: 'error',
      place: entry.fields.entries.get(error.option)?.key ?? entry.place,
      name: entry.name,
      text: secret.includes(error.option)
        ? `the option "${error.option}" from credentials.yml is not one of this type, or its value is wrong`
        : factOf(error),
    }))
  }

  #open(name: string, entry: Entry | undefined): Dataset {
    switch (entry?.kind) {
      case 'stream':
        return new StreamDataset(entry)
      case 'table':
        return new TableDataset(entry)
      case 'document':
        return new DocumentDataset(entry)
      case 'custom': {
        const { given, secret } = this.#customOptions(entry)
        const secrets = new Set([...entry.secrets, ...secret.map(s => s.toLowerCase())])
        return new CustomDataset({ ...entry, secrets }, this.#types.get(entry.type)!, given)
      }
      default:
        return new MemoryDataset(name)
    }
  }
}

/** @throws CATALOG_INVALID where there are errors among them */
export function refuse(problems: readonly Problem[]): void {
  const errors = problems.filter(p => p.severity === 'error').map(problemLine)
  if (errors.length > 0) throw new MillraceError('CATALOG_INVALID', { problems: errors }, errors.length > 1 ? { details: errors } : {})
}

function placeIn(at: string): Place | undefined {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(at) ?? []
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) }
}
