import { MillraceError } from '../errors/index.ts'
import { arrayType, type DataType, type Field, field, mapType, stringType, structType } from './data-type.ts'
import { parseDataType } from './ddl.ts'
import { typeName } from './names.ts'

/** Spark's JSON form of a type: a name, or an object with `type`. */
export type SparkJson = string | { readonly type: string; readonly [key: string]: unknown }

/** Where the JSON form has a name of its own. */
const JSON_NAMES: Readonly<Record<string, string>> = { byte: 'byte', short: 'short', integer: 'integer', long: 'long' }

/** A type or schema as Spark's `jsonValue`; `JSON.stringify` of it is Spark's `schema.json`. */
export function toSparkJson(t: DataType): SparkJson {
  switch (t.kind) {
    case 'struct':
      return { type: 'struct', fields: t.fields.map(fieldJson) }
    case 'array':
      return { type: 'array', elementType: toSparkJson(t.elementType), containsNull: t.containsNull }
    case 'map':
      return { type: 'map', keyType: toSparkJson(t.keyType), valueType: toSparkJson(t.valueType), valueContainsNull: t.valueContainsNull }
    case 'string':
      return 'string'
    default:
      return JSON_NAMES[t.kind] ?? typeName(t)
  }
}

/** The collation of a string stands in the field's metadata, where older readers pass it by. */
function fieldJson(f: Field): unknown {
  const collation = f.dataType.kind === 'string' && f.dataType.collation
  const metadata = collation ? { ...f.metadata, [COLLATIONS]: { [f.name]: `icu.${collation}` } } : (f.metadata ?? {})
  return { name: f.name, type: toSparkJson(f.dataType), nullable: f.nullable, metadata }
}
const COLLATIONS = '__COLLATIONS'

/** Reads Spark's JSON form, as text or already parsed. @throws INVALID_JSON_SCHEMA */
export function fromSparkJson(json: unknown): DataType {
  return typeof json === 'string' && /^\s*[{"]/.test(json) ? read(parse(json)) : read(json)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MillraceError('INVALID_JSON_SCHEMA', { found: shorten(text) }, { cause })
  }
}

function read(json: unknown): DataType {
  if (typeof json === 'string') return json === 'null' ? parseDataType('void') : parseDataType(json)
  if (!isObject(json)) return refuse(json)
  if (json.type === 'struct' && Array.isArray(json.fields)) return structType(json.fields.map(readField))
  if (json.type === 'array') return arrayType(read(json.elementType), json.containsNull !== false)
  if (json.type === 'map') return mapType(read(json.keyType), read(json.valueType), json.valueContainsNull !== false)
  if (json.type === 'udt') return read(json.sqlType)
  return refuse(json)
}

function readField(json: unknown): Field {
  if (!isObject(json) || typeof json.name !== 'string') return refuse(json)
  const { [COLLATIONS]: collations, ...metadata } = isObject(json.metadata) ? json.metadata : {}
  const collation = isObject(collations) ? collations[json.name] : undefined
  const type = read(json.type)
  const collated =
    type === stringType && typeof collation === 'string'
      ? Object.freeze({ ...stringType, collation: collation.replace(/^\w+\./, '') })
      : type
  return field(json.name, collated, json.nullable !== false, metadata)
}

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
function refuse(json: unknown): never {
  throw new MillraceError('INVALID_JSON_SCHEMA', { found: shorten(JSON.stringify(json) ?? String(json)) })
}
