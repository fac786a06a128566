import { MillraceError } from '../errors/index.ts'

/** A table's name, taken apart; in lower case, as names do not regard it. */
export interface TableName {
  readonly database: string
  readonly table: string
}
/** Instead of a name, a place: delta.`/lake/rides`. */
export interface TablePath {
  readonly format: string
  readonly path: string
}

export const DEFAULT_DATABASE = 'default'

/** The parts of `a.b`, of `` `a b`.c `` . */
function parts(text: string): readonly string[] {
  const found = [...text.matchAll(/`((?:[^`]|``)*)`|([^.`]+)/g)].map(m => (m[1] === undefined ? m[2]!.trim() : m[1].replaceAll('``', '`')))
  return found.filter(p => p !== '')
}

/** @throws INVALID_TABLE_NAME */
export function readTableName(text: string): TableName | TablePath {
  const all = parts(text)
  if (all.length === 2 && all[1]!.includes('/')) return { format: all[0]!.toLowerCase(), path: all[1]! }
  const names = all.length === 3 && all[0]!.toLowerCase() === 'spark_catalog' ? all.slice(1) : all
  const [table, database = DEFAULT_DATABASE] = [...names].reverse()
  const fits = (name: string): boolean => /^[\p{L}\p{N}_][\p{L}\p{N}_ -]*$/u.test(name)
  if (table === undefined || names.length > 2 || !names.every(fits)) throw new MillraceError('INVALID_TABLE_NAME', { name: text })
  return { database: database.toLowerCase(), table: table.toLowerCase() }
}

export const shownName = ({ database, table }: TableName): string => (database === DEFAULT_DATABASE ? table : `${database}.${table}`)
