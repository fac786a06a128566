import type { StructType } from '../../types/index.ts'
import type { SnowflakeSettings, SnowflakeValues } from './login/settings.ts'
import { type ObjectName, shownName } from './sql/names.ts'
import { allowed, describeTable, missingTable, type Session } from './sql/session.ts'
import { tryDelete, tryInsert, tryUpdate } from './sql/statements.ts'
import { SNOWFLAKE_TYPES } from './sql/types.ts'
import type { Effect } from './stage/load.ts'
import { keysOf, pairsOf, type TargetPair } from './target.ts'

export interface Target {
  readonly pairs: readonly TargetPair[]
  readonly effect: Effect
}
type OutputMode = 'append' | 'update' | 'complete'

/** Columns a table for these rows would have. */
export const columnsFor = (schema: StructType): readonly (readonly [string, string])[] =>
  schema.fields.map(f => [f.name, SNOWFLAKE_TYPES.typeFor(f.dataType) ?? 'VARIANT'] as const)

/**
 * Looks at the table before anything is written: that it is there, that every column fits, and that the role may do what the output mode needs.
 *
 * @throws SNOWFLAKE_NOT_THERE with GRANT and CREATE TABLE, TARGET_SCHEMA_MISMATCH, SNOWFLAKE_NO_KEY, SNOWFLAKE_NOT_ALLOWED with the GRANT
 */
export async function prepareTarget(
  session: Session,
  table: ObjectName,
  schema: StructType,
  { values }: Pick<SnowflakeSettings, 'values'>,
  outputMode: OutputMode,
  signal: AbortSignal,
): Promise<Target> {
  const pairs = await matchColumns(session, table, schema, values, signal)
  const effect = effectOf(outputMode, values.keyColumns, pairs, table)
  await tryRights(session, table, { pairs, effect }, signal)
  return { pairs, effect }
}

/** Which column goes where. Needs no warehouse. @throws SNOWFLAKE_NOT_THERE with GRANT and CREATE TABLE, TARGET_SCHEMA_MISMATCH */
export async function matchColumns(
  session: Session,
  table: ObjectName,
  schema: StructType,
  values: SnowflakeValues,
  signal: AbortSignal,
): Promise<readonly TargetPair[]> {
  const columns = await describeTable(session, table, signal)
  if (!columns) throw missingTable(table, columnsFor(schema), session.role)
  return pairsOf(schema, columns, table, values)
}

function effectOf(outputMode: OutputMode, keys: string | undefined, pairs: readonly TargetPair[], table: ObjectName): Effect {
  if (outputMode === 'complete') return { kind: 'replace-all' }
  if (outputMode === 'update') return { kind: 'replace-keys', keys: keysOf(keys, pairs, table) }
  return keys === undefined ? { kind: 'add' } : { kind: 'replace-keys', keys: keysOf(keys, pairs, table) }
}

/** Statements that change no row and fail where a right is missing. */
async function tryRights(session: Session, table: ObjectName, { pairs, effect }: Target, signal: AbortSignal): Promise<void> {
  const shown = shownName(table)
  const columns = pairs.map(p => p.column)
  await allowed(session, tryInsert(table, columns), `insert into ${shown}`, `GRANT SELECT, INSERT ON TABLE ${shown}`, signal)
  if (effect.kind === 'replace-keys') {
    await allowed(
      session,
      tryUpdate(table, columns[0]!),
      `update rows of ${shown}`,
      `GRANT SELECT, INSERT, UPDATE ON TABLE ${shown}`,
      signal,
    )
  }
  if (effect.kind === 'replace-all') {
    await allowed(session, tryDelete(table), `delete rows of ${shown}`, `GRANT SELECT, INSERT, DELETE ON TABLE ${shown}`, signal)
  }
}
