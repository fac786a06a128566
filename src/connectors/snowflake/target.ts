import { MillraceError } from '../../errors/index.ts'
import { type StructType, structType } from '../../types/index.ts'
import { fittingColumns } from '../target-schema.ts'
import type { SnowflakeValues } from './login/settings.ts'
import { type ObjectName, shownName } from './sql/names.ts'
import { SNOWFLAKE_TYPES, type SnowflakeColumn } from './sql/types.ts'

/** Which column of the rows goes to which column of the table. */
export interface TargetPair {
  /** Position among the rows' columns. */
  readonly at: number
  readonly column: SnowflakeColumn
}
type Mapping = Pick<SnowflakeValues, 'column_mapping' | 'column_mismatch_behavior'>

/**
 * Finds the column of the table for each column of the rows.
 *
 * @throws TARGET_SCHEMA_MISMATCH with a line a column; SNOWFLAKE_COLUMN_COUNT with column_mapping order
 */
export function pairsOf(schema: StructType, columns: readonly SnowflakeColumn[], table: ObjectName, how: Mapping): readonly TargetPair[] {
  const shown = shownName(table)
  if (how.column_mapping === 'order') {
    const taken = columns.filter(c => !c.generated)
    if (taken.length !== schema.fields.length) {
      throw new MillraceError('SNOWFLAKE_COLUMN_COUNT', { rows: schema.fields.length, table: shown, columns: taken.length })
    }
    const renamed = structType(schema.fields.map((f, i) => ({ ...f, name: taken[i]!.name })))
    return fittingColumns(renamed, taken, SNOWFLAKE_TYPES, shown)
  }
  if (how.column_mismatch_behavior !== 'ignore') return fittingColumns(schema, columns, SNOWFLAKE_TYPES, shown)
  const names = new Set(columns.map(c => c.name.toLowerCase()))
  const kept = schema.fields.map((field, at) => ({ field, at })).filter(({ field }) => names.has(field.name.toLowerCase()))
  // Nothing in common is no table to write to.
  if (kept.length === 0) return fittingColumns(schema, columns, SNOWFLAKE_TYPES, shown)
  const pairs = fittingColumns(structType(kept.map(k => k.field)), columns, SNOWFLAKE_TYPES, shown)
  return pairs.map(pair => ({ ...pair, at: kept[pair.at]!.at }))
}

/** The columns that tell rows apart. @throws SNOWFLAKE_NO_KEY, SNOWFLAKE_KEY_COLUMN */
export function keysOf(given: string | undefined, pairs: readonly TargetPair[], table: ObjectName): readonly SnowflakeColumn[] {
  const names = (given ?? '')
    .split(',')
    .map(n => n.trim())
    .filter(n => n !== '')
  if (names.length === 0) throw new MillraceError('SNOWFLAKE_NO_KEY', { table: shownName(table) })
  const columns = pairs.map(p => p.column)
  return names.map(name => {
    const found = columns.find(c => c.name === name) ?? columns.find(c => c.name.toLowerCase() === name.toLowerCase())
    if (!found) throw new MillraceError('SNOWFLAKE_KEY_COLUMN', { column: name, columns: columns.map(c => c.name) })
    return found
  })
}
