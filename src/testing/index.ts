export type { ContractCase } from './contract-case.ts'
export { Crash, type CrashAt, type Failpoints, failpoints } from './failpoints.ts'
export { type FileStoreTenant, fileStoreContract } from './file-store-contract.ts'
export { type ManualClock, manualClock } from './manual-clock.ts'
export { type MemoryRows, memory } from './memory.ts'
export { type MemoryFiles, memoryFiles } from './memory-files.ts'
export { type OpenFormat, openSink, openSource } from './open-format.ts'
export { outputOf, type SinkTenant, sinkContract } from './sink-contract.ts'
export { type SourceTenant, sourceContract } from './source-contract.ts'
export {
  add,
  advance,
  check,
  crash,
  type Expected,
  expectAll,
  expectDropped,
  expectDuplicates,
  expectFailure,
  expectLate,
  expectRows,
  restart,
  type Step,
  stop,
} from './steps.ts'
export { type Drawn, table } from './table.ts'
export { openTestSession, type TestSession } from './test-session.ts'
export { everyFailpoint, StoryFailed, type StoryOptions, testStream } from './test-stream.ts'
