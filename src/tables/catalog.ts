import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import { DEFAULT_DATABASE, readTableName, shownName, type TableName } from './table-name.ts'

/** A table that is there, or is about to be. */
export interface TableEntry {
  /** As people see it: `rides`, `lake.rides`. */
  readonly name: string
  readonly database: string
  readonly format: string
  readonly location: string
  /** In the directory of tables, and removed with its name; else only the name is ours. */
  readonly managed: boolean
  /** Spark's JSON form, where files do not tell it: a stream over them needs one. */
  readonly schema?: string
}

export interface CatalogParts {
  readonly conf: (key: string) => string | undefined
  readonly store: (uri: string) => Promise<FileStore>
  readonly platform: Platform
}

const NOTES = '_tables'
const LOG = '_delta_log'

/** Finds tables by name; each question looks again, so what other programs make is seen. */
export class TableCatalog {
  readonly #parts: CatalogParts

  constructor(parts: CatalogParts) {
    this.#parts = parts
  }

  get #warehouse(): string {
    return (this.#parts.conf('spark.sql.warehouse.dir') ?? 'spark-warehouse').replace(/\/+$/, '')
  }

  #open(): Promise<FileStore> {
    return this.#parts.store(this.#warehouse)
  }

  /** The table of this name, or undefined. @throws INVALID_TABLE_NAME */
  async find(text: string): Promise<TableEntry | undefined> {
    const name = readTableName(text)
    if ('path' in name) return { name: text, database: '', format: name.format, location: name.path, managed: false }
    const mapped = this.#mapped().find(e => e.name === shownName(name))
    if (mapped) return mapped
    const warehouse = await this.#open()
    const noted = await this.#noted(warehouse, name)
    if (noted) return noted
    const own = this.#own(name)
    return (await this.#isDelta(warehouse, name)) ? own : undefined
  }

  /** Where a table of this name would be made. @throws INVALID_TABLE_NAME */
  place(text: string, format: string, path?: string): TableEntry {
    const name = readTableName(text)
    if ('path' in name) return { name: text, database: '', format: name.format, location: name.path, managed: false }
    return { ...this.#own(name), format, ...(path !== undefined && { location: path, managed: false }) }
  }

  /** Notes a table that its place alone does not tell. */
  async add(entry: TableEntry): Promise<void> {
    const name = readTableName(entry.name)
    if ('path' in name || (entry.managed && entry.format === 'delta')) return
    const { format, location, managed, schema } = entry
    const bytes = new TextEncoder().encode(JSON.stringify({ format, location: this.#absolute(location), managed, schema }))
    await (await this.#open()).write(notePath(name), bytes, { run: 'catalog', attempt: 0 })
  }

  /** Do two paths name the same place? */
  samePlace(a: string, b: string): boolean {
    return this.#absolute(a) === this.#absolute(b)
  }

  #absolute(location: string): string {
    const path = location.length > 1 ? location.replace(/\/+$/, '') : location
    return /^[a-z][a-z0-9+.-]*:|^\//i.test(path) ? path : `${this.#parts.platform.process.cwd}/${path.replace(/^\.\//, '')}`
  }

  /** All tables, by name. */
  async list(): Promise<readonly TableEntry[]> {
    const warehouse = await this.#open()
    const found = new Map<string, TableEntry>()
    for (const name of await this.#deltaNames(warehouse)) found.set(shownName(name), this.#own(name))
    for (const { path } of await warehouse.list(NOTES, { shallow: true })) {
      const [database, table] = path.slice(NOTES.length + 1, -'.json'.length).split('.') as [string, string]
      const noted = table === undefined ? undefined : await this.#noted(warehouse, { database, table })
      if (noted) found.set(noted.name, noted)
    }
    for (const entry of this.#mapped()) found.set(entry.name, entry)
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Takes a table's name away, and its files where the catalog made them. False when there is none. */
  async drop(text: string): Promise<boolean> {
    const entry = await this.find(text)
    if (!entry) return false
    const name = readTableName(text)
    if ('path' in name || this.#mapped().some(e => e.name === entry.name))
      throw new MillraceError('TABLE_NOT_DROPPABLE', { name: entry.name, location: entry.location })
    const warehouse = await this.#open()
    await warehouse.delete([notePath(name)])
    if (!entry.managed) return true
    const directory = directoryOf(name)
    const files = (await warehouse.list(directory)).map(o => o.path)
    // The log goes first: what is left of a drop that died is no table.
    await warehouse.delete(files.filter(f => f.includes(`/${LOG}/`)))
    await warehouse.delete(files.filter(f => !f.includes(`/${LOG}/`)))
    if (warehouse.localRoot !== undefined) await this.#parts.platform.files.removeTree(`${warehouse.localRoot}/${directory}`)
    return true
  }

  #own(name: TableName): TableEntry {
    return {
      name: shownName(name),
      database: name.database,
      format: 'delta',
      location: `${this.#warehouse}/${directoryOf(name)}`,
      managed: true,
    }
  }

  async #isDelta(warehouse: FileStore, name: TableName): Promise<boolean> {
    return (await warehouse.list(`${directoryOf(name)}/${LOG}`, { shallow: true })).some(o => /\.(json|parquet)$/.test(o.path))
  }

  /** Directories with a log, one or two levels down. */
  async #deltaNames(warehouse: FileStore): Promise<readonly TableName[]> {
    const names = new Map<string, TableName>()
    const directories = warehouse.localRoot === undefined ? await logsIn(warehouse) : await this.#localLogs(warehouse.localRoot)
    for (const directory of directories) {
      const [first, second, ...more] = directory.split('/')
      if (more.length > 0 || first === undefined) continue
      const name =
        second === undefined ? { database: DEFAULT_DATABASE, table: first } : { database: first.replace(/\.db$/, ''), table: second }
      if (second === undefined || first.endsWith('.db')) names.set(directory, name)
    }
    return [...names.values()]
  }

  async #localLogs(root: string): Promise<readonly string[]> {
    const { files } = this.#parts.platform
    const found: string[] = []
    for (const name of await files.list(root)) {
      const below = name.endsWith('.db') ? (await this.#names(`${root}/${name}`)).map(n => `${name}/${n}`) : [name]
      for (const directory of below) if ((await this.#names(`${root}/${directory}`)).includes(LOG)) found.push(directory)
    }
    return found
  }

  async #names(directory: string): Promise<readonly string[]> {
    const { files } = this.#parts.platform
    return (await files.stat(directory))?.isDirectory ? files.list(directory) : []
  }

  async #noted(warehouse: FileStore, name: TableName): Promise<TableEntry | undefined> {
    const bytes = await warehouse.read(notePath(name))
    if (!bytes) return undefined
    const note = JSON.parse(new TextDecoder().decode(bytes)) as Pick<TableEntry, 'format' | 'location' | 'managed' | 'schema'>
    return { name: shownName(name), database: name.database, ...note }
  }

  /** `millrace.tables`: `rides=s3://lake/rides, words=parquet:/out/words`. */
  #mapped(): readonly TableEntry[] {
    const text = this.#parts.conf('millrace.tables') ?? ''
    const entries = text.split(',').map(e => e.trim())
    return entries
      .filter(e => e !== '')
      .map(e => {
        const at = e.indexOf('=')
        const name = at > 0 ? readTableName(e.slice(0, at)) : undefined
        if (!name || 'path' in name)
          throw new MillraceError('INVALID_SETTING', { key: 'millrace.tables', value: e, expected: 'name=path, with commas' })
        const [, format = 'delta', location] = /^(?:(delta|parquet|csv|json|text|avro):)?(.+)$/.exec(e.slice(at + 1).trim()) ?? []
        return { name: shownName(name), database: name.database, format, location: location!, managed: false }
      })
  }
}

const directoryOf = ({ database, table }: TableName): string => (database === DEFAULT_DATABASE ? table : `${database}.db/${table}`)
const notePath = ({ database, table }: TableName): string => `${NOTES}/${database}.${table}.json`

const logsIn = async (warehouse: FileStore): Promise<readonly string[]> => [
  ...new Set(
    (await warehouse.list('')).flatMap(({ path }) => (path.includes(`/${LOG}/`) ? [path.slice(0, path.indexOf(`/${LOG}/`))] : [])),
  ),
]
