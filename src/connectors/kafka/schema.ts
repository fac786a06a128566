import {
  arrayType,
  binaryType,
  field,
  integerType,
  longType,
  type StructType,
  stringType,
  structType,
  timestampType,
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

/** The columns of a Kafka record: Spark's, always the same. */
export const kafkaSchema = (includeHeaders: boolean): StructType => (includeHeaders ? WITH_HEADERS : PLAIN)
