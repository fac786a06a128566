export { analyze, schemaOf } from './analyze.ts'
export type { AnalyzeEnv } from './environment.ts'
export type * from './resolved.ts'
