import { arrayType, type DataType, decimalType, mapType, type StructType, sameType, stringType, timeType } from '../types/index.ts'
import type { Literal, LiteralValue } from './expression.ts'
import { bytes, type Codec, double, flag, int32, int64, type Json, type JsonObject, objectAt, refuse, text } from './json-codec.ts'
import { typeFromJson, typeToJson } from './json-type.ts'

/** How one kind of literal is written. `decode` gives the type as far as the field tells it; the literal's own `dataType` field says the rest. */
interface Form {
  readonly encode: (value: LiteralValue, type: DataType) => Json
  readonly decode: (json: Json, at: string) => { readonly value: LiteralValue; readonly type: DataType }
}
/** The literal's default is written too: the field is an arm of a oneof. */
const simple = <T extends LiteralValue>(kind: DataType['kind'], codec: Codec<T>, empty: Json, more: object = {}): Form => ({
  encode: value => codec.encode(value as T) ?? empty,
  decode: (json, at) => ({ value: codec.decode(json, at), type: Object.freeze({ kind, ...more }) as DataType }),
})

const element = (json: Json, at: string): Literal => literal.decode(json, at)
const elements = (json: Json | undefined, at: string): readonly Literal[] =>
  json === undefined ? [] : Array.isArray(json) ? json.map((j, i) => element(j, `${at}[${i}]`)) : refuse(at, 'expected a list')
const values = (json: Json | undefined, at: string): readonly LiteralValue[] => Object.freeze(elements(json, at).map(l => l.value))
const encoded = (items: readonly LiteralValue[], type: (i: number) => DataType): Json =>
  items.map((v, i) => literal.encode({ kind: 'literal', dataType: type(i), value: v })!)
const filled = (name: string, items: Json): JsonObject => ((items as readonly Json[]).length === 0 ? {} : { [name]: items })

/** Precision and scale of a decimal's text, as Spark takes them where the message gives none. */
function decimalOf(digits: string): DataType {
  const [, whole = '', fraction = ''] = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(digits) ?? []
  const significant = whole.replace(/^0+/, '').length + fraction.length
  return decimalType(Math.max(significant, fraction.length, 1), fraction.length)
}

const FORMS: { readonly [K in Exclude<DataType['kind'], 'null' | 'variant' | 'char' | 'varChar'>]: Form } = {
  boolean: simple('boolean', flag, false),
  byte: simple('byte', int32, 0),
  short: simple('short', int32, 0),
  integer: simple('integer', int32, 0),
  long: simple('long', int64, '0'),
  float: simple('float', double, 0),
  double: simple('double', double, 0),
  string: simple('string', text, ''),
  binary: simple('binary', bytes, ''),
  date: simple('date', int32, 0),
  timestamp: simple('timestamp', int64, '0'),
  timestampNtz: simple('timestampNtz', int64, '0'),
  yearMonthInterval: simple('yearMonthInterval', int32, 0, { startField: 0, endField: 1 }),
  dayTimeInterval: simple('dayTimeInterval', int64, '0', { startField: 0, endField: 3 }),
  decimal: {
    encode: (value, type) =>
      type.kind === 'decimal' ? { value: String(value), precision: type.precision, scale: type.scale } : { value: String(value) },
    decode: (json, at) => {
      const o = objectAt(json, at)
      const value = text.decode(o.value, `${at}.value`)
      if (o.precision === undefined) return { value, type: decimalOf(value) }
      return { value, type: decimalType(int32.decode(o.precision, at), int32.decode(o.scale, at)) }
    },
  },
  time: {
    encode: (value, type) => ({ nano: String((value as bigint) * 1000n), precision: type.kind === 'time' ? type.precision : 6 }),
    decode: (json, at) => {
      const o = objectAt(json, at)
      return {
        value: int64.decode(o.nano, `${at}.nano`) / 1000n,
        type: timeType(o.precision === undefined ? 6 : int32.decode(o.precision, at)),
      }
    },
  },
  calendarInterval: {
    encode: value => {
      const { months, days, micros } = value as { months: number; days: number; micros: bigint }
      return { ...(months ? { months } : {}), ...(days ? { days } : {}), ...(micros ? { microseconds: String(micros) } : {}) }
    },
    decode: (json, at) => {
      const o = objectAt(json, at)
      const value = { months: int32.decode(o.months, at), days: int32.decode(o.days, at), micros: int64.decode(o.microseconds, at) }
      return { value: Object.freeze(value), type: Object.freeze({ kind: 'calendarInterval' }) }
    },
  },
  array: {
    encode: (value, type) => {
      const of = (type as Extract<DataType, { kind: 'array' }>).elementType
      return {
        elementType: typeToJson(of),
        ...filled(
          'elements',
          encoded(value as LiteralValue[], () => of),
        ),
      }
    },
    decode: (json, at) => {
      const o = objectAt(json, at)
      return { value: values(o.elements, `${at}.elements`), type: arrayType(elementType(o.elementType, o.elements, at)) }
    },
  },
  map: {
    encode: (value, type) => {
      const { keyType, valueType } = type as Extract<DataType, { kind: 'map' }>
      const pairs = value as readonly (readonly [LiteralValue, LiteralValue])[]
      const keys = encoded(
        pairs.map(p => p[0]),
        () => keyType,
      )
      const items = encoded(
        pairs.map(p => p[1]),
        () => valueType,
      )
      return { keyType: typeToJson(keyType), valueType: typeToJson(valueType), ...filled('keys', keys), ...filled('values', items) }
    },
    decode: (json, at) => {
      const o = objectAt(json, at)
      const keys = values(o.keys, `${at}.keys`)
      const items = values(o.values, `${at}.values`)
      if (keys.length !== items.length) return refuse(at, 'a map has as many keys as values')
      const type = mapType(elementType(o.keyType, o.keys, at), elementType(o.valueType, o.values, at))
      return { value: Object.freeze(keys.map((k, i) => Object.freeze([k, items[i]!] as const))), type }
    },
  },
  struct: {
    encode: (value, type) => {
      const { fields } = type as StructType
      return {
        structType: typeToJson(type),
        ...filled(
          'elements',
          encoded(value as LiteralValue[], i => fields[i]!.dataType),
        ),
      }
    },
    decode: (json, at) => {
      const o = objectAt(json, at)
      return { value: values(o.elements, `${at}.elements`), type: typeFromJson(o.structType, `${at}.structType`) }
    },
  },
}

/** Newer clients leave the element type out where the first element shows it. */
const elementType = (type: Json | undefined, items: Json | undefined, at: string): DataType =>
  type === undefined && Array.isArray(items) && items.length > 0 ? element(items[0]!, `${at}[0]`).dataType : typeFromJson(type, at)

/** A literal in Spark Connect's protobuf JSON: `{"integer":-1}`, `{"timestamp":"1700…"}`, `{"null":{"string":{}}}`. */
export const literal: Codec<Literal> = {
  encode({ value, dataType }) {
    if (value === null) return { null: typeToJson(dataType) }
    const kind = dataType.kind === 'char' || dataType.kind === 'varChar' ? 'string' : dataType.kind
    if (kind === 'null' || kind === 'variant') return refuse('literal', `there is no literal of type ${kind}`)
    const form = FORMS[kind]
    const json = form.encode(value, dataType)
    return sameType(implied(kind, json), dataType, true) ? { [kind]: json } : { [kind]: json, dataType: typeToJson(dataType) }
  },
  decode(json, at) {
    const o = objectAt(json, at)
    const declared = o.dataType === undefined ? undefined : typeFromJson(o.dataType, `${at}.dataType`)
    const [[kind, rest] = refuse(at, 'the literal has no value')] = Object.entries(o).filter(([name]) => name !== 'dataType')
    if (kind === 'null') return Object.freeze({ kind: 'literal', dataType: typeFromJson(rest, `${at}.null`), value: null })
    if (!Object.hasOwn(FORMS, kind)) return refuse(at, `literal "${kind}" is not supported`)
    const { value, type } = FORMS[kind as keyof typeof FORMS].decode(rest!, `${at}.${kind}`)
    return Object.freeze({ kind: 'literal', dataType: declared ?? (type.kind === 'string' ? stringType : type), value })
  },
}
/** The type a reader takes from the field alone; where that is not the literal's, its `dataType` is written. */
const implied = (kind: keyof typeof FORMS, json: Json): DataType => FORMS[kind].decode(json, 'literal').type
