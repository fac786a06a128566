export { parseStateFile, type StateFile, stateDirectory, stateFile } from './state-file.ts'
export { type CommittedRun, openStateLog, type StateLog, type StateLogParts, type StateVersion } from './state-log.ts'
