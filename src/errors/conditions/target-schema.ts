import { conditions } from '../condition.ts'

/** Conditions of `connectors/target-schema.ts`: rows and the table they are written to. */
export const targetSchema = conditions({
  TARGET_SCHEMA_MISMATCH: {
    domain: 'user',
    message: (p: { table: string; differences: readonly { readonly column: string; readonly problem: string }[] }) =>
      `the rows do not fit the table ${p.table} in ${p.differences.length === 1 ? 'one column' : `${p.differences.length} columns`}`,
    hint: () => 'Mend the rows with cast(), withColumnRenamed() or drop(), or the table with ALTER TABLE; nothing was written.',
  },
})
