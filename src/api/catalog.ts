import type { TableInfo } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import { printDdl, typeName } from '../types/index.ts'
import type { SessionContext } from './context.ts'
import { flattenOptions, type OptionsObject } from './options.ts'
import { tableFrame } from './tables.ts'

/** A table or view as `listTables` tells it. */
export interface CatalogTable {
  /** `rides`, `lake.rides`. */
  readonly name: string
  readonly database: string
  readonly tableType: 'MANAGED' | 'EXTERNAL' | 'VIEW'
  readonly isTemporary: boolean
  readonly format?: string
  readonly location?: string
}
export interface CatalogColumn {
  readonly name: string
  readonly dataType: string
  readonly nullable: boolean
}
/** A table with its columns. */
export interface TableDescription extends CatalogTable {
  readonly columns: readonly CatalogColumn[]
  /** As DDL. */
  readonly schema: string
}

/**
 * The named tables and views: `session.catalog`. A table is what `saveAsTable` and `toTable` make; it stays when the session ends.
 *
 * @example
 * for (const { name, location } of await session.catalog.listTables()) console.log(name, location)
 * await session.catalog.drop('words', { ifExists: true })
 */
export class Catalog {
  readonly #session: SessionContext

  constructor(session: SessionContext) {
    this.#session = session
  }

  /** Tables of the catalog and views of the session, by name. */
  async listTables(database?: string): Promise<readonly CatalogTable[]> {
    this.#session.use()
    const tables = (await this.#session.engine.tables.list()).map(tableOf)
    const views = [...this.#session.views.keys()].map(viewOf)
    const all = [...tables, ...views].sort((a, b) => (a.name < b.name ? -1 : 1))
    return database === undefined ? all : all.filter(t => t.database === database.toLowerCase())
  }

  async tableExists(name: string): Promise<boolean> {
    this.#session.use()
    return this.#session.views.has(name.toLowerCase()) || (await this.#session.engine.tables.find(name)) !== undefined
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND, with near names */
  async getTable(name: string): Promise<CatalogTable> {
    const { engine, views } = this.#session
    this.#session.use()
    if (views.has(name.toLowerCase())) return viewOf(name.toLowerCase())
    const found = await engine.tables.find(name)
    if (found) return tableOf(found)
    throw new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name, known: (await this.listTables()).map(t => t.name) })
  }

  /** What a table is and which columns it has. @throws TABLE_OR_VIEW_NOT_FOUND */
  async describe(name: string): Promise<TableDescription> {
    const table = await this.getTable(name)
    const schema = await tableFrame(this.#session, name, false).schema()
    const columns = schema.fields.map(f => ({ name: f.name, dataType: typeName(f.dataType), nullable: f.nullable }))
    return { ...table, columns, schema: printDdl(schema) }
  }

  async listColumns(name: string): Promise<readonly CatalogColumn[]> {
    return (await this.describe(name)).columns
  }

  /**
   * Takes a table or view away, a managed table with its files; an external one stays where it is. `ifExists`: false instead of an error.
   * @throws TABLE_OR_VIEW_NOT_FOUND, TABLE_NOT_DROPPABLE
   */
  async drop(name: string, options: { readonly ifExists?: boolean } = {}): Promise<boolean> {
    this.#session.use()
    if (this.#session.views.delete(name.toLowerCase())) return true
    if (await this.#session.engine.tables.drop(name)) return true
    if (options.ifExists) return false
    throw new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name, known: (await this.listTables()).map(t => t.name) })
  }
  /** As `drop`. */
  dropTable(name: string, options: { readonly ifExists?: boolean } = {}): Promise<boolean> {
    return this.drop(name, options)
  }
  /** Takes a view away; false when there was none. */
  dropTempView(name: string): boolean {
    return this.#session.views.delete(name.toLowerCase())
  }

  /**
   * Removes files of a Delta table that no version of the last `retentionHours` (a week) needs. `table`: a name or a path. Answers what went.
   * @throws DELTA_VACUUM_RETENTION below what the table keeps, without `force`
   */
  vacuum(
    table: string,
    options: { readonly retentionHours?: number; readonly dryRun?: boolean; readonly force?: boolean } = {},
  ): Promise<readonly { readonly path: string; readonly size: number }[]> {
    return this.#call(table, 'vacuum', options) as never
  }
  /**
   * Makes few large files of many small ones, partition by partition; rows stay as they are.
   * @example
   * await frame.write.mode('append').saveAsTable('rides')
   * await session.catalog.optimize('rides', { targetFileSize: '256m' })
   */
  async optimize(
    table: string,
    options: { readonly targetFileSize?: string } = {},
  ): Promise<{ readonly filesAdded: number; readonly filesRemoved: number; readonly version: number }> {
    return (await this.#call(table, 'optimize', options))[0] as never
  }
  /** The versions of a Delta table, newest first: version, timestamp, operation, operationParameters, operationMetrics. */
  history(table: string, limit?: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#call(table, 'history', limit === undefined ? {} : { limit })
  }

  #call(table: string, work: string, options: OptionsObject): Promise<readonly Readonly<Record<string, unknown>>[]> {
    this.#session.use()
    return this.#session.engine.tables.call(table, work, flattenOptions(options))
  }
}

const tableOf = ({ name, database, format, location, managed }: TableInfo): CatalogTable => ({
  name,
  database,
  tableType: managed ? 'MANAGED' : 'EXTERNAL',
  isTemporary: false,
  format,
  location,
})
const viewOf = (name: string): CatalogTable => ({ name, database: '', tableType: 'VIEW', isTemporary: true })
