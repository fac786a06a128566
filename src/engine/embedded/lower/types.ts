import type { DataType, SimpleKind } from '../../../types/index.ts'
import { quoteName } from './context.ts'

const SIMPLE: Readonly<Record<SimpleKind, string>> = {
  null: 'INTEGER',
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMPTZ',
  timestampNtz: 'TIMESTAMP',
  calendarInterval: 'INTERVAL',
  variant: 'VARCHAR',
}

/**
 * How a Spark type is held in DuckDB. The two interval types that Spark keeps as one number are one number here as well
 * (months as INTEGER, micros as BIGINT): they compare, group and sum as in Spark. A struct without fields holds a dummy.
 */
export function duckType(t: DataType): string {
  switch (t.kind) {
    case 'decimal':
      return `DECIMAL(${t.precision}, ${t.scale})`
    case 'string':
    case 'char':
    case 'varChar':
      return 'VARCHAR'
    case 'yearMonthInterval':
      return 'INTEGER'
    case 'dayTimeInterval':
      return 'BIGINT'
    case 'time':
      return 'TIME'
    case 'array':
      return `${duckType(t.elementType)}[]`
    case 'map':
      return `MAP(${duckType(t.keyType)}, ${duckType(t.valueType)})`
    case 'struct':
      return t.fields.length === 0
        ? 'STRUCT("" INTEGER)'
        : `STRUCT(${t.fields
            .map(
              (f, i) =>
                `${quoteName(
                  structField(
                    t.fields.map(g => g.name),
                    i,
                  ),
                )} ${duckType(f.dataType)}`,
            )
            .join(', ')})`
    default:
      return SIMPLE[t.kind]
  }
}

/** DuckDB's struct fields ignore case and must be unique; Spark's may repeat: the second `a` is held as `a#1`. */
export function structField(names: readonly string[], i: number): string {
  const name = names[i]!
  const before = names.slice(0, i).filter(n => n.toLowerCase() === name.toLowerCase()).length
  return before === 0 ? name : `${name}#${before}`
}
