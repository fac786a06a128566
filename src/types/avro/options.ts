import { MillraceError } from '../../errors/index.ts'
import { arrayType, type DataType, field, mapType, structType } from '../data-type.ts'
import { parseAvro } from './parse.ts'
import type { AvroSchema } from './schema.ts'
import { avroToSpark, type ToSparkOptions } from './to-spark.ts'

/** Options of from_avro and of Avro files, keys in lower case. */
export type AvroOptions = Readonly<Record<string, string>>

const DEEPEST = 15
const isTrue = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true'

/** How unions are named and how deep records may lie in themselves. @throws INVALID_OPTION */
export function toSparkOptions(o: AvroOptions): ToSparkOptions {
  const depth = o['recursivefieldmaxdepth']
  if (depth !== undefined && !(/^-?\d+$/.test(depth.trim()) && Number(depth) <= DEEPEST)) {
    throw new MillraceError('INVALID_OPTION', {
      option: 'recursiveFieldMaxDepth',
      format: 'avro',
      value: depth,
      expected: `a whole number up to ${DEEPEST}`,
    })
  }
  return {
    stableUnionNames: isTrue(o['enablestableidentifiersforuniontype']),
    ...(o['stableidentifierprefixforuniontype'] !== undefined && { unionPrefix: o['stableidentifierprefixforuniontype'] }),
    ...(depth !== undefined && { recursiveFieldMaxDepth: Number(depth) }),
  }
}

/** Bad messages give nulls, so that any field may be null. */
export function allNullable(t: DataType): DataType {
  if (t.kind === 'struct') return structType(t.fields.map(f => field(f.name, allNullable(f.dataType), true, f.metadata)))
  if (t.kind === 'array') return arrayType(allNullable(t.elementType), true)
  return t.kind === 'map' ? mapType(allNullable(t.keyType), allNullable(t.valueType), true) : t
}

/** FAILFAST unless the option says PERMISSIVE, as in Spark. @throws INVALID_OPTION */
export function avroMode(o: AvroOptions): 'permissive' | 'failfast' {
  const mode = (o['mode'] ?? 'FAILFAST').trim().toLowerCase()
  if (mode === 'permissive' || mode === 'failfast') return mode
  throw new MillraceError('INVALID_OPTION', { option: 'mode', format: 'from_avro', value: o['mode']!, expected: 'PERMISSIVE or FAILFAST' })
}

const NAMES = ['mode', 'avroSchema', 'recursiveFieldMaxDepth', 'enableStableIdentifiersForUnionType', 'stableIdentifierPrefixForUnionType']
const KNOWN = new Set(NAMES.map(name => name.toLowerCase()))

/** A misspelt option would change nothing without a word. Those of a registry are judged where it is asked. @throws UNKNOWN_OPTION */
function checkNames(o: AvroOptions): void {
  if (o['registry'] !== undefined || o['subject'] !== undefined) return
  const unknown = Object.keys(o).find(name => !KNOWN.has(name))
  if (unknown !== undefined) throw new MillraceError('UNKNOWN_OPTION', { option: unknown, format: 'from_avro', known: NAMES })
}

/** What from_avro reads messages as. */
export interface FromAvro {
  readonly writer: AvroSchema
  /** The option `avroSchema`, else the writer's. */
  readonly reader: AvroSchema
  readonly mode: 'permissive' | 'failfast'
  readonly dataType: DataType
}

/** The schemas and the result type of from_avro. @throws INVALID_AVRO_SCHEMA, RECURSIVE_AVRO_SCHEMA, INVALID_OPTION, UNKNOWN_OPTION */
export function fromAvroType(schema: string, o: AvroOptions): FromAvro {
  checkNames(o)
  const writer = parseAvro(schema)
  const reader = o['avroschema'] === undefined ? writer : parseAvro(o['avroschema'])
  const mode = avroMode(o)
  const { dataType } = avroToSpark(reader, toSparkOptions(o))
  return { writer, reader, mode, dataType: mode === 'permissive' ? allNullable(dataType) : dataType }
}
