export type { Lock, Locks } from './locks.ts'
export { nodePlatform } from './node.ts'
export type { Clock, FileStat, Files, Ids, Platform, ProcessInfo } from './platform.ts'
export { presetEnv } from './preset-env.ts'
