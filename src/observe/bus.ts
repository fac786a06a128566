import { publish } from './channels.ts'
import type { QueryListener } from './driver.ts'
import type { QueryWarning } from './progress.ts'

/** What happens to queries, as it is told to listeners: the key is the listener's method. */
export type QueryEvent = {
  [K in keyof QueryListener]-?: { readonly kind: K; readonly event: Parameters<NonNullable<QueryListener[K]>>[0] }
}[keyof QueryListener]

/** Hands events to listeners in the order they were added. A listener that throws is reported and never stops a query. */
export interface Bus {
  /** Returns how to remove it again. */
  add(listener: QueryListener): () => void
  listeners(): readonly QueryListener[]
  emit(event: QueryEvent): void
}

export function createBus(onListenerError: (error: unknown, event: QueryEvent) => void = reportListenerError): Bus {
  let listeners: readonly QueryListener[] = []
  return {
    add(listener) {
      listeners = [...listeners, listener]
      return () => {
        listeners = listeners.filter(l => l !== listener)
      }
    },
    listeners: () => listeners,
    emit(event) {
      publish(event)
      for (const listener of listeners) call(listener, event, onListenerError)
    },
  }
}

/** Calls one listener's method for the event, if it has it; a rejected promise is reported like a throw. */
export function call(listener: QueryListener, event: QueryEvent, onError: (error: unknown, event: QueryEvent) => void): void {
  try {
    const answer: unknown = (listener[event.kind] as ((e: unknown) => unknown) | undefined)?.call(listener, event.event)
    if (answer instanceof Promise) answer.catch(error => onError(error, event))
  } catch (error) {
    onError(error, event)
  }
}

function reportListenerError(error: unknown, event: QueryEvent): void {
  const { id, runId } = 'progress' in event.event ? event.event.progress : event.event
  const reason = error instanceof Error ? error.message : String(error)
  const warning: QueryWarning = {
    code: 'LISTENER_FAILED',
    message: `a listener failed in ${event.kind}: ${reason}`,
    hint: 'The query went on. Mend the listener.',
  }
  publish({ kind: 'onQueryWarning', event: { id, runId, warning } })
}
