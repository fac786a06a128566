import {
  arrayType,
  booleanType,
  type DataType,
  dateType,
  decimalType,
  doubleType,
  field,
  integerType,
  longType,
  nullType,
  sameType,
  stringType,
  structType,
  timestampType,
} from '../../../../types/index.ts'
import { isObject, type Json, JsonNumber } from './document.ts'

/** The type of a JSON value as Spark infers it; what is always null becomes a string in the end. */
export function inferJson(value: Json): DataType {
  if (value === null) return nullType
  if (typeof value === 'string') return stringType
  if (typeof value === 'boolean') return booleanType
  if (value instanceof JsonNumber) return inferNumber(value.source)
  if (Array.isArray(value)) return arrayType(value.map(inferJson).reduce(merge, nullType))
  if (!isObject(value)) return stringType
  const names = Object.keys(value).sort()
  return structType(names.map(name => field(name, inferJson(value[name]!))))
}
function inferNumber(source: string): DataType {
  if (!/^-?\d+$/.test(source)) return doubleType
  const n = BigInt(source)
  if (BigInt.asIntN(64, n) === n) return longType
  const digits = source.replace('-', '').length
  return digits <= 38 ? decimalType(digits, 0) : doubleType
}

function merge(a: DataType, b: DataType): DataType {
  if (a.kind === 'null' || sameType(a, b)) return b
  if (b.kind === 'null') return a
  if (a.kind === 'array' && b.kind === 'array') return arrayType(merge(a.elementType, b.elementType))
  if (a.kind === 'struct' && b.kind === 'struct') {
    const names = [...new Set([...a.fields, ...b.fields].map(f => f.name))].sort()
    const typeIn = (t: typeof a, name: string) => t.fields.find(f => f.name === name)?.dataType ?? nullType
    return structType(names.map(name => field(name, merge(typeIn(a, name), typeIn(b, name)))))
  }
  const numeric = ['long', 'double', 'decimal']
  return numeric.includes(a.kind) && numeric.includes(b.kind) ? doubleType : stringType
}

/** Null types become strings. */
export function settled(t: DataType): DataType {
  if (t.kind === 'null') return stringType
  if (t.kind === 'array') return { ...t, elementType: settled(t.elementType) }
  return t.kind === 'struct' ? structType(t.fields.map(f => field(f.name, settled(f.dataType)))) : t
}

const CSV_TYPES: readonly (readonly [RegExp, DataType])[] = [
  [/^[+-]?\d{1,9}$/, integerType],
  [/^[+-]?\d{1,18}$/, longType],
  [/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/, doubleType],
  [/^\d{4}-\d\d-\d\d$/, dateType],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/, timestampType],
  [/^(?:true|false)$/i, booleanType],
]
/** The columns of a csv record. */
export function inferCsv(text: string, separator: string): DataType {
  const cells = text.match(
    new RegExp(
      `(?:"(?:[^"\\\\]|\\\\.)*"|[^${separator.replace(/[\\\]^-]/g, '\\$&')}])+|(?<=^|[${separator.replace(/[\\\]^-]/g, '\\$&')}])(?=[${separator.replace(/[\\\]^-]/g, '\\$&')}]|$)`,
      'g',
    ),
  ) ?? ['']
  return structType(cells.map((cell, i) => field(`_c${i}`, CSV_TYPES.find(([form]) => form.test(cell))?.[1] ?? stringType)))
}
