import type { DataType, SimpleKind } from '../../../types/index.ts'
import { structField } from '../lower/types.ts'
import { type LogicalType, native } from './bindings.ts'

const T = native.Type
const SIMPLE: Readonly<Record<SimpleKind, number>> = {
  null: T.INTEGER,
  boolean: T.BOOLEAN,
  byte: T.TINYINT,
  short: T.SMALLINT,
  integer: T.INTEGER,
  long: T.BIGINT,
  float: T.FLOAT,
  double: T.DOUBLE,
  binary: T.BLOB,
  date: T.DATE,
  timestamp: T.TIMESTAMP_TZ,
  timestampNtz: T.TIMESTAMP,
  calendarInterval: T.INTERVAL,
  variant: T.VARCHAR,
}
const simple = (id: number): LogicalType => native.create_logical_type(id)

/** The native form of `duckType(t)`. */
export function logicalType(t: DataType): LogicalType {
  switch (t.kind) {
    case 'decimal':
      return native.create_decimal_type(t.precision, t.scale)
    case 'string':
    case 'char':
    case 'varChar':
      return simple(T.VARCHAR)
    case 'yearMonthInterval':
      return simple(T.INTEGER)
    case 'dayTimeInterval':
      return simple(T.BIGINT)
    case 'time':
      return simple(T.TIME)
    case 'array':
      return native.create_list_type(logicalType(t.elementType))
    case 'map':
      return native.create_map_type(logicalType(t.keyType), logicalType(t.valueType))
    case 'struct': {
      if (t.fields.length === 0) return native.create_struct_type([simple(T.INTEGER)], [''])
      const names = t.fields.map(f => f.name)
      return native.create_struct_type(
        t.fields.map(f => logicalType(f.dataType)),
        names.map((_, i) => structField(names, i)),
      )
    }
    default:
      return simple(SIMPLE[t.kind])
  }
}

/** How a type's values lie in a vector. */
export type Storage =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'bool' | 'text' | 'list' | 'map' | 'struct' | 'null' }
  | { readonly kind: 'decimal'; readonly bytes: 2 | 4 | 8 | 16 }

const BYTES: Partial<Record<DataType['kind'], number>> = {
  byte: 1,
  short: 2,
  integer: 4,
  long: 8,
  float: 4,
  double: 8,
  date: 4,
  timestamp: 8,
  timestampNtz: 8,
  dayTimeInterval: 8,
  yearMonthInterval: 4,
  time: 8,
  calendarInterval: 16,
}

export function storageOf(t: DataType): Storage {
  const bytes = BYTES[t.kind]
  if (bytes !== undefined) return { kind: 'fixed', bytes }
  switch (t.kind) {
    case 'decimal':
      return { kind: 'decimal', bytes: t.precision <= 4 ? 2 : t.precision <= 9 ? 4 : t.precision <= 18 ? 8 : 16 }
    case 'boolean':
      return { kind: 'bool' }
    case 'null':
      return { kind: 'null' }
    case 'array':
      return { kind: 'list' }
    case 'map':
    case 'struct':
      return { kind: t.kind }
    default:
      return { kind: 'text' }
  }
}
