import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { javaClient, type Seen } from '../support/foreign/clients.ts'
import { sqlClient } from '../support/services/fakesnow.ts'
import { inSink, type Row } from './expected.ts'
import type { InputRecord, Message } from './input.ts'
import type { Pipeline, Place } from './pipelines.ts'

const settings = (bootstrap: string) => ({ 'bootstrap.servers': bootstrap, 'isolation.level': 'read_committed' })

/** The input as Kafka's own Java consumer reads it. */
export async function inputRecords({ bootstrap, input }: Place): Promise<readonly InputRecord[]> {
  const seen = await javaClient.read([input], settings(bootstrap))
  return seen.map(({ partition, offset, value }) => ({ partition, offset, ...(JSON.parse(value!.toString()) as Message) }))
}

/** Rows as the server's own words for JSON have them. */
async function tableRows({ database }: Place, sql: string): Promise<readonly Row[]> {
  const { url, user, password } = database!
  const at = new URL(url.replace('jdbc:', ''))
  const client = new pg.Client({ host: at.hostname, port: Number(at.port), database: at.pathname.slice(1), user, password })
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  // Wide numbers come as text.
  return rows.map(row => ({
    text: JSON.stringify(Object.fromEntries(Object.entries(row).map(([name, v]) => [name, name === 'user' ? v : Number(v)]))),
  }))
}

type Reader = (at: Place) => Promise<readonly Row[]>
const postgresRows: Reader = at =>
  tableRows(at, 'SELECT "partition", "offset", (extract(epoch FROM at) * 1000)::bigint AS at, "user", n FROM crash_output')

/** Rows as Snowflake's own driver reads them. */
async function snowflakeRows({ snowflake }: Place, sql: string): Promise<readonly Row[]> {
  await using client = await sqlClient(snowflake!.sfDatabase, snowflake!.sfURL)
  return (await client.run(sql)).map(row => ({ text: JSON.stringify(row) }))
}

async function parquetRows(files: readonly string[], columns: string): Promise<readonly Record<string, unknown>[]> {
  if (files.length === 0) return []
  const connection = await (await DuckDBInstance.create()).connect()
  const names = files.map(file => `'${file}'`).join(', ')
  const read = await connection.runAndReadAll(`SELECT filename, ${columns} FROM read_parquet([${names}], filename = true)`)
  const rows = read.getRowObjects()
  connection.closeSync()
  return rows
}

const READERS: Readonly<Record<Pipeline['sink'], Reader>> = {
  postgresql: postgresRows,
  snowflake: at =>
    snowflakeRows(
      at,
      'SELECT "partition" AS "partition", "offset" AS "offset", "ms" AS "at", "user" AS "user", "n" AS "n" FROM CRASH_OUTPUT',
    ),
  'snowflake-sums': at =>
    snowflakeRows(at, 'SELECT "start" AS "start", "user" AS "user", "count" AS "count", "sum" AS "sum" FROM CRASH_OUTPUT'),
  's3-sums': async ({ s3 }) => {
    const { bucket, directory } = s3!
    const files = committedFiles(join(directory, 'output')).map(file => file.replace(`s3://${bucket}`, directory))
    const read = await parquetRows(files, 'start, "user", count, sum')
    return read.map(({ filename, start, user, count, sum }) => ({
      text: JSON.stringify({ start: Number(start), user, count: Number(count), sum: Number(sum) }),
      where: basename(filename as string),
    }))
  },
  'postgresql-sums': at => tableRows(at, 'SELECT start, "user", count, sum FROM crash_output'),
  'parquet-and-postgresql': async at => [
    ...(await READERS.parquet(at)).map(row => inSink('Parquet', row)),
    ...(await postgresRows(at)).map(row => inSink('PostgreSQL', row)),
  ],
  kafka: async ({ bootstrap, output }) => {
    let batch: number | undefined
    return (await javaClient.read([output], settings(bootstrap))).map((record, i, all) => {
      if (all[i - 1]?.partition !== record.partition) batch = undefined
      batch = batchOf(record) ?? batch
      const where = `partition ${record.partition} offset ${record.offset}`
      return { text: record.value!.toString(), where, ...(batch !== undefined && { batch }) }
    })
  },
  parquet: async ({ output }) => {
    const read = await parquetRows(committedFiles(output), '"partition", "offset", epoch_ms("at") AS ms, "user", n')
    return read.map(({ filename, partition, offset, ms, user, n }) => ({
      text: JSON.stringify({ partition, offset: Number(offset), at: Number(ms), user, n: Number(n) }),
      where: basename(filename as string),
    }))
  },
}

/**
 * The output as readers that are not ours see it: Kafka's Java consumer (committed records), DuckDB (the files in the sink's log), a client of
 * PostgreSQL, Snowflake's driver.
 */
export const committedRows = (at: Place, sink: Pipeline['sink']): Promise<readonly Row[]> => READERS[sink](at)

/** A batch's first record in each partition says whose it is. */
function batchOf({ headers }: Seen): number | undefined {
  const mark = headers.find(([name]) => name === 'millrace.batch')?.[1]?.toString()
  return mark === undefined ? undefined : Number(mark.split('/')[1])
}

/** The files that count by Spark's sink log: the newest compacted entry, and the entries behind it. */
export function committedFiles(directory: string): readonly string[] {
  const log = join(directory, '_spark_metadata')
  const entries = readdirSync(log)
    .filter(name => /^\d+(\.compact)?$/.test(name))
    .map(name => ({ name, batch: Number.parseInt(name, 10), compact: name.endsWith('.compact') }))
    .sort((a, b) => a.batch - b.batch)
  const from = entries.findLast(e => e.compact)?.batch ?? -1
  return entries
    .filter(e => (e.compact ? e.batch === from : e.batch > from))
    .flatMap(({ name }) =>
      readFileSync(join(log, name), 'utf8')
        .split('\n')
        .slice(1)
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as { path: string; action: string })
        .filter(file => file.action === 'add')
        .map(file => decodeURIComponent(file.path.replace(/^file:(\/\/)?/, ''))),
    )
}
