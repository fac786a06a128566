export { nodePlatform } from './node.ts'
export type { Clock, Files, FileStat, Ids, Platform, ProcessInfo } from './platform.ts'
