import { MillraceError } from '../../../errors/index.ts'
import type { Output } from '../../contract.ts'
import { type Action, type AddFile, removeOf, type Txn } from '../log/actions.ts'
import type { TableState } from '../log/table-state.ts'
import { partitionOf } from '../read/partition-values.ts'
import { changeFiles } from './change-files.ts'
import type { Intent } from './conflict.ts'
import { type Target, writeData } from './data-files.ts'
import { type Head, headFor, type WriteOptions } from './head.ts'
import { COUNT, filter, holds, not, repeated } from './plans.ts'
import { keysOf, rewriteWithout, type Tools } from './rewrite.ts'
import type { TableWriter } from './table-writer.ts'

/** Rows on their way into a table. */
export interface Rows {
  readonly output: Output
  readonly options: WriteOptions
  readonly txn?: Txn
  /** What the history calls it. */
  readonly operation: string
  readonly userMetadata?: string | undefined
}

const txns = (rows: Rows): readonly Action[] => (rows.txn ? [{ txn: rows.txn }] : [])
const adds = (files: readonly AddFile[]): readonly Action[] => files.map(add => ({ add }))

function intentOf(
  rows: Rows,
  head: Head,
  mode: string,
  rest: Omit<Intent, 'operation' | 'actions'> & { readonly changes: readonly Action[] },
): Intent {
  const { changes, ...more } = rest
  return {
    ...more,
    operation: rows.operation,
    parameters: { mode, partitionBy: JSON.stringify(head.target.partitionColumns) },
    ...(rows.userMetadata !== undefined && { userMetadata: rows.userMetadata }),
    actions: [...txns(rows), ...head.actions, ...changes],
    metrics: {
      numFiles: changes.filter(a => a.add).length,
      numRemovedFiles: changes.filter(a => a.remove).length,
      numOutputRows: rows.output.rowCount,
    },
  }
}

/** Adds the rows. */
export async function append(rows: Rows, state: TableState | undefined, writer: TableWriter): Promise<Intent> {
  const head = headFor(rows.output.schema, state, rows.options, writer.platform)
  const files = await writeData(rows.output, head.target, writer)
  return intentOf(rows, head, 'Append', { blind: true, changes: adds(files) })
}

/** Puts the rows in the place of all that are there. */
export async function overwrite(rows: Rows, state: TableState | undefined, writer: TableWriter): Promise<Intent> {
  const head = headFor(rows.output.schema, state, rows.options, writer.platform, true)
  if (state) refuseAppendOnly(state)
  const files = await writeData(rows.output, head.target, writer)
  const before = [...(state?.files.values() ?? [])]
  return intentOf(rows, head, 'Overwrite', { blind: false, ...everything(before), changes: [...removes(before, writer), ...adds(files)] })
}

const removes = (files: readonly AddFile[], writer: TableWriter): readonly Action[] => {
  const now = writer.platform.clock.now()
  return files.map(f => ({ remove: removeOf(f, now) }))
}
const everything = (files: readonly AddFile[]): Pick<Intent, 'read' | 'wouldRead'> => ({ read: keysOf(files), wouldRead: () => true })

function refuseAppendOnly(state: TableState): void {
  if (state.property('delta.appendOnly') === 'true') throw new MillraceError('DELTA_APPEND_ONLY', { path: state.path })
}

/** Puts the rows in the place of those whose partitions they have. */
export async function overwritePartitions(rows: Rows, state: TableState | undefined, writer: TableWriter): Promise<Intent> {
  if (!state || (state.metadata.partitionColumns ?? []).length === 0) return overwrite(rows, state, writer)
  const head = headFor(rows.output.schema, state, rows.options, writer.platform)
  refuseAppendOnly(state)
  const files = await writeData(rows.output, head.target, writer)
  const keys = new Set(files.map(f => partitionKey(f, head.target)))
  const inThem = (f: AddFile): boolean => keys.has(partitionKey(f, head.target))
  const before = [...state.files.values()].filter(inThem)
  return intentOf(rows, head, 'Overwrite', {
    blind: false,
    read: keysOf(before),
    wouldRead: inThem,
    changes: [...removes(before, writer), ...adds(files)],
  })
}

const partitionKey = (file: AddFile, { schema, partitionColumns, mode }: Target): string =>
  JSON.stringify(Object.values(partitionOf(file.partitionValues, partitionColumns, schema, mode)))

/** Puts the rows in the place of those that meet a condition. @throws DELTA_REPLACE_WHERE_MISMATCH where one of the rows does not */
export async function replaceWhere(
  rows: Rows,
  where: string,
  state: TableState | undefined,
  writer: TableWriter,
  tools: Tools,
): Promise<Intent> {
  const odd = await tools.compute([rows.output], ([all]) => filter(all!, not(holds(where))))
  await odd.close()
  if (odd.rowCount > 0) throw new MillraceError('DELTA_REPLACE_WHERE_MISMATCH', { predicate: where, rows: odd.rowCount })
  if (!state) return append(rows, state, writer)
  return replacing(rows, { where }, state, writer, tools)
}

/** Puts each row in the place of the one with the same keys, or beside the others. @throws DELTA_DUPLICATE_MERGE_KEYS */
export async function merge(
  rows: Rows,
  keys: readonly string[],
  state: TableState | undefined,
  writer: TableWriter,
  tools: Tools,
): Promise<Intent> {
  checkKeys(rows.output, keys)
  const twice = await tools.compute([rows.output], ([all]) => repeated(all!, keys))
  try {
    for await (const { [COUNT]: count, ...example } of twice.rows())
      throw new MillraceError('DELTA_DUPLICATE_MERGE_KEYS', { keys, example: show(example), rows: Number(count) })
  } finally {
    await twice.close()
  }
  if (!state) return append(rows, state, writer)
  return replacing(rows, { keys, rows: rows.output }, state, writer, tools)
}

const show = (row: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v))

function checkKeys({ schema }: Output, keys: readonly string[]): void {
  const known = schema.fields.map(f => f.name)
  const unknown = keys.find(k => !known.some(name => name.toLowerCase() === k.toLowerCase()))
  if (unknown !== undefined) throw new MillraceError('DELTA_MERGE_KEY_UNKNOWN', { column: unknown, known })
}

async function replacing(
  rows: Rows,
  going: Parameters<typeof rewriteWithout>[0],
  state: TableState,
  writer: TableWriter,
  tools: Tools,
): Promise<Intent> {
  const head = headFor(rows.output.schema, state, rows.options, writer.platform)
  const { touched, rest, wouldRead } = await rewriteWithout(going, state, tools)
  try {
    if (touched.length > 0) refuseAppendOnly(state)
    const kept = rest ? await writeData(rest, head.target, writer) : []
    const fresh = await writeData(rows.output, head.target, writer)
    const recorded = await changeFiles(going, rows.output, touched, state, head.target, writer, tools)
    const mode = 'keys' in going ? 'Merge' : 'Overwrite'
    return intentOf(rows, head, mode, {
      blind: false,
      read: keysOf(touched),
      wouldRead,
      changes: [...removes(touched, writer), ...adds(kept), ...adds(fresh), ...recorded],
    })
  } finally {
    await rest?.close()
  }
}
