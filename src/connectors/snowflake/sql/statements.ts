import { literal, type ObjectName, quoted, sqlName } from './names.ts'
import type { Family, SnowflakeColumn } from './types.ts'

/** A staged row is text alone: every cell in quotes, `-` for null and `=` with its text for a value, so that nothing in a file can be taken for something else. */
export const NULL_CELL = '"-"'
export const cell = (text: string): string => `"=${text.includes('"') ? text.replaceAll('"', '""') : text}"`

/** Columns of the table staged files are loaded into. */
const stagedName = (i: number): string => `C${i + 1}`
const stagedText = (i: number): string => `SUBSTR(NULLIF(${stagedName(i)}, '-'), 2)`

const VALUE_OF: Readonly<Record<Family, (text: string, column: SnowflakeColumn) => string>> = {
  number: (x, c) => `CAST(${x} AS NUMBER(${c.precision},${c.scale}))`,
  float: x => `CAST(${x} AS FLOAT)`,
  text: x => x,
  boolean: x => `CAST(${x} AS BOOLEAN)`,
  binary: x => `TO_BINARY(${x}, 'HEX')`,
  date: x => `TO_DATE(${x}, 'YYYY-MM-DD')`,
  time: x => `TO_TIME(${x}, 'HH24:MI:SS.FF6')`,
  timestamp_ntz: x => `TO_TIMESTAMP_NTZ(${x}, 'YYYY-MM-DD HH24:MI:SS.FF6')`,
  timestamp_ltz: x => `CAST(TO_TIMESTAMP_TZ(${x}, 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM') AS TIMESTAMP_LTZ)`,
  timestamp_tz: x => `TO_TIMESTAMP_TZ(${x}, 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM')`,
  variant: x => `PARSE_JSON(${x})`,
  object: x => `CAST(PARSE_JSON(${x}) AS OBJECT)`,
  array: x => `CAST(PARSE_JSON(${x}) AS ARRAY)`,
  other: x => x,
}

/** The staged rows as the table's columns. */
export const stagedRows = (staged: string, columns: readonly SnowflakeColumn[]): string =>
  `SELECT ${columns.map((c, i) => `${VALUE_OF[c.family](stagedText(i), c)} AS ${quoted(c.name)}`).join(', ')} FROM ${quoted(staged)}`

const list = (columns: readonly SnowflakeColumn[]): string => columns.map(c => quoted(c.name)).join(', ')

export const createStaged = (staged: string, columns: number): string =>
  `CREATE OR REPLACE TEMPORARY TABLE ${quoted(staged)} (${Array.from({ length: columns }, (_, i) => `${stagedName(i)} VARCHAR`).join(', ')})`

/** `@…/path/`; a stage without a database is the session's own. */
export const stagePath = (stage: string, path: string): string => `@${stage}/${path}/`

export const put = (pattern: string, stage: string, path: string): string =>
  `PUT ${literal(`file://${pattern}`)} ${stagePath(stage, path)} AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = GZIP OVERWRITE = TRUE PARALLEL = 4`

export const copy = (staged: string, stage: string, path: string): string =>
  `COPY INTO ${quoted(staged)} FROM ${stagePath(stage, path)} FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = ',' FIELD_OPTIONALLY_ENCLOSED_BY = '"' ESCAPE_UNENCLOSED_FIELD = NONE COMPRESSION = GZIP) ON_ERROR = ABORT_STATEMENT PURGE = TRUE`

export const insert = (table: ObjectName, staged: string, columns: readonly SnowflakeColumn[]): string =>
  `INSERT INTO ${sqlName(table)} (${list(columns)}) ${stagedRows(staged, columns)}`

export const deleteAll = (table: ObjectName): string => `DELETE FROM ${sqlName(table)}`

/** Rows of the same key are replaced; null is a key like any other. */
export function merge(table: ObjectName, staged: string, columns: readonly SnowflakeColumn[], keys: readonly SnowflakeColumn[]): string {
  const on = keys.map(k => `EQUAL_NULL(t.${quoted(k.name)}, s.${quoted(k.name)})`).join(' AND ')
  const rest = columns.filter(c => !keys.includes(c))
  const set = rest.map(c => `${quoted(c.name)} = s.${quoted(c.name)}`).join(', ')
  const matched = rest.length === 0 ? '' : ` WHEN MATCHED THEN UPDATE SET ${set}`
  const values = columns.map(c => `s.${quoted(c.name)}`).join(', ')
  return `MERGE INTO ${sqlName(table)} AS t USING (${stagedRows(staged, columns)}) AS s ON ${on}${matched} WHEN NOT MATCHED THEN INSERT (${list(columns)}) VALUES (${values})`
}

/** One key that several staged rows have, as text. */
export function duplicateKey(staged: string, columns: readonly SnowflakeColumn[], keys: readonly SnowflakeColumn[]): string {
  const names = keys.map(k => stagedName(columns.indexOf(k)))
  return `SELECT ${names.map((n, i) => `${n} AS K${i}`).join(', ')} FROM ${quoted(staged)} GROUP BY ${names.join(', ')} HAVING COUNT(*) > 1 LIMIT 1`
}

/** Writes nothing, and needs the right to write. */
export const tryInsert = (table: ObjectName, columns: readonly SnowflakeColumn[]): string => {
  const nothing = columns.map(c => VALUE_OF[c.family]('CAST(NULL AS VARCHAR)', c))
  return `INSERT INTO ${sqlName(table)} (${list(columns)}) SELECT ${nothing.join(', ')} FROM (SELECT 1 AS X) WHERE 1 = 0`
}
export const tryUpdate = (table: ObjectName, column: SnowflakeColumn): string =>
  `UPDATE ${sqlName(table)} SET ${quoted(column.name)} = ${quoted(column.name)} WHERE 1 = 0`
export const tryDelete = (table: ObjectName): string => `DELETE FROM ${sqlName(table)} WHERE 1 = 0`

/** For tables of Millrace's making; a column is its name and type. */
export const createTable = (table: ObjectName, columns: readonly (readonly [string, string])[]): string =>
  `CREATE TABLE ${sqlName(table)} (${columns.map(([name, type]) => `${quoted(name)} ${type}`).join(', ')})`

/** One row a query: who runs it, and the last batch that counts. */
export const BATCHES = {
  create: (table: ObjectName): string =>
    `CREATE TABLE IF NOT EXISTS ${sqlName(table)} (QUERY_ID VARCHAR NOT NULL, RUN_ID VARCHAR NOT NULL, BATCH_ID NUMBER(19,0) NOT NULL, UPDATED_AT TIMESTAMP_LTZ NOT NULL)`,
  /** Binds: query, run, the last batch of the checkpoint. */
  claim: (table: ObjectName): string =>
    `MERGE INTO ${sqlName(table)} AS t USING (SELECT ? AS Q, ? AS R, ? AS B) AS s ON t.QUERY_ID = s.Q WHEN MATCHED THEN UPDATE SET RUN_ID = s.R, UPDATED_AT = CURRENT_TIMESTAMP() WHEN NOT MATCHED THEN INSERT (QUERY_ID, RUN_ID, BATCH_ID, UPDATED_AT) VALUES (s.Q, s.R, s.B, CURRENT_TIMESTAMP())`,
  /** Binds: query. */
  look: (table: ObjectName): string => `SELECT RUN_ID AS RUN, CAST(BATCH_ID AS VARCHAR) AS BATCH FROM ${sqlName(table)} WHERE QUERY_ID = ?`,
  /** Binds: batch, query, run, batch. Changes a row only for whoever owns the query and has not written the batch. */
  mark: (table: ObjectName): string =>
    `UPDATE ${sqlName(table)} SET BATCH_ID = ?, UPDATED_AT = CURRENT_TIMESTAMP() WHERE QUERY_ID = ? AND RUN_ID = ? AND BATCH_ID < ?`,
} as const
