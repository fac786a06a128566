import type { Analyzed, Attribute } from '../../../analyze/resolved.ts'
import type { HostFunction } from './context.ts'
import { Lowering, type LoweringOptions, type Slot } from './lowering.ts'
import type { Statement } from './statement.ts'
import type { StateStep } from './state-step.ts'

/**
 * A batch is a program: steps in order, then one statement whose rows are the output.
 * A plan without state and without functions of the person's own over batches has no steps.
 */
export interface Program {
  readonly slots: readonly Slot[]
  readonly steps: readonly Step[]
  readonly main: Statement
  readonly functions: readonly HostFunction[]
}
export type Step = HostStep | StateStep

/** Reads the rows of a statement, calls JavaScript, awaits, and provides what comes back in a slot. */
export interface HostStep {
  readonly kind: 'host'
  readonly input: Statement
  readonly id: string
  readonly name: string
  readonly output: readonly Attribute[]
}

export function lowerProgram(analyzed: Analyzed, options: LoweringOptions): Program {
  const to = new Lowering(options)
  const main = to.statement(analyzed.plan)
  return { slots: to.slots, steps: to.steps, main, functions: [...to.functions.values()] }
}
