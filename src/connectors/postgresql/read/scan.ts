import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { RowBatch, StructType } from '../../../types/index.ts'
import type { BytesScan, ConnectorContext } from '../../contract.ts'
import { tablesNear } from '../catalog.ts'
import { type Connection, connect } from '../connection.ts'
import { asMillraceError } from '../failure.ts'
import { literal, parseTableName } from '../identifiers.ts'
import { type PostgresSettings, readSettings } from '../settings.ts'
import { type BinaryRows, binaryBatches } from './copy-binary.ts'
import { merged } from './merged.ts'
import { partitionsOf } from './partitions.ts'
import { type ReadColumn, type Relation, readColumns, relationOf, schemaOf } from './relation.ts'

const ROWS_A_BATCH = 65_536
const BYTES_A_BATCH = 8 << 20
/** Sessions a read has open at a time. */
const SIDE_BY_SIDE = 8

interface Looked {
  readonly settings: PostgresSettings
  readonly relation: Relation
  readonly columns: readonly ReadColumn[]
}

/** The columns of what is to be read. */
export async function readSchema(context: ConnectorContext, format: string): Promise<StructType> {
  return schemaOf((await look(context, format)).columns)
}

/** A batch read: all ranges see the same moment of the database. */
export async function openScan(context: ConnectorContext, format: string): Promise<BytesScan> {
  const looked = await look(context, format)
  const timeZone = context.conf('spark.sql.session.timeZone') ?? 'UTC'
  return { kind: 'bytes', schema: schemaOf(looked.columns), slices: wanted => rowsOf(looked, context.platform, timeZone, wanted) }
}

async function look(context: ConnectorContext, format: string): Promise<Looked> {
  const settings = await readSettings(context, { format, side: 'source', mode: 'batch' })
  const relation = relationOf(settings)
  const { signal } = new AbortController()
  const connection = await connect(settings.server, context.platform, { signal })
  try {
    const columns = await readColumns(connection, relation, settings)
    partitionsOf(columns, settings)
    return { settings, relation, columns }
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') await refuseMissing(connection, settings)
    throw asMillraceError(error, 'look at what is to be read', settings.server)
  } finally {
    await connection.close(context.platform.clock)
  }
}

/** Only where the whole relation is a table by name; a query may name many. */
async function refuseMissing(connection: Connection, { options, server }: PostgresSettings): Promise<void> {
  const name = options.dbtable === undefined ? undefined : parseTableName(options.dbtable)
  if (!name) return
  throw new MillraceError('POSTGRES_NO_TABLE', { table: name.sql, database: server.database, near: await tablesNear(connection, name) })
}

async function* rowsOf(
  { settings, relation, columns }: Looked,
  platform: Platform,
  timeZone: string,
  wanted: ReadonlySet<number> | undefined,
): AsyncGenerator<RowBatch, void, undefined> {
  const places = columns.map((_, i) => i).filter(i => wanted?.has(i) ?? true)
  const read = places.map(i => columns[i]!)
  // Rows are counted by a column even where none is wanted.
  const counted = read.length > 0 ? read : columns.slice(0, 1)
  const rows = settings.options.fetchsize || ROWS_A_BATCH
  const to = { columns: counted, schema: schemaOf(columns), places: read.length > 0 ? places : [0], timeZone, rows, bytes: BYTES_A_BATCH }
  const partitions = partitionsOf(columns, settings)
  const copies = partitions.map(where => copyOf(relation, counted, where))
  const { signal } = new AbortController()
  const sessions: Connection[] = []
  let whole = false
  const open = async (): Promise<Connection> => {
    const connection = await connect(settings.server, platform, { signal })
    sessions.push(connection)
    return connection
  }
  try {
    const first = await open()
    await first.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const snapshot = copies.length > 1 ? await exportSnapshot(first) : undefined
    const workers = [first]
    for (let n = 1; n < Math.min(copies.length, SIDE_BY_SIDE); n++) workers.push(await joined(await open(), snapshot))
    if (workers.length === 1) yield* binaryBatches(first.copyOut(copies[0]!), to)
    else {
      const left = copies.values()
      yield* merged(workers.map(worker => taking(worker, left, to)))
    }
    whole = true
  } catch (error) {
    throw asMillraceError(error, `read ${relation.from}`, settings.server)
  } finally {
    // One that is in the middle of its rows would go on to their end.
    if (!whole) for (const session of sessions) session.destroy()
    await Promise.all(sessions.map(session => session.close(platform.clock)))
  }
}

const copyOf = ({ before, from }: Relation, columns: readonly ReadColumn[], where: string | undefined): string =>
  `COPY (${before}SELECT ${columns.map(c => c.sql).join(', ')} FROM ${from}${where === undefined ? '' : ` WHERE ${where}`}) TO STDOUT (FORMAT binary)`

async function exportSnapshot(connection: Connection): Promise<string> {
  return (await connection.query<{ id: string }>('SELECT pg_export_snapshot() AS id')).rows[0]!.id
}

async function joined(connection: Connection, snapshot: string | undefined): Promise<Connection> {
  await connection.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ${literal(snapshot!)}`)
  return connection
}

/** One range after the other, until none is left. */
async function* taking(worker: Connection, left: Iterator<string>, to: BinaryRows): AsyncGenerator<RowBatch, void, undefined> {
  for (let next = left.next(); !next.done; next = left.next()) yield* binaryBatches(worker.copyOut(next.value), to)
}
