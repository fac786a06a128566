import { channel } from 'node:diagnostics_channel'
import type { QueryEvent } from './bus.ts'

/** `node:diagnostics_channel` names by event; a subscriber gets the event's object. */
export const CHANNELS = {
  onQueryStarted: 'millrace:query.started',
  onQueryProgress: 'millrace:query.progress',
  onQueryIdle: 'millrace:query.idle',
  onQueryWarning: 'millrace:query.warning',
  onQueryTerminated: 'millrace:query.terminated',
} as const satisfies Record<QueryEvent['kind'], string>

const open = Object.fromEntries(Object.entries(CHANNELS).map(([kind, name]) => [kind, channel(name)])) as Record<
  QueryEvent['kind'],
  ReturnType<typeof channel>
>

/** Costs nothing while nobody subscribes. A subscriber that throws is Node's to report (`uncaughtException` on the next tick), not the query's. */
export function publish(event: QueryEvent): void {
  const to = open[event.kind]
  if (to.hasSubscribers) to.publish(event.event)
}
