import type { ColumnPair } from '../../target-schema.ts'
import type { PgColumn } from '../catalog.ts'
import { quoted, type TableName } from '../identifiers.ts'

type Pairs = readonly ColumnPair<PgColumn>[]

/** A temporary table of the session; its rows go with each transaction. */
export const STAGE = 'pg_temp.millrace_stage'
/** Its own column: the row's place in the batch. */
const PLACE = quoted('millrace row')

const list = (names: readonly string[], of = ''): string => names.map(name => `${of}${quoted(name)}`).join(', ')
const namesOf = (pairs: Pairs): readonly string[] => pairs.map(pair => pair.column.name)

export const copyInto = (table: TableName, pairs: Pairs): string => `COPY ${table.sql} (${list(namesOf(pairs))}) FROM STDIN`
export const copyIntoStage = (pairs: Pairs): string => `COPY ${STAGE} (${[PLACE, list(namesOf(pairs))].join(', ')}) FROM STDIN`

/** A stage that takes what the table takes: columns of the same types, without what it demands of them. */
export const createStage = (pairs: Pairs): string =>
  `CREATE TEMPORARY TABLE IF NOT EXISTS ${STAGE.slice(STAGE.indexOf('.') + 1)} (${PLACE} bigint, ${pairs.map(p => `${quoted(p.column.name)} ${p.column.typeName}`).join(', ')}) ON COMMIT DELETE ROWS`

/** The stage's rows, of each key the last. */
const lastOfEach = (pairs: Pairs, keys: readonly string[], where = ''): string =>
  `SELECT DISTINCT ON (${list(keys)}) ${list(namesOf(pairs))} FROM ${STAGE} ${where} ORDER BY ${list(keys)}, ${PLACE} DESC`

/** Rows of the stage replace those of the same key, others are added. Columns of the table that rows do not have stay. */
export function upsertFromStage(table: TableName, pairs: Pairs, keys: readonly string[], where = ''): string {
  const rest = namesOf(pairs).filter(name => !keys.includes(name))
  const action =
    rest.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${rest.map(name => `${quoted(name)} = EXCLUDED.${quoted(name)}`).join(', ')}`
  return `INSERT INTO ${table.sql} (${list(namesOf(pairs))}) ${lastOfEach(pairs, keys, where)} ON CONFLICT (${list(keys)}) ${action}`
}

const nullIn = (keys: readonly string[]): string => keys.map(key => `${quoted(key)} IS NULL`).join(' OR ')
export const anyNullKey = (keys: readonly string[]): string => `SELECT EXISTS (SELECT FROM ${STAGE} WHERE ${nullIn(keys)}) AS found`
export const withoutNullKeys = (keys: readonly string[]): string => `WHERE NOT (${nullIn(keys)})`

/** The same for rows with a null in their key, where the index takes two nulls for different: first those that are there, then the others. */
export function upsertNullKeys(table: TableName, pairs: Pairs, keys: readonly string[]): readonly string[] {
  const names = namesOf(pairs)
  const rest = names.filter(name => !keys.includes(name))
  const rows = lastOfEach(pairs, keys, `WHERE ${nullIn(keys)}`)
  const same = keys.map(key => `t.${quoted(key)} IS NOT DISTINCT FROM s.${quoted(key)}`).join(' AND ')
  const set = rest.map(name => `${quoted(name)} = s.${quoted(name)}`).join(', ')
  return [
    ...(rest.length > 0 ? [`UPDATE ${table.sql} AS t SET ${set} FROM (${rows}) AS s WHERE ${same}`] : []),
    `INSERT INTO ${table.sql} (${list(names)}) SELECT ${list(names, 's.')} FROM (${rows}) AS s WHERE NOT EXISTS (SELECT FROM ${table.sql} AS t WHERE ${same})`,
  ]
}
