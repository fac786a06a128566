import { MillraceError } from '../../errors/index.ts'
import {
  arrayType,
  binaryType,
  booleanType,
  type DataType,
  dateType,
  decimalType,
  doubleType,
  type Field,
  field,
  floatType,
  integerType,
  longType,
  mapType,
  nullType,
  stringType,
  structType,
  timestampNtzType,
  timestampType,
  timeType,
} from '../data-type.ts'
import { parseDataType } from '../ddl.ts'
import { type AvroFixed, type AvroPrimitive, type AvroSchema, branchName, localName, nonNull } from './schema.ts'

export interface ToSparkOptions {
  /** Fields of the struct that stands for a union of several types are named by type (`member_int`), not by place (`member0`). */
  readonly stableUnionNames?: boolean
  /** What begins those names; default `member_`. */
  readonly unionPrefix?: string
  /** How often a record may lie in itself: 0 or less refuses recursive types, 1 drops the fields that recur, up to 15. */
  readonly recursiveFieldMaxDepth?: number
}
export interface SparkType {
  readonly dataType: DataType
  readonly nullable: boolean
}

const LOGICAL: Readonly<Record<string, DataType>> = {
  date: dateType,
  'time-micros': timeType(6),
  'timestamp-millis': timestampType,
  'timestamp-micros': timestampType,
  'local-timestamp-millis': timestampNtzType,
  'local-timestamp-micros': timestampNtzType,
}
const PLAIN: Readonly<Record<AvroPrimitive['type'] | 'fixed', DataType>> = {
  null: nullType,
  boolean: booleanType,
  int: integerType,
  long: longType,
  float: floatType,
  double: doubleType,
  bytes: binaryType,
  fixed: binaryType,
  string: stringType,
}

function leaf(s: AvroPrimitive | AvroFixed): SparkType {
  const nullable = s.type === 'null'
  if (s.logical?.name === 'decimal') {
    const { precision, scale } = s.logical
    if (precision > 38) throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', { precision })
    return { dataType: decimalType(precision, scale), nullable }
  }
  const catalyst = 'catalyst' in s && (s.type === 'int' || s.type === 'long') && s.logical?.name !== 'date' ? s.catalyst : undefined
  if (catalyst !== undefined) return { dataType: parseDataType(catalyst), nullable }
  return { dataType: (s.logical && LOGICAL[s.logical.name]) ?? PLAIN[s.type], nullable }
}

type Depths = ReadonlyMap<string, number>

/** undefined: left out, for it lies deeper in itself than is asked for. */
function convert(s: AvroSchema, within: Depths, options: ToSparkOptions): SparkType | undefined {
  switch (s.type) {
    case 'record': {
      const depth = within.get(s.name) ?? 0
      const most = options.recursiveFieldMaxDepth ?? -1
      if (depth > 0 && most <= 0) throw new MillraceError('RECURSIVE_AVRO_SCHEMA', { name: s.name })
      if (depth > 0 && depth >= most) return undefined
      const inner = new Map(within).set(s.name, depth + 1)
      const fields = s.fields.flatMap((f): readonly Field[] => {
        const type = convert(f.schema, inner, options)
        return type ? [field(f.name, type.dataType, type.nullable)] : []
      })
      return { dataType: structType(fields), nullable: false }
    }
    case 'array': {
      const items = convert(s.items, within, options)
      return items && { dataType: arrayType(items.dataType, items.nullable), nullable: false }
    }
    case 'map': {
      const values = convert(s.values, within, options)
      return values && { dataType: mapType(stringType, values.dataType, values.nullable), nullable: false }
    }
    case 'union':
      return union(
        nonNull(s),
        s.branches.some(b => b.type === 'null'),
        within,
        options,
      )
    case 'enum':
      return { dataType: stringType, nullable: false }
    default:
      return leaf(s)
  }
}

/** A union of several types that one Spark type holds: `[int, long]`, `[float, double]`. */
export function widerOf(branches: readonly AvroSchema[]): 'long' | 'double' | undefined {
  const names = new Set(branches.map(b => b.type))
  if (branches.length !== 2) return undefined
  return names.has('int') && names.has('long') ? 'long' : names.has('float') && names.has('double') ? 'double' : undefined
}

function union(branches: readonly AvroSchema[], nullable: boolean, within: Depths, options: ToSparkOptions): SparkType | undefined {
  if (branches.length === 1) {
    const only = convert(branches[0]!, within, options)
    return only && { dataType: only.dataType, nullable: nullable || only.nullable }
  }
  const wider = widerOf(branches)
  if (wider) return { dataType: PLAIN[wider], nullable }
  const seen = new Set<string>()
  const fields = branches.flatMap((b, i): readonly Field[] => {
    const type = convert(b, within, options)
    if (!type) return []
    const name = options.stableUnionNames ? `${options.unionPrefix ?? 'member_'}${localName(branchName(b))}` : `member${i}`
    if (seen.has(name.toLowerCase()))
      throw new MillraceError('INVALID_AVRO_SCHEMA', { why: `two branches of a union are called "${name}" where case does not count` })
    seen.add(name.toLowerCase())
    return [field(name, type.dataType, true)]
  })
  return { dataType: structType(fields), nullable }
}

/**
 * The Spark type of values of an Avro schema, as Spark's SchemaConverters has it.
 *
 * | Avro | Spark |
 * |---|---|
 * | null, boolean, int, long, float, double, string, bytes | void, boolean, int, bigint, float, double, string, binary |
 * | enum, fixed | string, binary |
 * | record, array, map | struct, array, map with keys of strings |
 * | union with null | the rest, nullable |
 * | union of int and long, float and double | bigint, double |
 * | any other union | struct with a nullable field for each: member0, member1, … |
 * | date, decimal | date, decimal |
 * | time-micros | time(6); time-millis stays int |
 * | timestamp-millis, -micros; local-timestamp-millis, -micros | timestamp; timestamp_ntz. Nanos stay bigint: no type here holds them |
 *
 * @throws RECURSIVE_AVRO_SCHEMA, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION
 */
export function avroToSpark(schema: AvroSchema, options: ToSparkOptions = {}): SparkType {
  return convert(schema, new Map(), options)!
}
