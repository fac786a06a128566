import { MillraceError } from '../../../errors/index.ts'
import { type ObjectName, shownName } from '../sql/names.ts'
import type { Session } from '../sql/session.ts'
import { copy, createStaged, deleteAll, duplicateKey, insert, merge, put } from '../sql/statements.ts'
import type { SnowflakeColumn } from '../sql/types.ts'
import type { StagedFiles } from './staged-files.ts'

/** What happens to rows that are there. */
export type Effect =
  | { readonly kind: 'add' }
  | { readonly kind: 'replace-all' }
  | { readonly kind: 'replace-keys'; readonly keys: readonly SnowflakeColumn[] }

export interface Load {
  readonly table: ObjectName
  readonly columns: readonly SnowflakeColumn[]
  readonly effect: Effect
  readonly files: StagedFiles
  /** A stage as SQL names it, and a path in it that nobody else uses. */
  readonly stage: string
  readonly path: string
  /** The temporary table that files are loaded into; a name of this session alone. */
  readonly staged: string
  readonly batchId: number
}

/** Brings the rows into a temporary table: nothing of it is seen by anybody else. */
export async function stageRows({ connection }: Session, load: Load, signal: AbortSignal): Promise<void> {
  const { staged, columns, files, stage, path, effect } = load
  // Made before the transaction: it would end it.
  await connection.run(createStaged(staged, columns.length), signal)
  if (files.count > 0) {
    await connection.run(put(files.pattern, stage, path), signal)
    await connection.run(copy(staged, stage, path), signal)
  }
  if (effect.kind === 'replace-keys') await refuseDoubled({ connection }, load, effect.keys, signal)
}

async function refuseDoubled(
  { connection }: Pick<Session, 'connection'>,
  load: Load,
  keys: readonly SnowflakeColumn[],
  signal: AbortSignal,
): Promise<void> {
  const { rows } = await connection.run(duplicateKey(load.staged, load.columns, keys), signal)
  if (!rows[0]) return
  const key = Object.values(rows[0]).map(v => (v === '-' ? 'null' : String(v).slice(1)))
  throw new MillraceError('SNOWFLAKE_DUPLICATE_KEY', {
    table: shownName(load.table),
    columns: keys.map(k => k.name),
    key: key.join(', '),
    batch: load.batchId,
  })
}

/** Puts the staged rows into the table, as part of the transaction that is open. */
export async function applyRows({ connection }: Session, { table, staged, columns, effect }: Load, signal: AbortSignal): Promise<void> {
  if (effect.kind === 'replace-keys') {
    await connection.run(merge(table, staged, columns, effect.keys), signal)
    return
  }
  if (effect.kind === 'replace-all') await connection.run(deleteAll(table), signal)
  await connection.run(insert(table, staged, columns), signal)
}
