import { type Column, col, type DataFrame, dateFormat, desc, type Session, split, sum, toTimestamp, window } from '../../src/index.ts'

/** Document 002's thirteen fields in their order, and the types they are cast to. */
const FIELDS = [
  ['CA', 'string'],
  ['UNIT', 'string'],
  ['SCP', 'string'],
  ['STATION', 'string'],
  ['LINENAME', 'string'],
  ['DIVISION', 'string'],
  ['DATE', 'string'],
  ['TIME', 'string'],
  ['DESC', 'string'],
  ['ENTRIES', 'int'],
  ['EXITS', 'int'],
  ['ID', 'string'],
  ['TIMESTAMP', 'string'],
] as const

const KEYS = ['CA', 'UNIT', 'SCP', 'STATION', 'LINENAME', 'DIVISION', 'DATE', 'DESC'] as const

export interface PipelineOptions {
  /** Spark interval texts: `240 minutes`. */
  readonly duration: string
  readonly slide: string
  readonly watermark: string
}

/** Messages in files, in the column `value`. One file a batch, so that batches are the same in every run. */
export const messageFiles = (session: Session, incoming: string): DataFrame<any> =>
  session.readStream.format('text').option('maxFilesPerTrigger', 1).load(incoming)

/** Readings as they come: the text in the column `value`, split and cast, duplicates dropped. */
export function readings(messages: DataFrame<any>, options: PipelineOptions): DataFrame<any> {
  const parts: Column = split(col('value'), ',')
  return messages
    .select(...FIELDS.map(([name, type], i) => parts.getItem(i).cast(type).as(name)))
    .withColumn('TS', toTimestamp(col('TIMESTAMP'), 'yyyy-MM-dd HH:mm:ss'))
    .withWatermark('TS', options.watermark)
    .dropDuplicates(['ID', 'STATION', 'TS'])
}

/** Riders per window and turnstile. */
export function perWindow(readings: DataFrame<any>, options: PipelineOptions): DataFrame<any> {
  return readings
    .groupBy(window('TS', options.duration, options.slide), ...KEYS)
    .agg({ ENTRIES: sum('ENTRIES'), EXITS: sum('EXITS') })
    .withColumn('TIME', dateFormat(col('window.end'), 'HH:mm:ss'))
    .select('CA', 'UNIT', 'SCP', 'STATION', 'LINENAME', 'DIVISION', 'DATE', 'TIME', 'DESC', 'ENTRIES', 'EXITS')
}

/** The ten busiest stations of all that came so far. */
export function busiest(readings: DataFrame<any>): DataFrame<any> {
  return readings
    .where("STATION <> 'END'")
    .groupBy('STATION', 'LINENAME')
    .agg({ ENTRIES: sum('ENTRIES'), EXITS: sum('EXITS') })
    .withColumn('RIDERS', col('ENTRIES').plus(col('EXITS')))
    .orderBy(desc('RIDERS'), 'STATION', 'LINENAME')
    .limit(10)
}
