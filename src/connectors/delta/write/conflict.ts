import type { Action, AddFile, RemoveFile } from '../log/actions.ts'
import { fileKey } from '../log/actions.ts'
import type { Commit } from '../log/delta-log.ts'

/** What a commit took for granted when it was made. */
export interface Intent {
  readonly actions: readonly Action[]
  readonly operation: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Only adds rows and read nothing of the table. */
  readonly blind: boolean
  /** Files that were read: others must not have removed them. */
  readonly read?: ReadonlySet<string>
  /** Would a file that another adds have been read as well? */
  readonly wouldRead?: (file: AddFile) => boolean
  readonly userMetadata?: string
  readonly metrics?: Readonly<Record<string, number>>
}
export type Verdict = { readonly is: 'none' } | { readonly is: 'done' } | { readonly is: 'redo'; readonly why: string }

/**
 * May a commit stand behind one that came first? Delta's rules: rows that were only appended disturb nobody (unless the table is Serializable);
 * schema, protocol, removed files and rows that were read do. Reads and writes nothing.
 */
export function judge(ours: Intent, theirs: Commit, serializable: boolean): Verdict {
  const redo = (why: string): Verdict => ({ is: 'redo', why })
  if (theirs.actions.some(a => a.protocol)) return redo('it changed the protocol')
  if (theirs.actions.some(a => a.metaData)) return redo('it changed the schema or the properties')
  const own = ours.actions.flatMap(a => (a.txn ? [a.txn] : []))
  for (const { txn } of theirs.actions) {
    const same = txn && own.find(t => t.appId === txn.appId)
    if (same) return txn.version >= same.version ? { is: 'done' } : redo(`it is of the same writer ${txn.appId}`)
  }
  const removes = new Set(ours.actions.flatMap(a => (a.remove ? [keyOfRemove(a.remove)] : [])))
  for (const { remove } of theirs.actions) {
    if (!remove) continue
    if (removes.has(keyOfRemove(remove))) return redo(`it removed ${remove.path} as well`)
    if (ours.read?.has(keyOfRemove(remove))) return redo(`it removed ${remove.path}, which was read`)
  }
  const appended = theirs.actions.some(a => a.commitInfo?.isBlindAppend === true)
  if (appended && !serializable) return { is: 'none' }
  // Rows that were only put into other files were read where they lay before.
  const added = theirs.actions.find(a => a.add?.dataChange && ours.wouldRead?.(a.add))?.add
  return added ? redo(`it added ${added.path}, which would have been read`) : { is: 'none' }
}

const keyOfRemove = (remove: RemoveFile): string => fileKey(remove)
