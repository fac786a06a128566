import type { Output } from '../../contract.ts'
import type { Connection } from '../connection.ts'
import { copyText } from './copy-text.ts'
import { anyNullKey, copyInto, copyIntoStage, createStage, upsertFromStage, upsertNullKeys, withoutNullKeys } from './statements.ts'
import type { Target } from './target.ts'

/** Puts a batch's rows into the table, in the transaction that is open. */
export async function writeRows(
  connection: Connection,
  target: Target,
  output: Pick<Output, 'batches' | 'rowCount'>,
  timeZone: string,
): Promise<void> {
  const { table, pairs, kind } = target
  // TRUNCATE would show an empty table to transactions that began before, and lock readers out until the end.
  if (kind === 'replace') await connection.query(`DELETE FROM ${table.name.sql}`)
  if (output.rowCount === 0) return
  if (kind === 'upsert') await upsert(connection, target, output, timeZone)
  else await connection.copyIn(copyInto(table.name, pairs), copyText(output.batches(), pairs, { timeZone }))
}

async function upsert(
  connection: Connection,
  { table, pairs, keys, nullsDiffer }: Target,
  output: Pick<Output, 'batches'>,
  timeZone: string,
): Promise<void> {
  await connection.query(createStage(pairs))
  await connection.copyIn(copyIntoStage(pairs), copyText(output.batches(), pairs, { timeZone, numbered: true }))
  const nulls = nullsDiffer && (await connection.query<{ found: boolean }>(anyNullKey(keys))).rows[0]!.found
  await connection.query(upsertFromStage(table.name, pairs, keys, nulls ? withoutNullKeys(keys) : ''))
  if (nulls) for (const statement of upsertNullKeys(table.name, pairs, keys)) await connection.query(statement)
}
