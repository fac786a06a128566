export type { AlertChannel, AlertMessage, AlertOptions, AlertRule } from './alerts/options.ts'
export type { AlertRows, LookAtRows } from './alerts/row-alerts.ts'
export type { RunningQuery, WatchFiles, WatchHost, Watching, WatchOptions, WatchSessionOptions } from './contract.ts'
export { openWatching } from './watching.ts'
