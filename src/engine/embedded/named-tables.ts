import { MillraceError } from '../../errors/index.ts'
import { type Read, type Relation, walk } from '../../plan/index.ts'
import type { TableCatalog, TableEntry } from '../../tables/index.ts'
import { toSparkJson } from '../../types/index.ts'
import type { BatchWrite, StreamTarget, StreamWrite } from '../contract.ts'
import type { EmbeddedConfig } from './config.ts'
import type { EmbeddedEngine } from './engine.ts'

/** Tables of the catalog that a plan reads, as reads of their places. */
export type NamedReads = (read: Read) => Read | undefined

/** The same name may be read twice: as a stream and not, with other options. */
const keyOf = ({ namedTable, isStreaming }: Read): string =>
  JSON.stringify([namedTable!.unparsedIdentifier.toLowerCase(), isStreaming === true, namedTable!.options ?? {}])

/** Looks up every table that a plan names and the session does not hold. @throws TABLE_OR_VIEW_NOT_FOUND, with near names */
export async function namedReads(plan: Relation, config: EmbeddedConfig): Promise<NamedReads> {
  const found = new Map<string, Read>()
  for (const read of namesIn(plan, config)) {
    const name = read.namedTable!.unparsedIdentifier
    const key = keyOf(read)
    if (found.has(key) || config.memoryTables.get(name)) continue
    const entry = await config.tables?.find(name)
    if (!entry) throw await notFound(name, config)
    found.set(key, readOf(entry, read))
  }
  return read => found.get(keyOf(read))
}

/** Reads of names that are no views, also those inside views. */
function namesIn(plan: Relation, config: EmbeddedConfig, within: readonly string[] = []): readonly Read[] {
  const found: Read[] = []
  for (const node of walk(plan)) {
    if (!('kind' in node) || node.kind !== 'read' || !node.namedTable) continue
    const name = node.namedTable.unparsedIdentifier.toLowerCase()
    const view = within.includes(name) ? undefined : config.view(name)
    if (view) found.push(...namesIn(view, config, [...within, name]))
    else if (!within.includes(name)) found.push(node)
  }
  return found
}

const readOf = ({ format, location, schema }: TableEntry, { namedTable, isStreaming, planId, origin }: Read): Read =>
  Object.freeze({
    kind: 'read',
    dataSource: Object.freeze({
      format,
      paths: Object.freeze([location]),
      options: namedTable?.options ?? {},
      ...(schema !== undefined && { schema }),
    }),
    ...(isStreaming && { isStreaming }),
    ...(planId !== undefined && { planId }),
    ...(origin !== undefined && { origin }),
  })

export async function notFound(name: string, config: EmbeddedConfig): Promise<MillraceError> {
  const known = await namesOf(config)
  return new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name, known })
}

const namesOf = async (config: EmbeddedConfig): Promise<readonly string[]> => {
  const entries = await config.tables?.list().catch(() => [])
  return (entries ?? []).map(e => e.name)
}

const TABLE_FORMAT = 'delta'

/** Where a stream into named tables goes; with `note`, tables that are new are noted. */
export async function streamToTable(write: StreamWrite, plan: Relation, engine: EmbeddedEngine, note = true): Promise<StreamWrite> {
  const also = await Promise.all((write.also ?? []).map(target => targetAt(target, plan, engine, note)))
  return { ...(await targetAt(write, plan, engine, note)), ...(write.also && { also }) }
}

async function targetAt<T extends StreamTarget>(write: T, plan: Relation, engine: EmbeddedEngine, note: boolean): Promise<T> {
  const { config } = engine
  if (write.table === undefined || write.format === 'memory' || !config.tables) return write
  const there = await config.tables.find(write.table)
  if (there) checkThere(there, write, config.tables)
  const entry = there ?? config.tables.place(write.table, write.format.toLowerCase() || TABLE_FORMAT, write.path)
  if (!there && note) await config.tables.add(await withSchema(entry, plan, engine))
  return { ...write, format: entry.format, path: entry.location }
}

/** Files do not tell the types of every column; a Delta table does. */
const withSchema = async (entry: TableEntry, plan: Relation, engine: EmbeddedEngine): Promise<TableEntry> =>
  entry.format === TABLE_FORMAT ? entry : { ...entry, schema: JSON.stringify(toSparkJson(await engine.schema(plan))) }

/** Where a batch write into a named table goes, and what is to be noted once it is there; undefined: there is nothing to do. */
export async function batchToTable(
  write: BatchWrite,
  plan: Relation,
  engine: EmbeddedEngine,
): Promise<{ readonly write: BatchWrite; readonly plan: Relation; readonly done: () => Promise<void> } | undefined> {
  const nothing = async (): Promise<void> => {}
  const { config } = engine
  if (write.table === undefined || !config.tables) return { write, plan, done: nothing }
  const { tables } = config
  const there = await tables.find(write.table)
  if (write.byPosition && !there) throw await notFound(write.table, config)
  if (!there) {
    const entry = tables.place(write.table, write.format.toLowerCase() || TABLE_FORMAT, write.path)
    return {
      write: { ...write, format: entry.format, path: entry.location },
      plan,
      done: async () => tables.add(await withSchema(entry, plan, engine)),
    }
  }
  // A place without a name: what is there, its connector knows.
  if (there.database === '') return { write: { ...write, format: there.format, path: there.location }, plan, done: nothing }
  if (write.mode === 'ignore') return undefined
  if (write.mode === 'error') throw new MillraceError('TABLE_ALREADY_EXISTS', { name: there.name, location: there.location })
  checkThere(there, write, tables)
  const into = { ...write, format: there.format, path: there.location }
  return { write: into, plan: write.byPosition ? await byPosition(plan, there, into, engine) : plan, done: nothing }
}

/** A table stays in its format and its place, whatever a write says. */
function checkThere(there: TableEntry, { format, path }: Pick<StreamTarget, 'format' | 'path'>, tables: TableCatalog): void {
  const { name, location } = there
  if (format !== '' && there.format !== format.toLowerCase())
    throw new MillraceError('TABLE_OF_OTHER_FORMAT', { name, is: there.format, given: format })
  if (path !== undefined && !tables.samePlace(path, location)) throw new MillraceError('TABLE_ALREADY_EXISTS', { name, location })
}

/** The rows under the names of the table's columns. @throws INSERT_COLUMN_ARITY_MISMATCH */
async function byPosition(plan: Relation, entry: TableEntry, write: BatchWrite, engine: EmbeddedEngine): Promise<Relation> {
  if (write.partitionBy.length > 0) throw new MillraceError('INSERT_INTO_PARTITIONED', { name: entry.name })
  const read: Relation = { kind: 'read', dataSource: { format: entry.format, paths: [entry.location] } }
  const [table, rows] = [await engine.schema(read), await engine.schema(plan)]
  const names = table.fields.map(f => f.name)
  if (names.length !== rows.fields.length)
    throw new MillraceError('INSERT_COLUMN_ARITY_MISMATCH', { name: entry.name, table: names, rows: rows.fields.map(f => f.name) })
  return Object.freeze({ kind: 'toDf', input: plan, columnNames: names })
}
