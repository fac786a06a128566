import { publish } from './channels.ts'
import type { QueryListener } from './driver.ts'

/** What happens to queries, as it is told to listeners: the key is the listener's method. */
export type QueryEvent = {
  [K in keyof QueryListener]-?: { readonly kind: K; readonly event: Parameters<NonNullable<QueryListener[K]>>[0] }
}[keyof QueryListener]

export type ListenerError = (error: unknown, event: QueryEvent) => void

/** Hands events to listeners in the order they were added. A listener that throws is reported and never stops a query. */
export interface Bus {
  /** Returns how to remove it again. */
  add(listener: QueryListener): () => void
  listeners(): readonly QueryListener[]
  /** `onError` hears of listeners that throw or reject. */
  emit(event: QueryEvent, onError: ListenerError): void
}

export function createBus(): Bus {
  let listeners: readonly QueryListener[] = []
  return {
    add(listener) {
      listeners = [...listeners, listener]
      return () => {
        listeners = listeners.filter(l => l !== listener)
      }
    },
    listeners: () => listeners,
    emit(event, onError) {
      publish(event)
      for (const listener of listeners) call(listener, event, onError)
    },
  }
}

/** Calls one listener's method for the event, if it has it; a rejected promise is reported like a throw. */
export function call(listener: QueryListener, event: QueryEvent, onError: ListenerError): void {
  try {
    const answer: unknown = (listener[event.kind] as ((e: unknown) => unknown) | undefined)?.call(listener, event.event)
    if (answer instanceof Promise) answer.catch(error => onError(error, event))
  } catch (error) {
    onError(error, event)
  }
}
