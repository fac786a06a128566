import { MillraceError } from '../../../errors/index.ts'
import { parseDdl, type StructType, typeName } from '../../../types/index.ts'
import { quoted, type TableName } from '../identifiers.ts'
import { columnTypeFor } from '../types.ts'

export interface NewTable {
  readonly name: TableName
  readonly schema: StructType
  /** Spark's `createTableColumnTypes`: types by column, in SQL's words. */
  readonly columnTypes?: string
  /** Spark's `createTableOptions`: what stands behind the columns. */
  readonly tableOptions?: string
  /** Columns that tell rows apart. */
  readonly keys?: readonly string[]
  /** The server knows UNIQUE NULLS NOT DISTINCT (15 and later). */
  readonly nullsEqual?: boolean
}

/** The statement that makes a table for rows. @throws POSTGRES_TYPE, INVALID_OPTION */
export function createTableSql({ name, schema, columnTypes, tableOptions, keys = [], nullsEqual = true }: NewTable): string {
  const own = columnTypes === undefined ? new Map<string, string>() : ownTypes(columnTypes, schema)
  const columns = schema.fields.map(field => {
    const type = own.get(field.name) ?? columnTypeFor(field.dataType)
    if (type === undefined) throw new MillraceError('POSTGRES_TYPE', { column: field.name, type: typeName(field.dataType) })
    return `${quoted(field.name)} ${type}${field.nullable ? '' : ' NOT NULL'}`
  })
  const key = keyClause(schema, keys, nullsEqual)
  return `CREATE TABLE ${name.sql} (${[...columns, ...key].join(', ')})${tableOptions ? ` ${tableOptions}` : ''}`
}

/** A primary key takes no null: where one may come, the rows are told apart by a unique index for which nulls are equal. */
function keyClause(schema: StructType, keys: readonly string[], nullsEqual: boolean): readonly string[] {
  if (keys.length === 0) return []
  const list = keys.map(quoted).join(', ')
  const nullable = schema.fields.some(field => field.nullable && keys.includes(field.name))
  return [nullable ? `UNIQUE ${nullsEqual ? 'NULLS NOT DISTINCT ' : ''}(${list})` : `PRIMARY KEY (${list})`]
}

/** `name VARCHAR(64), price DECIMAL(10,2)`: words of PostgreSQL's types and of Spark's are both taken. */
function ownTypes(text: string, schema: StructType): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  for (const part of splitOutside(text)) {
    const found = /^(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^\s:]+))\s*:?\s+(.+)$/s.exec(part.trim())
    if (!found) return refuseTypes(text, 'name type, name type')
    const given = found[1]?.replaceAll('""', '"') ?? found[2]?.replaceAll('``', '`') ?? found[3]!
    const field = schema.fields.find(f => f.name === given) ?? schema.fields.find(f => f.name.toLowerCase() === given.toLowerCase())
    if (!field) return refuseTypes(given, `a column of the rows (${schema.fields.map(f => f.name).join(', ')})`)
    types.set(field.name, typeInSql(found[4]!))
  }
  return types
}

const refuseTypes = (value: string, expected: string): never => {
  throw new MillraceError('INVALID_OPTION', { option: 'createTableColumnTypes', format: 'postgresql', value, expected })
}

/** Spark's own words (STRING, DOUBLE, TINYINT, BINARY) become the server's; all else is the server's affair. */
function typeInSql(text: string): string {
  const sparks = /^(string|double|float|tinyint|byte|short|long|binary|timestamp_ntz|timestamp_ltz)$/i
  if (!sparks.test(text.trim())) return text.trim()
  return columnTypeFor(parseDdl(`x ${text}`).fields[0]!.dataType)!
}

/** At commas outside of parentheses and quotes. */
function splitOutside(text: string): readonly string[] {
  return (text.match(/(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\([^)]*\)|[^,("`])+/g) ?? []).filter(part => part.trim() !== '')
}
