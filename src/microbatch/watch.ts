import type { Bus, QueryEvent, QueryWarning, StreamingQueryProgress, StreamingQueryStatus } from '../observe/index.ts'
import type { Clock } from '../platform/index.ts'
import { iso } from './progress.ts'

/** What a person can see of a running query, kept up to date by the loop. */
export interface Watch {
  readonly status: StreamingQueryStatus
  readonly recent: readonly StreamingQueryProgress[]
  readonly warnings: readonly QueryWarning[]
  say(message: string, flags?: Partial<Omit<StreamingQueryStatus, 'message'>>): void
  progress(record: StreamingQueryProgress): void
  warn(warning: QueryWarning): void
  started(): void
  idle(): void
  terminated(failure?: { readonly message: string; readonly errorClass: string | undefined }): void
}

/** Spark keeps fewer than `numRecentProgressUpdates`, so 99. */
const RECENT_DEFAULT = 100
const WARNINGS_KEPT = 1000

export interface Watched {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly bus: Bus
  readonly clock: Clock
  readonly recentLimit?: number
}

export function createWatch({ id, runId, name, bus, clock, recentLimit = RECENT_DEFAULT }: Watched): Watch {
  let status: StreamingQueryStatus = { message: 'Initializing StreamExecution', isDataAvailable: false, isTriggerActive: false }
  let recent: readonly StreamingQueryProgress[] = []
  const warnings: QueryWarning[] = []
  const said = new Set<string>()
  const emit = (event: QueryEvent): void => bus.emit(event, (error, failed) => warn(listenerFailed(error, failed)))
  // each warning is said once a run, so a listener that fails on warnings is not told of its own failure for ever
  const warn = (warning: QueryWarning): void => {
    const key = `${warning.code}\n${warning.message}`
    if (said.has(key) || warnings.length >= WARNINGS_KEPT) return
    said.add(key)
    warnings.push(warning)
    emit({ kind: 'onQueryWarning', event: { id, runId, warning } })
  }
  const timestamp = (): string => iso(clock.now())
  return {
    get status() {
      return status
    },
    get recent() {
      return recent
    },
    warnings,
    say: (message, flags = {}) => {
      status = { ...status, ...flags, message }
    },
    progress: record => {
      recent = [...recent, record].slice(-Math.max(1, recentLimit - 1))
      emit({ kind: 'onQueryProgress', event: { progress: record } })
    },
    warn,
    started: () => emit({ kind: 'onQueryStarted', event: { id, runId, name, timestamp: timestamp() } }),
    idle: () => emit({ kind: 'onQueryIdle', event: { id, runId, timestamp: timestamp() } }),
    terminated: failure =>
      emit({
        kind: 'onQueryTerminated',
        event: {
          id,
          runId,
          ...(failure && { exception: failure.message }),
          ...(failure?.errorClass !== undefined && { errorClassOnException: failure.errorClass }),
        },
      }),
  }
}

const listenerFailed = (error: unknown, { kind }: QueryEvent): QueryWarning => ({
  code: 'LISTENER_FAILED',
  message: `a listener failed in ${kind}: ${error instanceof Error ? error.message : String(error)}`,
  hint: 'The query went on. Mend the listener.',
})
