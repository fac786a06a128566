import {
  arrayType,
  type DataType,
  dayTimeIntervalType,
  doubleType,
  field,
  isIntegral,
  isNumeric,
  isString,
  longType,
  mapType,
  sameType,
  stringType,
  structType,
  timestampType,
  yearMonthIntervalType,
} from '../../types/index.ts'
import { decimalFor, widerDecimal } from './decimal.ts'

const NUMERIC_ORDER = ['byte', 'short', 'integer', 'long', 'float', 'double']

/** Spark's `AnsiTypeCoercion.findWiderTypeForTwo`: the type both sides of a comparison, CASE, coalesce, union … are cast to. */
export function commonType(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b)) return mergeNullability(a, b)
  if (a.kind === 'null') return b
  if (b.kind === 'null') return a
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b)
  return commonTemporal(a, b) ?? commonInterval(a, b) ?? withString(a, b) ?? withString(b, a) ?? commonNested(a, b)
}

export function commonTypeOf(types: readonly DataType[]): DataType | undefined {
  const [first, ...rest] = types
  let common: DataType | undefined = first
  for (const t of rest) {
    if (!common) return undefined
    common = commonType(common, t)
  }
  return common
}

function commonNumeric(a: DataType, b: DataType): DataType {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const [x, y] = [decimalFor(a), decimalFor(b)]
    return x && y ? widerDecimal(x, y) : doubleType
  }
  const wider = NUMERIC_ORDER.indexOf(a.kind) > NUMERIC_ORDER.indexOf(b.kind) ? a : b
  // A whole number beside a float: a float would lose digits.
  return wider.kind === 'float' ? doubleType : wider
}

const TEMPORAL_ORDER = ['date', 'timestampNtz', 'timestamp']
function commonTemporal(a: DataType, b: DataType): DataType | undefined {
  const [i, j] = [TEMPORAL_ORDER.indexOf(a.kind), TEMPORAL_ORDER.indexOf(b.kind)]
  if (i < 0 || j < 0) return undefined
  return Math.max(i, j) === 2 ? timestampType : i > j ? a : b
}

type YearMonth = 0 | 1
type DayTime = 0 | 1 | 2 | 3
function commonInterval(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'yearMonthInterval' && b.kind === 'yearMonthInterval')
    return yearMonthIntervalType(Math.min(a.startField, b.startField) as YearMonth, Math.max(a.endField, b.endField) as YearMonth)
  if (a.kind === 'dayTimeInterval' && b.kind === 'dayTimeInterval')
    return dayTimeIntervalType(Math.min(a.startField, b.startField) as DayTime, Math.max(a.endField, b.endField) as DayTime)
  return undefined
}

/** A string beside another type takes that type; beside whole numbers bigint, beside other numbers double. */
function withString(a: DataType, b: DataType): DataType | undefined {
  if (!isString(a)) return undefined
  if (isString(b)) return stringType
  if (isIntegral(b)) return longType
  if (isNumeric(b)) return doubleType
  const plain = ['boolean', 'binary', 'date', 'timestamp', 'timestampNtz', 'time']
  return plain.includes(b.kind) ? b : undefined
}

function commonNested(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.elementType, b.elementType)
    return element && arrayType(element, a.containsNull || b.containsNull)
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [commonType(a.keyType, b.keyType), commonType(a.valueType, b.valueType)]
    return key && value && mapType(key, value, a.valueContainsNull || b.valueContainsNull)
  }
  if (a.kind !== 'struct' || b.kind !== 'struct' || a.fields.length !== b.fields.length) return undefined
  const fields = a.fields.map((f, i) => {
    const g = b.fields[i]!
    const t = f.name.toLowerCase() === g.name.toLowerCase() ? commonType(f.dataType, g.dataType) : undefined
    return t && field(f.name, t, f.nullable || g.nullable)
  })
  return fields.every(f => f !== undefined) ? structType(fields) : undefined
}

/** Two types that differ in nullability only: what may be null in one may be null in both. */
function mergeNullability(a: DataType, b: DataType): DataType {
  if (a.kind === 'array' && b.kind === 'array')
    return arrayType(mergeNullability(a.elementType, b.elementType), a.containsNull || b.containsNull)
  if (a.kind === 'map' && b.kind === 'map')
    return mapType(a.keyType, mergeNullability(a.valueType, b.valueType), a.valueContainsNull || b.valueContainsNull)
  if (a.kind === 'struct' && b.kind === 'struct')
    return structType(
      a.fields.map((f, i) => field(f.name, mergeNullability(f.dataType, b.fields[i]!.dataType), f.nullable || b.fields[i]!.nullable)),
    )
  return a
}
