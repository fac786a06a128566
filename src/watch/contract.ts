import type { Bus, QueryWarning, StreamingQueryStatus } from '../observe/index.ts'
import type { Platform } from '../platform/index.ts'
import type { AlertOptions } from './alerts/options.ts'
import type { RowAlerts } from './alerts/row-alerts.ts'
import type { Lineage } from './lineage/lineage.ts'
import type { LineageOptions } from './lineage/options.ts'
import type { Tracer } from './tracing.ts'

/** Where a session's queries can be watched over HTTP. */
export interface WatchOptions {
  /** 0 = one that is free; `session.watching.url` says which. */
  readonly port: number
  /** 127.0.0.1 unless told otherwise: nothing listens to other machines by itself. */
  readonly host?: string
  /** What `Authorization: Bearer …` has to hold for requests that change something; without one they are refused. */
  readonly token?: string
}

/** What of a session is watched, and by whom. All of it is off until asked for. */
export interface WatchSessionOptions {
  /** Serves `/health`, `/ready`, `/metrics` and `/queries`; a number is the port. */
  readonly watch?: number | WatchOptions
  /** Rules, and whom they tell. */
  readonly alerts?: AlertOptions
  /** A span for each batch: a tracer of OpenTelemetry, or `true` for the one of `@opentelemetry/api`, where that is installed. */
  readonly tracer?: Tracer | true
  /** OpenLineage events of each query, into a file or to a server. */
  readonly lineage?: LineageOptions
}

/** What watching is lent by the session. */
export interface WatchHost {
  readonly bus: Bus
  readonly platform: Platform
  readonly warn: (warning: QueryWarning) => void
  readonly running: () => readonly RunningQuery[]
  readonly files: WatchFiles
}
export interface RunningQuery {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly status: StreamingQueryStatus
  stop(): Promise<void>
}
/** Files of every scheme the session knows. */
export interface WatchFiles {
  exists(path: string): Promise<boolean>
  get(path: string): Promise<Uint8Array>
  put(path: string, bytes: Uint8Array): Promise<void>
}

/** What watches a session, once it is on. */
export interface Watching {
  /** Where it is served; undefined without `watch`. */
  readonly url: string | undefined
  /** Looks at the rows of queries; undefined without `alerts`. */
  readonly rows: RowAlerts | undefined
  /** Is told what queries are started from; undefined without `lineage`. */
  readonly lineage: Lineage | undefined
  /** Ends what listens; what is still to be told is told first, within ten seconds. */
  close(): Promise<void>
}
