import { col, type DataFrame, type Session, type StreamingQuery, split } from '../../src/index.ts'

/** The seventeen columns of a web server's log line (W3C extended), and what they are cast to. */
export const COLUMNS = {
  date: 'string',
  time: 'string',
  c_ip: 'string',
  cs_username: 'string',
  s_sitename: 'string',
  s_computername: 'string',
  s_ip: 'string',
  s_port: 'int',
  cs_method: 'string',
  cs_uri_stem: 'string',
  cs_uri_query: 'string',
  sc_status: 'int',
  time_taken: 'int',
  cs_version: 'string',
  cs_host: 'string',
  User_Agent: 'string',
  Referer: 'string',
} as const

const SNOWFLAKE_TYPES = { string: 'VARCHAR', int: 'NUMBER(10,0)' } as const
/** What makes the table in Snowflake. */
export const createTable = (name: string): string =>
  `CREATE TABLE IF NOT EXISTS ${name} (${Object.entries(COLUMNS)
    .map(([column, type]) => `${column} ${SNOWFLAKE_TYPES[type]}`)
    .join(', ')})`

/**
 * Splits log lines at their blanks. Lines that begin with `#` are the log's own header. A line with too few fields has nulls for the rest: fields are
 * looked up with get(), which gives null where data[16] would end the query.
 */
export function logData(lines: DataFrame<any, any>): DataFrame<any, any> {
  const records = lines
    .select(col('value').cast('string').as('line'))
    .where("line <> '' AND NOT startswith(line, '#')")
    .select(split(col('line'), ' ').as('data'))
  return records.selectExpr(...Object.entries(COLUMNS).map(([column, type], i) => `CAST(get(data, ${i}) AS ${type}) AS ${column}`))
}

export interface Source {
  /** A Kafka topic, or a directory of log files. */
  readonly from: { readonly bootstrapServers: string; readonly topic: string } | { readonly directory: string }
}

export function readLines(session: Session, { from }: Source): DataFrame<any, any> {
  if ('directory' in from) return session.readStream.format('text').load(from.directory)
  return session.readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', from.bootstrapServers)
    .option('subscribe', from.topic)
    .option('startingOffsets', 'earliest')
    .load()
}

export interface Sink {
  /** Options by the names of Snowflake's connector for Spark. */
  readonly snowflake: Readonly<Record<string, string>>
  readonly table: string
  readonly checkpoint: string
  readonly every: string
}

/** Log lines into a table of Snowflake: every batch one transaction, each line once. */
export async function weblogs(session: Session, source: Source, { snowflake, table, checkpoint, every }: Sink): Promise<StreamingQuery> {
  return await logData(readLines(session, source))
    .writeStream.format('net.snowflake.spark.snowflake')
    .options({ ...snowflake, dbtable: table })
    .option('checkpointLocation', checkpoint)
    .queryName('weblogs')
    .trigger({ processingTime: every })
    .start()
}
