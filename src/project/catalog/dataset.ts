import type { DataFrame, Session, StreamingQuery } from '../../api/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { StructType } from '../../types/index.ts'
import type { DatasetKind } from './fields.ts'

/** What a data set is loaded and saved with. */
export interface DataContext {
  readonly session: () => Promise<Session>
  readonly platform: Platform
  /** The run's id: the version that versioned tables are written as. */
  readonly runId: string
  /** `--load-versions`. */
  readonly versions: Readonly<Record<string, string>>
}

/** Options of one load. */
export interface LoadOptions {
  /** The columns that a node of this run writes into it, where the entry declares none. */
  readonly written?: StructType
}

/**
 * A named thing that nodes read and write.
 * It promises: `load` starts nothing; `save` of a stream resolves with the query once it has started, `save` of anything else when it is there whole.
 */
export interface Dataset {
  readonly name: string
  readonly kind: DatasetKind
  load(context: DataContext, options?: LoadOptions): Promise<unknown>
  save(data: unknown, context: DataContext): Promise<StreamingQuery | undefined>
  /** Is there something to load? undefined: it cannot be told without trying. */
  exists(context: DataContext): Promise<boolean | undefined>
  /** For people: secrets are masked. */
  describe(): Promise<Readonly<Record<string, unknown>>>
}

export const isFrame = (data: unknown): data is DataFrame<any, any> =>
  typeof data === 'object' && data !== null && 'isStreaming' in data && 'schemaNow' in data

/** What was handed over instead of a frame, for messages. */
export function whatIs(data: unknown): string {
  if (isFrame(data)) return data.isStreaming ? 'a stream' : 'a batch frame'
  return data === null || data === undefined ? 'nothing' : Array.isArray(data) ? 'a list' : `a ${typeof data}`
}

/** Is it a path of this machine, not a URI? */
export const isLocal = (path: string): boolean => !/^[a-z][a-z0-9+.-]+:/i.test(path)
