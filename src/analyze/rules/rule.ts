import type { Analyzed, OutputMode, Resolved } from '../resolved.ts'

/** What a rule needs to know of the write. */
export interface StreamRuleContext {
  readonly outputMode: OutputMode
  conf(key: string): string | undefined
}
/** Looks at one node of a streaming plan, its inputs having passed; throws a condition of `errors/conditions/streaming.ts`. */
export type NodeRule = (node: Resolved, context: StreamRuleContext) => void
/** Looks at the whole plan. */
export type PlanRule = (analyzed: Analyzed, context: StreamRuleContext) => void
