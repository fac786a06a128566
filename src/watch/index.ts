export type { RunningQuery, WatchFiles, WatchHost, Watching, WatchOptions, WatchSessionOptions } from './contract.ts'
export { openWatching } from './watching.ts'
