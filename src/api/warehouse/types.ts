import type { DataType } from '../../types/index.ts'

type Words = Readonly<Partial<Record<DataType['kind'], string>>>

const BIGQUERY: Words = {
  boolean: 'BOOL',
  byte: 'INT64',
  short: 'INT64',
  integer: 'INT64',
  long: 'INT64',
  float: 'FLOAT64',
  double: 'FLOAT64',
  string: 'STRING',
  char: 'STRING',
  varChar: 'STRING',
  variant: 'JSON',
  binary: 'BYTES',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestampNtz: 'DATETIME',
  time: 'TIME',
}
export function bigqueryType(type: DataType): string | undefined {
  switch (type.kind) {
    case 'decimal':
      return `${type.scale <= 9 && type.precision - type.scale <= 29 ? 'NUMERIC' : 'BIGNUMERIC'}(${type.precision}, ${type.scale})`
    case 'array': {
      // An array of arrays is not to be had.
      const element = type.elementType.kind === 'array' ? undefined : bigqueryType(type.elementType)
      return element && `ARRAY<${element}>`
    }
    case 'struct': {
      const fields = type.fields.map(f => [f.name, bigqueryType(f.dataType)] as const)
      return fields.every(([, t]) => t !== undefined) ? `STRUCT<${fields.map(([name, t]) => `\`${name}\` ${t}`).join(', ')}>` : undefined
    }
    case 'map': {
      const [key, value] = [bigqueryType(type.keyType), bigqueryType(type.valueType)]
      return key && value && `ARRAY<STRUCT<\`key\` ${key}, \`value\` ${value}>>`
    }
    default:
      return BIGQUERY[type.kind]
  }
}

const REDSHIFT: Words = {
  boolean: 'boolean',
  byte: 'smallint',
  short: 'smallint',
  integer: 'integer',
  long: 'bigint',
  float: 'real',
  double: 'double precision',
  string: 'varchar(65535)',
  binary: 'varbyte(1024000)',
  date: 'date',
  timestamp: 'timestamp',
  timestampNtz: 'timestamp',
}
/** Nested columns are Spectrum's to read and SUPER in a table. */
export const redshiftType =
  (place: 'external' | 'table') =>
  (type: DataType): string | undefined => {
    const inner = redshiftType(place)
    switch (type.kind) {
      case 'decimal':
        return `decimal(${type.precision},${type.scale})`
      case 'char':
        return `char(${type.length})`
      case 'varChar':
        return `varchar(${Math.min(type.length * 4, 65_535)})`
      case 'array':
        return place === 'table' ? 'super' : wrap(inner(type.elementType), e => `array<${e}>`)
      case 'map':
        return place === 'table' ? 'super' : wrap(inner(type.keyType), k => wrap(inner(type.valueType), v => `map<${k},${v}>`))
      case 'struct': {
        if (place === 'table') return 'super'
        const fields = type.fields.map(f => wrap(inner(f.dataType), t => `${f.name}:${t}`))
        return fields.includes(undefined) ? undefined : `struct<${fields.join(',')}>`
      }
      default:
        return REDSHIFT[type.kind]
    }
  }
const wrap = (type: string | undefined, as: (type: string) => string | undefined): string | undefined =>
  type === undefined ? undefined : as(type)

const SNOWFLAKE: Words = {
  boolean: 'BOOLEAN',
  byte: 'NUMBER(3, 0)',
  short: 'NUMBER(5, 0)',
  integer: 'NUMBER(10, 0)',
  long: 'NUMBER(19, 0)',
  float: 'FLOAT',
  double: 'FLOAT',
  string: 'VARCHAR',
  variant: 'VARIANT',
  binary: 'BINARY',
  date: 'DATE',
  timestamp: 'TIMESTAMP_LTZ(6)',
  timestampNtz: 'TIMESTAMP_NTZ(6)',
  time: 'TIME(6)',
  array: 'ARRAY',
  map: 'OBJECT',
  struct: 'OBJECT',
}
export function snowflakeType(type: DataType): string | undefined {
  if (type.kind === 'decimal') return `NUMBER(${type.precision}, ${type.scale})`
  return type.kind === 'char' || type.kind === 'varChar' ? `VARCHAR(${type.length})` : SNOWFLAKE[type.kind]
}

const POSTGRES: Words = {
  boolean: 'boolean',
  byte: 'smallint',
  short: 'smallint',
  integer: 'integer',
  long: 'bigint',
  float: 'real',
  double: 'double precision',
  string: 'text',
  variant: 'jsonb',
  binary: 'bytea',
  date: 'date',
  timestamp: 'timestamp with time zone',
  timestampNtz: 'timestamp without time zone',
  map: 'jsonb',
  struct: 'jsonb',
}
export function postgresType(type: DataType): string | undefined {
  switch (type.kind) {
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`
    case 'char':
      return `char(${type.length})`
    case 'varChar':
      return `varchar(${type.length})`
    case 'time':
      return `time(${type.precision})`
    case 'array':
      return wrap(postgresType(type.elementType), element => (element === 'jsonb' ? 'jsonb' : `${element}[]`))
    default:
      return POSTGRES[type.kind]
  }
}
