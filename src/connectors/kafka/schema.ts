import {
  arrayType,
  binaryType,
  field,
  integerType,
  longType,
  type RowBatch,
  type StructType,
  stringType,
  structType,
  timestampType,
  valueAt,
} from '../../types/index.ts'

const FIELDS = [
  field('key', binaryType),
  field('value', binaryType),
  field('topic', stringType),
  field('partition', integerType),
  field('offset', longType),
  field('timestamp', timestampType),
  field('timestampType', integerType),
]
const HEADERS = field('headers', arrayType(structType([field('key', stringType), field('value', binaryType)])))

const PLAIN = structType(FIELDS)
const WITH_HEADERS = structType([...FIELDS, HEADERS])

const [TOPIC, PARTITION, OFFSET] = ['topic', 'partition', 'offset'].map(name => FIELDS.findIndex(f => f.name === name)) as [
  number,
  number,
  number,
]

/** Where a row of these columns comes from, as people name it: `clicks-0, offset 17`. */
export function recordPlace({ columns }: RowBatch, at: number): string {
  const value = (column: number): unknown => valueAt(columns[column]!, FIELDS[column]!.dataType, at)
  return `${value(TOPIC)}-${value(PARTITION)}, offset ${value(OFFSET)}`
}

/** The columns of a Kafka record: Spark's, always the same. */
export const kafkaSchema = (includeHeaders: boolean): StructType => (includeHeaders ? WITH_HEADERS : PLAIN)
