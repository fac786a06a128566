import {
  arrayType,
  type CharType,
  charType,
  type DataType,
  dayTimeIntervalType,
  decimalType,
  field,
  mapType,
  parseDataType,
  type StructType,
  stringType,
  structType,
  timeType,
  yearMonthIntervalType,
} from '../types/index.ts'
import { type Codec, flag, int32, type Json, type JsonObject, list, objectAt, refuse, text } from './json-codec.ts'

/** The type whose `kind` may be K. */
type TypeOf<K extends DataType['kind']> = DataType extends infer T
  ? T extends { readonly kind: infer Q }
    ? K extends Q
      ? T
      : never
    : never
  : never
type TypeCodec<T> = { readonly encode: (type: T) => JsonObject; readonly decode: (json: JsonObject, at: string) => T }

const plain = <K extends DataType['kind']>(kind: K): TypeCodec<TypeOf<K>> => ({
  encode: () => ({}),
  decode: () => Object.freeze({ kind }) as unknown as TypeOf<K>,
})
const omitFalse = (name: string, value: boolean): JsonObject => (value ? { [name]: true } : {})
const sized = (kind: 'char' | 'varChar'): TypeCodec<CharType> => ({
  encode: t => ({ length: t.length }),
  decode: (j, at) => charType(kind, int32.decode(j.length, `${at}.length`)),
})
/** A missing end is the start (one field alone); missing both is the widest. */
const span = <F extends number>(json: JsonObject, at: string, last: F): readonly [F, F] => {
  const start = json.startField === undefined ? 0 : int32.decode(json.startField, `${at}.startField`)
  const end = json.endField === undefined ? (json.startField === undefined ? last : start) : int32.decode(json.endField, `${at}.endField`)
  return start >= 0 && start <= end && end <= last ? [start as F, end as F] : refuse(at, `no interval runs from field ${start} to ${end}`)
}

const fields = list({
  encode: (f: StructType['fields'][number]): Json => ({
    name: f.name,
    dataType: typeToJson(f.dataType),
    ...omitFalse('nullable', f.nullable),
    ...(f.metadata ? { metadata: JSON.stringify(f.metadata) } : {}),
  }),
  decode: (json, at) => {
    const o = objectAt(json, at)
    const metadata =
      o.metadata === undefined ? undefined : (JSON.parse(text.decode(o.metadata, `${at}.metadata`)) as Record<string, unknown>)
    return field(
      text.decode(o.name, `${at}.name`),
      typeFromJson(o.dataType, `${at}.dataType`),
      flag.decode(o.nullable, `${at}.nullable`),
      metadata,
    )
  },
})

/** Every type's fields in Spark Connect's `DataType` message. */
const TYPES: { readonly [K in DataType['kind']]: TypeCodec<TypeOf<K>> } = {
  null: plain('null'),
  boolean: plain('boolean'),
  byte: plain('byte'),
  short: plain('short'),
  integer: plain('integer'),
  long: plain('long'),
  float: plain('float'),
  double: plain('double'),
  binary: plain('binary'),
  date: plain('date'),
  timestamp: plain('timestamp'),
  timestampNtz: plain('timestampNtz'),
  calendarInterval: plain('calendarInterval'),
  variant: plain('variant'),
  string: {
    encode: t => (t.collation && t.collation !== 'UTF8_BINARY' ? { collation: t.collation } : {}),
    decode: j =>
      j.collation && j.collation !== 'UTF8_BINARY' ? Object.freeze({ kind: 'string', collation: String(j.collation) }) : stringType,
  },
  char: sized('char'),
  varChar: sized('varChar'),
  decimal: {
    encode: t => ({ scale: t.scale, precision: t.precision }),
    decode: (j, at) =>
      decimalType(j.precision === undefined ? 10 : int32.decode(j.precision, `${at}.precision`), int32.decode(j.scale, `${at}.scale`)),
  },
  time: {
    encode: t => ({ precision: t.precision }),
    decode: (j, at) => timeType(j.precision === undefined ? 6 : int32.decode(j.precision, at)),
  },
  yearMonthInterval: {
    encode: t => ({ startField: t.startField, endField: t.endField }),
    decode: (j, at) => yearMonthIntervalType(...span<0 | 1>(j, at, 1)),
  },
  dayTimeInterval: {
    encode: t => ({ startField: t.startField, endField: t.endField }),
    decode: (j, at) => dayTimeIntervalType(...span<0 | 1 | 2 | 3>(j, at, 3)),
  },
  array: {
    encode: t => ({ elementType: typeToJson(t.elementType), ...omitFalse('containsNull', t.containsNull) }),
    decode: (j, at) => arrayType(typeFromJson(j.elementType, `${at}.elementType`), flag.decode(j.containsNull, at)),
  },
  map: {
    encode: t => ({
      keyType: typeToJson(t.keyType),
      valueType: typeToJson(t.valueType),
      ...omitFalse('valueContainsNull', t.valueContainsNull),
    }),
    decode: (j, at) =>
      mapType(typeFromJson(j.keyType, `${at}.keyType`), typeFromJson(j.valueType, `${at}.valueType`), flag.decode(j.valueContainsNull, at)),
  },
  struct: {
    encode: t => (t.fields.length === 0 ? {} : { fields: fields.encode(t.fields)! }),
    decode: (j, at) => structType(fields.decode(j.fields, `${at}.fields`)),
  },
}

/** A data type as Spark Connect's `DataType` in protobuf JSON: `{"integer":{}}`. */
export const typeToJson = (type: DataType): Json => ({ [type.kind]: (TYPES[type.kind] as TypeCodec<DataType>).encode(type) })

/** The reverse. `unparsed` (a DDL string) is parsed. Throws INVALID_PLAN_JSON. */
export function typeFromJson(json: Json | undefined, at = 'dataType'): DataType {
  const [[kind, rest] = refuse(at, 'a data type is missing')] = Object.entries(objectAt(json, at))
  if (kind === 'unparsed') return parseDataType(text.decode(objectAt(rest, at).dataTypeString, at))
  if (!Object.hasOwn(TYPES, kind)) return refuse(at, `data type "${kind}" is not supported`)
  return (TYPES[kind as DataType['kind']] as TypeCodec<DataType>).decode(objectAt(rest, `${at}.${kind}`), `${at}.${kind}`)
}

export const dataType: Codec<DataType> = { encode: typeToJson, decode: typeFromJson }
export const struct: Codec<StructType> = {
  encode: typeToJson,
  decode: (json, at) => {
    const type = typeFromJson(json, at)
    return type.kind === 'struct' ? type : refuse(at, `expected a struct type, found ${type.kind}`)
  },
}
