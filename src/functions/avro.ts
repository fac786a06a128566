import { MillraceError } from '../errors/index.ts'
import { type AvroOptions, avroToSpark, binaryType, fromAvroType, parseAvro, sqlName, stringType, toSparkOptions } from '../types/index.ts'
import type { ResultRule } from './function.ts'
import { group, sig } from './rules.ts'

export const lowerKeys = (options: Readonly<Record<string, string>> = {}): AvroOptions =>
  Object.fromEntries(Object.entries(options).map(([k, v]) => [k.toLowerCase(), v]))

function schemaText(fn: string, literals: readonly unknown[], at: number): string {
  const text = literals[at]
  if (typeof text !== 'string') throw new MillraceError('NON_FOLDABLE_ARGUMENT', { function: fn, argument: 'jsonFormatSchema' })
  return text
}
const asSchema: ResultRule = (_, literals, options) => fromAvroType(schemaText('from_avro', literals, 1), lowerKeys(options)).dataType
const asBytes: ResultRule = (args, literals) => {
  if (args[1] && args[1].kind !== 'null') parseAvro(schemaText('to_avro', literals, 1))
  return binaryType
}

/** The DDL of the type that from_avro gives for a schema. */
export const ddlOfAvro = (schema: string, options: AvroOptions): string =>
  sqlName(avroToSpark(parseAvro(options['avroschema'] ?? schema), toSparkOptions(options)).dataType)

/** Functions of Avro messages. */
export const AVRO_FUNCTIONS = group('avro', 'scalar', [
  [
    'from_avro',
    sig(['binary', 'string', 'map'], asSchema, { optional: 1, defaults: ['NULL'] }),
    'The Avro message as a value of its schema (JSON text); bytes that are no such message fail (mode FAILFAST, the default) or give nulls (PERMISSIVE).',
    ['from_avro(x\'0206666f6f\', \'{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}\')'],
    { nullability: 'always' },
  ],
  [
    'to_avro',
    sig(['any', 'string'], asBytes, { optional: 1, defaults: ['NULL'] }),
    'The value as an Avro message, of the given schema (JSON text) or of the one its type gives.',
    ["hex(to_avro(named_struct('a', 1)))"],
    { nullability: 'first-argument' },
  ],
  [
    'schema_of_avro',
    sig(['string', 'map'], stringType, { optional: 1, defaults: ['NULL'] }),
    'The type of the values of an Avro schema (JSON text), in DDL.',
    ['schema_of_avro(\'{"type":"array","items":"int"}\')'],
    { nullability: 'never' },
  ],
])
