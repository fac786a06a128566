export type { QueryDriver, QueryListener, QueryStartedEvent, QueryTerminatedEvent } from './driver.ts'
export type {
  QueryWarning,
  SinkProgress,
  SourceProgress,
  StateOperatorProgress,
  StreamingQueryProgress,
  StreamingQueryStatus,
} from './progress.ts'
