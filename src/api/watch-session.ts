import type { Bus, QueryWarning } from '../observe/index.ts'
import type { Places, Watching, WatchSessionOptions, Wiring } from '../wiring.ts'
import type { StreamingQueryManager } from './streaming-query-manager.ts'

interface Parts {
  readonly wired: Wiring
  readonly bus: Bus
  readonly streams: StreamingQueryManager
  readonly warn: (warning: QueryWarning) => void
  readonly places: () => Promise<Places>
}

/** Turns on what watches a session's queries. @throws WATCH_OPTION, ALERT_INVALID, HTTP_LISTEN_FAILED */
export const watchSession = (options: WatchSessionOptions, { wired, bus, streams, warn, places }: Parts): Promise<Watching | undefined> =>
  wired.watch(options, {
    bus,
    warn,
    running: () => streams.active,
    files: {
      exists: async path => (await places()).exists(path),
      get: async path => (await places()).get(path),
      put: async (path, bytes) => (await places()).put(path, bytes, true),
    },
  })
