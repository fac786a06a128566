import { conditions } from '../condition.ts'

/** Conditions of named tables. */
export const tables = conditions({
  INVALID_TABLE_NAME: {
    domain: 'user',
    sparkClass: 'INVALID_SCHEMA_OR_RELATION_NAME',
    message: (p: { name: string }) => `"${p.name}" is no name of a table`,
    hint: () =>
      "Use letters, digits and _, with a database in front where there is one: 'lake.rides'. A table without a name is delta.`/its/path`.",
  },
  TABLE_ALREADY_EXISTS: {
    domain: 'user',
    sparkClass: 'TABLE_OR_VIEW_ALREADY_EXISTS',
    message: (p: { name: string; location: string }) => `there is a table "${p.name}" already (${p.location})`,
    hint: () => "Use mode('append') to add to it, mode('overwrite') to replace its rows, or drop it first: session.catalog.drop(name).",
  },
  TABLE_OF_OTHER_FORMAT: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_1159',
    message: (p: { name: string; is: string; given: string }) => `the table "${p.name}" is kept as ${p.is}, not as ${p.given}`,
    hint: (p: { is: string }) => `Leave out format(…) or say format('${p.is}').`,
  },
  TABLE_NOT_DROPPABLE: {
    domain: 'user',
    message: (p: { name: string; location: string }) => `the table "${p.name}" at ${p.location} is not the catalog's to drop`,
    hint: () => 'Take it out of the setting millrace.tables, or remove the files by hand: session.fs.rm(path, { recursive: true }).',
  },
  INSERT_COLUMN_ARITY_MISMATCH: {
    domain: 'user',
    sparkClass: 'INSERT_COLUMN_ARITY_MISMATCH',
    message: (p: { name: string; table: readonly string[]; rows: readonly string[] }) =>
      `insertInto("${p.name}") takes ${p.table.length} columns by their position (${p.table.join(', ')}), got ${p.rows.length} (${p.rows.join(', ')})`,
    hint: () => "Select the columns in that order, or write by name: mode('append').saveAsTable(name).",
  },
  INSERT_INTO_PARTITIONED: {
    domain: 'user',
    sparkClass: '_LEGACY_ERROR_TEMP_1309',
    message: (p: { name: string }) => `insertInto("${p.name}") takes no partitionBy(): the table has its own partitions`,
    hint: () => 'Leave partitionBy(…) out.',
  },
})
