export type { NodeState, RunEvent, Tell } from './events.ts'
export { type RunResult, runPipeline } from './pipeline-run.ts'
export { preflight, usesOf } from './preflight.ts'
export type { RunParts } from './run-parts.ts'
