import { MillraceError } from '../errors/index.ts'
import type { FileStore, Writer } from '../storage/contract.ts'
import { decideRetention } from './decide-retention.ts'
import { parseStateFile, type StateFile, stateDirectory, stateFile } from './state-file.ts'

/** Says which run committed the batch that made `version` (the loop hands it to `loadState`). */
export type CommittedRun = (version: number) => Promise<string | undefined>

/** The files that make one version: the snapshot first, then the changes in order. Paths are relative to the store. */
export interface StateVersion {
  readonly version: number
  /** The run whose files these end with; '' for version 0. */
  readonly run: string
  readonly snapshot?: StateFile
  readonly changes: readonly StateFile[]
}

/**
 * The durable versions of one stateful operator.
 *
 * Promises: `writeChanges` never touches another run's file; `load` reads only what commits name; what `purge(oldest)` leaves makes every version
 * from `oldest` on. Asks of the engine: snapshots are folded from files of a committed version, never from a live table.
 */
export interface StateLog {
  load(version: number): Promise<StateVersion>
  /** Moves a finished local file in as the changes of the batch that makes `version`, durably, under this run's name. */
  writeChanges(version: number, localPath: string): Promise<void>
  /** Moves in all rows of a version that `load` answered. */
  writeSnapshot(of: StateVersion, localPath: string): Promise<void>
  /** How many change files `load` would read on top of the last snapshot: when to make the next one. */
  changesSinceSnapshot(version: number): number
  /** Removes what no version from `oldest` on needs; answers the oldest batch id whose commit must stay. `committed` = the newest committed version. */
  purge(oldest: number, committed: number): Promise<number>
}

export interface StateLogParts {
  readonly store: FileStore
  readonly operator: number
  readonly run: string
  readonly committedRun: CommittedRun
}

export async function openStateLog({ store, operator, run, committedRun }: StateLogParts): Promise<StateLog> {
  let files = (await store.list(stateDirectory(operator), { shallow: true })).flatMap(object => parseStateFile(object.path) ?? [])
  let attempt = 0
  const writer = (): Writer => ({ run, attempt: ++attempt })
  const at = (version: number, by: string, kind: StateFile['kind']): StateFile | undefined =>
    files.find(f => f.version === version && f.run === by && f.kind === kind)
  const add = async (file: StateFile, localPath: string): Promise<void> => {
    // snapshots are made of the files of this run: on object stores none of them need be fetched for that
    await store.put(localPath, file.path, writer(), { keep: true })
    files = [...files.filter(f => f.path !== file.path), file]
  }
  const drop = async (gone: readonly StateFile[]): Promise<void> => {
    if (gone.length === 0) return
    await store.delete(gone.map(f => f.path))
    files = files.filter(f => !gone.includes(f))
  }
  const missing = (version: number, path: string): MillraceError => new MillraceError('STATE_FILE_MISSING', { operator, version, path })

  return {
    load: async version => {
      const changes: StateFile[] = []
      let last = ''
      for (let v = version; v > 0; v--) {
        const by = await committedRun(v)
        if (by === undefined) throw missing(version, `commits/${v - 1}`)
        if (v === version) last = by
        const snapshot = at(v, by, 'snapshot')
        if (snapshot) return { version, run: last, snapshot, changes: changes.reverse() }
        const change = at(v, by, 'changes')
        if (!change) throw missing(version, stateFile(operator, v, by, 'changes').path)
        changes.push(change)
      }
      return { version, run: last, changes: changes.reverse() }
    },
    writeChanges: (version, localPath) => add(stateFile(operator, version, run, 'changes'), localPath),
    writeSnapshot: (of, localPath) => add(stateFile(operator, of.version, of.run, 'snapshot'), localPath),
    changesSinceSnapshot: version =>
      version - Math.max(0, ...files.filter(f => f.kind === 'snapshot' && f.version <= version).map(f => f.version)),
    purge: async (oldest, committed) => {
      const decided = decideRetention(files, oldest, committed)
      const uncommitted: StateFile[] = []
      for (const version of decided.doubtful) {
        const by = await committedRun(version)
        if (by !== undefined) uncommitted.push(...files.filter(f => f.version === version && f.kind === 'changes' && f.run !== by))
      }
      await drop([...decided.drop, ...uncommitted])
      return Math.max(0, decided.base - 1)
    },
  }
}
