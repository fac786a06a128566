export { type Bus, call, createBus, type ListenerError, type QueryEvent } from './bus.ts'
export { CHANNELS } from './channels.ts'
export type { QueryDriver, QueryListener, QueryStartedEvent, QueryTerminatedEvent } from './driver.ts'
export type {
  QueryWarning,
  SinkProgress,
  SourceProgress,
  StateOperatorProgress,
  StreamingQueryProgress,
  StreamingQueryStatus,
} from './progress.ts'
