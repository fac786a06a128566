import type { Session } from '../../api/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { DataCatalog, DataContext } from '../catalog/index.ts'
import type { HookCalls, HookContext, RunFacts } from '../hooks/index.ts'
import type { Pipeline } from '../pipeline/index.ts'
import type { Tell } from './events.ts'

/** What a run is made of. */
export interface RunParts {
  readonly context: HookContext
  readonly run: RunFacts
  readonly pipeline: Pipeline
  readonly catalog: DataCatalog
  readonly hooks: HookCalls
  readonly data: DataContext
  /** The session where it has been opened already. */
  readonly opened: () => Session | undefined
  readonly platform: Platform
  /** Settings of spark.yml and session.yml. */
  readonly conf: (key: string) => string | undefined
  readonly tell: Tell
  /** Calls back with names of streams that somebody outside wants to end; gives how to stop listening. */
  readonly onStop?: (stop: (query: string) => void) => () => Promise<void>
  /** Aborts when the person wants the end. */
  readonly signal: AbortSignal
}

export const ofRun = ({ context, run, pipeline, catalog }: RunParts) => ({ context, run, pipeline, catalog })
