import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Session } from '../../src/index.ts'
import { MERGES, STAGE, TABLES } from './tables.ts'

export interface Load {
  /** A folder of Parquet files: what a stream has written there, or anybody else. */
  readonly lake: string
  /** `jdbc:postgresql://host:port/database` */
  readonly url: string
  readonly user: string
  readonly password: string
}

export interface Loaded {
  readonly files: number
  /** Rows that the merges added or changed, dimensions and facts together. */
  readonly changed: number
}

/**
 * Brings the lake files that are not in the warehouse yet into it. Their rows wait in a stage; dimensions, facts and the names of the files then become true
 * in one transaction. A job that dies anywhere, or runs twice, leaves nothing twice.
 */
export async function loadWarehouse(session: Session, { lake, ...database }: Load): Promise<Loaded> {
  const at = new URL(database.url.replace(/^jdbc:/, ''))
  const { user, password } = database
  const client = new pg.Client({ host: at.hostname, port: Number(at.port || 5432), database: at.pathname.slice(1), user, password })
  await client.connect()
  try {
    for (const statement of TABLES) await client.query(statement)
    // One job at a time: the lock goes with the session.
    await client.query("SELECT pg_advisory_lock(hashtext('warehouse.fact_trip'))")
    const files = await newFiles(client, lake)
    if (files.length === 0) return { files: 0, changed: 0 }
    await session.read
      .parquet(files.length === 1 ? join(lake, files[0]!) : `${lake}/{${files.join(',')}}`)
      .selectExpr('trip_id', 'vendor', 'zone', 'borough', 'picked_up', 'passengers', 'cast(fare as decimal(10,2)) as fare', 'changed')
      .write.format('postgresql')
      .mode('overwrite')
      .options({ ...database, dbtable: STAGE })
      .save()
    return { files: files.length, changed: await merge(client, files) }
  } finally {
    await client.end()
  }
}

/** Files of the lake above the warehouse's mark. Names that begin with `_` or `.` are no data. */
async function newFiles(client: pg.Client, lake: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ path: string }>('SELECT path FROM warehouse.loaded_file')
  const loaded = new Set(rows.map(row => row.path))
  const names = (await readdir(lake)).filter(name => name.endsWith('.parquet') && !/^[_.]/.test(name))
  return names.filter(name => !loaded.has(name)).sort()
}

async function merge(client: pg.Client, files: readonly string[]): Promise<number> {
  await client.query('BEGIN')
  try {
    let changed = 0
    for (const statement of MERGES) changed += (await client.query(statement)).rowCount ?? 0
    await client.query('INSERT INTO warehouse.loaded_file (path) SELECT unnest($1::text[])', [files])
    await client.query(`DROP TABLE ${STAGE}`)
    await client.query('COMMIT')
    return changed
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
