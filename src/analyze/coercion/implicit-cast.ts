import type { ArgumentType } from '../../functions/function.ts'
import {
  arrayType,
  type DataType,
  decimalType,
  doubleType,
  integerType,
  isIntegral,
  isNumeric,
  isString,
  isTemporal,
  longType,
  mapType,
  sameType,
  stringType,
  timestampType,
} from '../../types/index.ts'
import { decimalFor, fitsDecimal } from './decimal.ts'

type Class = Extract<ArgumentType, string>
const interval = (t: DataType): boolean => t.kind === 'calendarInterval' || t.kind === 'yearMonthInterval' || t.kind === 'dayTimeInterval'
const ordered = (t: DataType): boolean =>
  t.kind === 'array'
    ? ordered(t.elementType)
    : t.kind === 'struct'
      ? t.fields.every(f => ordered(f.dataType))
      : !['map', 'variant', 'calendarInterval'].includes(t.kind)

const CLASSES: Readonly<Record<string, (t: DataType) => boolean>> = {
  any: () => true,
  numeric: isNumeric,
  integral: isIntegral,
  fractional: t => isNumeric(t) && !isIntegral(t),
  temporal: isTemporal,
  ordered,
  interval,
  string: isString,
}

/** Does the argument type take `t` as it is? */
export function accepts(expected: DataType | Class, t: DataType): boolean {
  if (typeof expected !== 'string') return sameType(expected, t)
  return CLASSES[expected]?.(t) ?? t.kind === expected
}

const DEFAULTS: Readonly<Record<string, DataType>> = {
  any: { kind: 'null' },
  ordered: { kind: 'null' },
  numeric: doubleType,
  integral: integerType,
  fractional: doubleType,
  temporal: timestampType,
  interval: { kind: 'calendarInterval' },
  decimal: decimalType(38, 18),
  string: stringType,
  array: arrayType({ kind: 'null' }),
  map: mapType({ kind: 'null' }, { kind: 'null' }),
  struct: { kind: 'struct', fields: [] },
  yearMonthInterval: { kind: 'yearMonthInterval', startField: 0, endField: 1 },
  dayTimeInterval: { kind: 'dayTimeInterval', startField: 0, endField: 3 },
  char: stringType,
  varChar: stringType,
  time: { kind: 'time', precision: 6 },
}
const concrete = (expected: DataType | Class): DataType =>
  typeof expected !== 'string' ? expected : (DEFAULTS[expected] ?? ({ kind: expected } as DataType))

/** What a string is cast to where another class of types is expected. */
const FROM_STRING: Readonly<Record<string, DataType>> = {
  numeric: doubleType,
  fractional: doubleType,
  integral: longType,
  temporal: timestampType,
  decimal: decimalType(38, 18),
}
const ORDER = ['byte', 'short', 'integer', 'long', 'decimal', 'float', 'double']

/**
 * Spark's `AnsiTypeCoercion.implicitCast`: the type `t` is cast to where `expected` is wanted, or undefined.
 * Numbers may also be narrowed (as in a store assignment, with an error on overflow), unless `widening` asks for safe casts only.
 */
export function implicitCast(t: DataType, expected: DataType | Class, widening = false): DataType | undefined {
  if (accepts(expected, t)) return t
  if (t.kind === 'null') return concrete(expected)
  const target = concrete(expected)
  if (isString(t)) return typeof expected === 'string' && FROM_STRING[expected] ? FROM_STRING[expected] : fromString(target)
  if (isString(target))
    return t.kind === 'array' || t.kind === 'map' || t.kind === 'struct' || t.kind === 'variant' ? undefined : stringType
  if (isNumeric(t)) return fromNumber(t, expected, target, widening)
  if (isTemporal(t) && isTemporal(target)) return target
  return nested(t, target)
}

function fromString(target: DataType): DataType | undefined {
  return ['array', 'map', 'struct', 'variant', 'null', 'yearMonthInterval', 'dayTimeInterval'].includes(target.kind) ? undefined : target
}

function fromNumber(t: DataType, expected: DataType | Class, target: DataType, widening: boolean): DataType | undefined {
  if (expected === 'fractional') return doubleType
  if (!isNumeric(target) || expected === 'integral') return undefined
  if (expected === 'decimal') return decimalFor(t) ?? (t.kind === 'float' ? decimalType(14, 7) : decimalType(30, 15))
  return !widening || isWider(t, target) ? target : undefined
}

function isWider(t: DataType, target: DataType): boolean {
  const d = decimalFor(t)
  if (target.kind === 'decimal') return d !== undefined && fitsDecimal(d, target)
  return ORDER.indexOf(t.kind) < ORDER.indexOf(target.kind)
}

function nested(t: DataType, target: DataType): DataType | undefined {
  if (t.kind === 'array' && target.kind === 'array') {
    const element = implicitCast(t.elementType, target.elementType)
    return element && arrayType(element, t.containsNull)
  }
  if (t.kind === 'map' && target.kind === 'map') {
    const [key, value] = [implicitCast(t.keyType, target.keyType), implicitCast(t.valueType, target.valueType)]
    return key && value && mapType(key, value, t.valueContainsNull)
  }
  return undefined
}
