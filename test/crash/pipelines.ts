import { col, expr, fromJson, type Session, type StreamingQuery, window } from '../../src/index.ts'

export type PipelineName =
  | 'kafka-kafka'
  | 'kafka-kafka-update'
  | 'kafka-parquet'
  | 'kafka-postgresql'
  | 'kafka-postgresql-update'
  | 'kafka-parquet-and-postgresql'
  | 'kafka-snowflake'
  | 'kafka-snowflake-update'
  | 'kafka-s3'

/** Where a pipeline stands: its topics and directories. */
export interface Place {
  readonly bootstrap: string
  readonly input: string
  /** A topic or a directory. */
  readonly output: string
  readonly checkpoint: string
  /** Where PostgreSQL is written to. */
  readonly database?: { readonly url: string; readonly user: string; readonly password: string }
  /** Where Snowflake is written to: options of the format. */
  readonly snowflake?: Readonly<Record<'sfURL' | 'sfDatabase' | 'dbtable', string>>
  /** Output and checkpoint are in S3. */
  readonly s3?: S3Place
}

export interface S3Place {
  /** Settings of the session. */
  readonly conf: Readonly<Record<string, string>>
  readonly bucket: string
  /** Where the server keeps the bucket, an object a file. */
  readonly directory: string
}

/** Whose readers are asked what is there. */
export type Sink =
  | 'kafka'
  | 'parquet'
  | 'postgresql'
  | 'postgresql-sums'
  | 'parquet-and-postgresql'
  | 'snowflake'
  | 'snowflake-sums'
  | 's3-sums'

export interface Pipeline {
  readonly name: PipelineName
  /** For the table. */
  readonly title: string
  readonly sink: Sink
  readonly start: (session: Session, at: Place) => Promise<StreamingQuery>
}

export const WINDOW_MS = 10_000
/** No record is late, whatever is killed: the harness keeps what waits in the input narrower than this. */
export const DELAY_MS = 240_000
export const ROWS_A_BATCH = 150

const messages = (session: Session, { bootstrap, input }: Place) =>
  session.readStream
    .format('kafka')
    .options({ 'kafka.bootstrap.servers': bootstrap, subscribe: input, startingOffsets: 'earliest', maxOffsetsPerTrigger: ROWS_A_BATCH })
    .load()
    .select('partition', 'offset', fromJson(col('value').cast('string'), 'at bigint, user string, n bigint').as('m'))
    .select('partition', 'offset', expr('timestamp_millis(m.at)').as('at'), expr('m.user').as('user'), expr('m.n').as('n'))

const sums = (session: Session, at: Place) =>
  messages(session, at)
    .withWatermark('at', `${DELAY_MS / 1000} seconds`)
    .groupBy(window('at', `${WINDOW_MS / 1000} seconds`), col('user'))
    .agg(expr('count(*)').as('count'), expr('sum(n)').as('sum'))

const windowed = (outputMode: 'append' | 'update') => (session: Session, at: Place) =>
  sums(session, at)
    .select(col('user').as('key'), expr('to_json(struct(unix_millis(window.start) AS start, user, count, sum))').as('value'))
    .writeStream.format('kafka')
    .outputMode(outputMode)
    .options({ 'kafka.bootstrap.servers': at.bootstrap, topic: at.output, transactional: true, checkpointLocation: at.checkpoint })
    .start()

const toPostgres = ({ database }: Place) => ({ ...database!, dbtable: 'crash_output', createTable: true })

const toSnowflake = ({ snowflake }: Place) => ({ ...snowflake!, sfUser: 'crash', sfPassword: 'crash', sfWarehouse: 'COMPUTE_WH' })

const table: Readonly<Record<PipelineName, Omit<Pipeline, 'name'>>> = {
  'kafka-kafka': { title: 'Kafka → window sums, append → Kafka, transactional', sink: 'kafka', start: windowed('append') },
  'kafka-kafka-update': { title: 'Kafka → window sums, update → Kafka, transactional', sink: 'kafka', start: windowed('update') },
  'kafka-parquet': {
    title: 'Kafka → Parquet',
    sink: 'parquet',
    start: (session, at) =>
      messages(session, at)
        .writeStream.format('parquet')
        .outputMode('append')
        .options({ path: at.output, checkpointLocation: at.checkpoint })
        .start(),
  },
  'kafka-postgresql': {
    title: 'Kafka → PostgreSQL, append',
    sink: 'postgresql',
    start: (session, at) =>
      messages(session, at)
        .writeStream.format('postgresql')
        .options({ ...toPostgres(at), checkpointLocation: at.checkpoint })
        .start(),
  },
  'kafka-postgresql-update': {
    title: 'Kafka → window sums, update → PostgreSQL, by key',
    sink: 'postgresql-sums',
    start: (session, at) =>
      sums(session, at)
        .select(expr('unix_millis(window.start)').as('start'), 'user', 'count', 'sum')
        .writeStream.format('postgresql')
        .outputMode('update')
        .options({ ...toPostgres(at), keyColumns: 'start, user', checkpointLocation: at.checkpoint })
        .start(),
  },
  'kafka-snowflake': {
    title: 'Kafka → Snowflake (fakesnow), append',
    sink: 'snowflake',
    start: (session, at) =>
      messages(session, at)
        .select('partition', 'offset', expr('unix_millis(at)').as('ms'), 'user', 'n')
        .writeStream.format('snowflake')
        .options({ ...toSnowflake(at), checkpointLocation: at.checkpoint })
        .start(),
  },
  'kafka-snowflake-update': {
    title: 'Kafka → window sums, update → Snowflake (fakesnow), by key',
    sink: 'snowflake-sums',
    start: (session, at) =>
      sums(session, at)
        .select(expr('unix_millis(window.start)').as('start'), 'user', 'count', 'sum')
        .writeStream.format('snowflake')
        .outputMode('update')
        .options({ ...toSnowflake(at), keyColumns: 'start, user', checkpointLocation: at.checkpoint })
        .start(),
  },
  'kafka-s3': {
    title: 'Kafka → window sums, append → Parquet in S3, checkpoint in S3',
    sink: 's3-sums',
    start: (session, at) =>
      sums(session, at)
        .select(expr('unix_millis(window.start)').as('start'), 'user', 'count', 'sum')
        .writeStream.format('parquet')
        .outputMode('append')
        .options({ path: at.output, checkpointLocation: at.checkpoint })
        .start(),
  },
  'kafka-parquet-and-postgresql': {
    title: 'Kafka → Parquet and PostgreSQL at once',
    sink: 'parquet-and-postgresql',
    start: (session, at) => {
      const frame = messages(session, at)
      const writers = [
        frame.writeStream.format('parquet').option('path', at.output),
        frame.writeStream.format('postgresql').options(toPostgres(at)),
      ]
      return frame.writeStreams(writers, { checkpointLocation: at.checkpoint })
    },
  },
}

export const PIPELINES: readonly Pipeline[] = Object.entries(table).map(([name, pipeline]) => ({ name: name as PipelineName, ...pipeline }))
export const pipelineNamed = (name: PipelineName): Pipeline => ({ name, ...table[name] })
