import { MillraceError } from '../../errors/index.ts'

/** A name as PostgreSQL takes it exactly: `"Order ""x"""`. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as an SQL literal that means the same whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''")
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

/** A table by name; `schema` absent = the first one of the search path that has it. */
export interface TableName {
  readonly schema?: string
  readonly name: string
  /** Quoted, ready for SQL. */
  readonly sql: string
}

export const tableName = (name: string, schema?: string): TableName =>
  Object.freeze({
    name,
    ...(schema !== undefined && { schema }),
    sql: schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`,
  })

const PART = /\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*/uy

/** `orders`, `shop.orders`, `"Shop"."Order lines"`: bare names are folded to lower case, as PostgreSQL does. Undefined when it is no table name. */
export function parseTableName(text: string): TableName | undefined {
  const parts: string[] = []
  let at = 0
  for (;;) {
    PART.lastIndex = at
    const found = PART.exec(text)
    if (!found) return undefined
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2]!.toLowerCase())
    at = PART.lastIndex
    if (at === text.length) break
    if (text[at] !== '.' || parts.length === 2) return undefined
    at++
  }
  return parts.length === 1 ? tableName(parts[0]!) : tableName(parts[1]!, parts[0])
}

/** The table that an option names. @throws INVALID_OPTION */
export function tableOption(option: string, text: string, format: string): TableName {
  const parsed = parseTableName(text)
  if (!parsed) {
    const expected = 'a table name such as orders, shop.orders or "Shop"."Order lines"'
    throw new MillraceError('INVALID_OPTION', { option, format, value: text, expected })
  }
  return parsed
}

/** Columns of a list such as `id, "Line no"`: bare names stay as they are written, since columns are matched without regard to case. */
export function columnList(text: string): readonly string[] {
  const parts = text.match(/\s*(?:"(?:[^"]|"")+"|[^",]+)\s*/g) ?? []
  return parts
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
}
