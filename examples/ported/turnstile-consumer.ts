import { join } from 'node:path'
import {
  col,
  type DataFrame,
  dateFormat,
  regexpReplace,
  type Schema,
  type Session,
  type StreamingQuery,
  schema,
  split,
  sum,
  toTimestamp,
  window,
} from '../../src/index.ts'

/** The thirteen fields of a message. (The article says AC here and CA everywhere else.) */
export const turnstilesSchema = schema({
  CA: 'string',
  UNIT: 'string',
  SCP: 'string',
  STATION: 'string',
  LINENAME: 'string',
  DIVISION: 'string',
  DATE: 'string',
  TIME: 'string',
  DESC: 'string',
  ENTRIES: 'int',
  EXITS: 'int',
  ID: 'string',
  TIMESTAMP: 'string',
})

/** Fields by position, cast to the schema's types. The row type opens in the loop: names are checked when the plan is. */
export function parseMessages(stream: DataFrame<any, any>, fields: Schema<any>): DataFrame<any, any> {
  if (!stream.isStreaming) throw new TypeError("DataFrame doesn't receive streaming data")
  let df: DataFrame<any, any> = stream.selectExpr('CAST(value AS STRING)')
  const parts = split(col('value'), ',')
  let index = 0
  for (const field of fields.fields) df = df.withColumn(field.name, parts.getItem(index++).cast(field.dataType))
  df = df.withColumn('TIMESTAMP', regexpReplace(col('TIMESTAMP'), '"', ''))
  df = df.withColumn('CA', regexpReplace(col('CA'), '"', ''))
  const result = df.select(...fields.fields.map(field => field.name))
  // The article throws the result of dropDuplicates away.
  return result.dropDuplicates(['ID', 'STATION', 'TIMESTAMP'])
}

/** Windows of some minutes by the eight keys. */
export function aggMessages(df: DataFrame<any, any>, duration: string, slide: string): DataFrame<any, any> {
  return df
    .withColumn('TS', toTimestamp('TIMESTAMP', 'yyyy-MM-dd HH:mm:ss'))
    .withWatermark('TS', duration)
    .groupBy(window('TS', duration, slide), 'CA', 'UNIT', 'SCP', 'STATION', 'LINENAME', 'DIVISION', 'DATE', 'DESC')
    .agg(sum('ENTRIES').as('ENTRIES'), sum('EXITS').as('EXITS'))
    .withColumn('START', col('window.start'))
    .withColumn('END', col('window.end'))
    .withColumn('TIME', dateFormat('window.end', 'HH:mm:ss'))
    .drop('window')
    .select('CA', 'UNIT', 'SCP', 'STATION', 'LINENAME', 'DIVISION', 'DATE', 'DESC', 'TIME', 'START', 'END', 'ENTRIES', 'EXITS')
}

/** One csv.gz a batch, named by the batch id alone: the article's wall-clock name writes a batch twice when it runs again. */
export async function writeToStorage(df: DataFrame<any, any>, path: string, checkpoint: string): Promise<StreamingQuery> {
  const csv = df.select('CA', 'UNIT', 'SCP', 'STATION', 'LINENAME', 'DIVISION', 'DATE', 'TIME', 'DESC', 'ENTRIES', 'EXITS')
  return await csv.writeStream
    .outputMode('append')
    .queryName('storage')
    .option('checkpointLocation', checkpoint)
    .foreachBatch(async (batch, batchId) => {
      if (await batch.isEmpty()) return
      await batch.writeFile(join(path, `batch_${batchId}.csv.gz`), { header: true })
    })
    .start()
}

export async function consume(session: Session, messages: string, out: string, checkpoint: string): Promise<StreamingQuery> {
  const stream = session.readStream.format('text').option('maxFilesPerTrigger', 1).load(messages)
  return await writeToStorage(aggMessages(parseMessages(stream, turnstilesSchema), '5 minutes', '5 minutes'), out, checkpoint)
}
