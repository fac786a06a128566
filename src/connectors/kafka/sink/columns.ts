import { MillraceError } from '../../../errors/index.ts'
import { type ColumnData, type DataType, type RowBatch, type StructType, typeName } from '../../../types/index.ts'

/** Where the sink's columns stand in its rows. */
export interface SinkColumns {
  readonly key?: number
  readonly value: number
  readonly topic?: number
  readonly headers?: number
  readonly partition?: number
}

const isText = (type: DataType): boolean => type.kind === 'string' || type.kind === 'binary'
const isHeaders = (type: DataType): boolean => {
  if (type.kind !== 'array' || type.elementType.kind !== 'struct') return false
  const [key, value, ...more] = type.elementType.fields
  return (
    key?.name === 'key' &&
    key.dataType.kind === 'string' &&
    value?.name === 'value' &&
    value.dataType.kind === 'binary' &&
    more.length === 0
  )
}

interface Rule {
  readonly expected: string
  readonly fits: (type: DataType) => boolean
}
const RULES: Readonly<Record<keyof SinkColumns, Rule>> = {
  key: { expected: 'string or binary', fits: isText },
  value: { expected: 'string or binary', fits: isText },
  topic: { expected: 'string', fits: type => type.kind === 'string' },
  headers: { expected: 'array<struct<key: string, value: binary>>', fits: isHeaders },
  partition: { expected: 'int', fits: type => type.kind === 'integer' },
}
const NAMES = Object.keys(RULES) as (keyof SinkColumns)[]

/**
 * Finds the sink's columns by name (without regard to case, as Spark does) and checks their types. Other columns are not written, as in Spark.
 *
 * @throws KAFKA_SINK_NO_VALUE, KAFKA_SINK_COLUMN_TYPE; KAFKA_SINK_NO_TOPIC when neither option nor column says the topic
 */
export function sinkColumns(schema: StructType, topicOption: string | undefined): SinkColumns {
  const found: Partial<Record<keyof SinkColumns, number>> = {}
  for (const name of NAMES) {
    const at = schema.fields.findIndex(f => f.name.toLowerCase() === name)
    if (at < 0) continue
    const type = schema.fields[at]!.dataType
    if (!RULES[name].fits(type)) {
      throw new MillraceError('KAFKA_SINK_COLUMN_TYPE', { column: name, expected: RULES[name].expected, actual: typeName(type) })
    }
    found[name] = at
  }
  if (found.value === undefined) throw new MillraceError('KAFKA_SINK_NO_VALUE', { columns: schema.fields.map(f => f.name) })
  if (found.topic === undefined && topicOption === undefined) throw new MillraceError('KAFKA_SINK_NO_TOPIC', {})
  return found as SinkColumns
}

/** Refuses columns the sink cannot write, before anything runs. That a topic is given is looked at when it is opened. */
export function checkSinkColumns(schema: StructType, partitionBy: readonly string[]): void {
  if (partitionBy.length > 0) throw new MillraceError('KAFKA_SINK_PARTITION_BY', { columns: partitionBy })
  sinkColumns(schema, '')
}

/** The columns of a batch by their role. */
export interface BatchColumns {
  readonly length: number
  readonly key?: ColumnData
  readonly value: ColumnData
  readonly topic?: ColumnData
  readonly headers?: ColumnData
  readonly partition?: ColumnData
}

export function columnsOf(batch: RowBatch, at: SinkColumns): BatchColumns {
  const named = NAMES.flatMap(name => (at[name] === undefined ? [] : [[name, batch.columns[at[name]]!] as const]))
  return { length: batch.length, ...(Object.fromEntries(named) as Omit<BatchColumns, 'length'>) }
}
