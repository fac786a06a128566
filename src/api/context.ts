import type { Engine } from '../engine/contract.ts'
import type { Bus, QueryWarning } from '../observe/index.ts'
import type { Relation } from '../plan/index.ts'
import type { Stores, Watching, Wiring } from '../wiring.ts'
import type { BatchScopes } from './batch-scope.ts'
import type { FrameCache } from './frame-cache.ts'
import type { FrameTracker } from './frame-tracker.ts'
import type { Settings } from './settings.ts'
import type { StreamingQueryManager } from './streaming-query-manager.ts'
import type { UserFunctionRegistry } from './user-functions.ts'

let wired: Wiring | undefined
/** Called once by `wiring.ts`; tests may wire an engine of their own. */
export const useWiring = (wiring: Wiring): void => {
  wired = wiring
}
export function wiring(): Wiring {
  if (!wired) throw new Error('nothing is wired: import from "millrace", not from a file inside it')
  return wired
}

/** What a session's frames, readers and queries share. */
export interface SessionContext {
  readonly engine: Engine
  /** As wired when the session was opened. */
  readonly wiring: Wiring
  readonly stores: Stores
  readonly settings: Settings
  readonly views: Map<string, Relation>
  readonly functions: UserFunctionRegistry
  readonly bus: Bus
  readonly tracker: FrameTracker
  readonly cache: FrameCache
  readonly scopes: BatchScopes
  readonly streams: StreamingQueryManager
  readonly warn: (warning: QueryWarning) => void
  /** What watches the queries, where that was asked for. */
  readonly watching: Watching | undefined
  /** Throws ALREADY_CLOSED after close(). */
  readonly use: () => void
}
