import { didYouMean, MillraceError } from '../errors/index.ts'
import {
  binaryType,
  booleanType,
  byteType,
  calendarIntervalType,
  charType,
  type DataType,
  dateType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  nullType,
  shortType,
  stringType,
  timestampNtzType,
  timestampType,
  variantType,
} from './data-type.ts'

/** Names of types without parameters, lower case, as SQL and DDL write them. */
const PLAIN: Readonly<Record<string, DataType>> = {
  boolean: booleanType,
  tinyint: byteType,
  byte: byteType,
  smallint: shortType,
  short: shortType,
  int: integerType,
  integer: integerType,
  bigint: longType,
  long: longType,
  float: floatType,
  real: floatType,
  double: doubleType,
  date: dateType,
  timestamp: timestampType,
  timestamp_ltz: timestampType,
  timestamp_ntz: timestampNtzType,
  string: stringType,
  binary: binaryType,
  void: nullType,
  interval: calendarIntervalType,
  variant: variantType,
}

/** `decimal`, `char` and their like: from the numbers in parentheses to the type. */
const SIZED: Readonly<Record<string, (name: string, numbers: readonly number[]) => DataType | MillraceError>> = {
  decimal,
  dec: decimal,
  numeric: decimal,
  char: (name, numbers) => sized('char', name, numbers),
  character: (name, numbers) => sized('char', name, numbers),
  varchar: (name, numbers) => sized('varChar', name, numbers),
}

/** A type by its name and the numbers behind it, or why it cannot be (UNSUPPORTED_DATATYPE with "did you mean", DATATYPE_MISSING_SIZE, …). */
export function namedType(name: string, numbers: readonly number[]): DataType | MillraceError {
  const lower = name.toLowerCase()
  const bySize = SIZED[lower]
  if (bySize) return bySize(name, numbers)
  const plain = Object.hasOwn(PLAIN, lower) ? PLAIN[lower] : undefined
  if (plain && numbers.length === 0) return plain
  return unsupported(name, numbers)
}

function unsupported(name: string, numbers: readonly number[]): MillraceError {
  const typeName = numbers.length > 0 ? `${name}(${numbers.join(',')})` : name
  const near = didYouMean(name, [...Object.keys(PLAIN), ...Object.keys(SIZED), 'array', 'map', 'struct', 'time'])
  return new MillraceError('UNSUPPORTED_DATATYPE', { typeName, suggestion: near })
}

function decimal(name: string, numbers: readonly number[]): DataType | MillraceError {
  const [precision = 10, scale = 0] = numbers
  if (numbers.length > 2) return unsupported(name, numbers)
  if (scale > precision) return new MillraceError('DECIMAL_SCALE_EXCEEDS_PRECISION', { precision, scale })
  if (precision > 38) return new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', { precision })
  return decimalType(precision, scale)
}

function sized(kind: 'char' | 'varChar', name: string, numbers: readonly number[]): DataType | MillraceError {
  if (numbers.length === 0) return new MillraceError('DATATYPE_MISSING_SIZE', { typeName: name.toLowerCase() })
  if (numbers.length > 1) return unsupported(name, numbers)
  return charType(kind, numbers[0]!)
}
