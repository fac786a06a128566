import type { Analyzed, Attribute, Resolved } from '../../../analyze/resolved.ts'
import { fuse } from '../fused/fuse.ts'
import type { HostFunction } from './context.ts'
import { Lowering, type LoweringOptions, type Slot } from './lowering.ts'
import { pruned } from './prune.ts'
import type { StateStep } from './state-step.ts'
import { hole, type Statement } from './statement.ts'

/**
 * A batch is a program: steps in order, then one statement whose rows are the output.
 * A plan without state and without functions of the person's own over batches has no steps.
 */
export interface Program {
  readonly slots: readonly Slot[]
  readonly steps: readonly Step[]
  readonly main: Statement
  readonly functions: readonly HostFunction[]
  /** By slot: which of its columns (`f0`, `f1`, …) any statement reads. */
  readonly used: readonly ReadonlySet<number>[]
  /** Slots whose rows may come in any order: only orderless aggregates read them. */
  readonly anyOrder: readonly boolean[]
  /** Where sources decode columns: the same program without, for a batch in which that failed. Its steps keep the same state. */
  readonly plain?: () => Program
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
  const keepsLate = options.keepsLate ?? true
  const plan = pruned(analyzed.plan, { keepsLate })
  const fused = options.fuse ? fuse(plan, options) : plan
  if (fused === plan) return lowered(plan, options)
  return { ...lowered(pruned(fused, { keepsLate }), options), plain: () => lowered(plan, options) }
}

function lowered(plan: Resolved, options: LoweringOptions): Program {
  const to = new Lowering(options)
  const main = to.statement(plan)
  const { slots, steps } = to
  const strict = [main.sql, ...steps.flatMap(s => (s.kind === 'aggregate' && s.anyOrder ? [] : textsOf(s)))]
  const anyOrder = slots.map((_, i) => strict.every(sql => !sql.includes(hole(`slot:${i}`))))
  return { slots, steps, main, functions: [...to.functions.values()], used: usedColumns(slots, steps, main), anyOrder }
}

/** A column is read where its name stands other than as an alias. */
function usedColumns(slots: readonly Slot[], steps: readonly Step[], main: Statement): readonly ReadonlySet<number>[] {
  const named = new Set<number>()
  for (const sql of [main.sql, ...steps.flatMap(textsOf)]) {
    for (const [, id] of sql.matchAll(/(?<! AS )"c(\d+)"/g)) named.add(Number(id))
  }
  return slots.map(slot => new Set(slot.node === 'host' ? [] : slot.output.flatMap((a, i) => (named.has(a.id) ? [i] : []))))
}

function textsOf(step: Step): readonly string[] {
  if (step.kind === 'aggregate') return [step.delta.sql, step.lateRows?.sql ?? '', step.late ?? '']
  if (step.kind === 'deduplicate') return [step.input.sql, step.late ?? '']
  return [step.input.sql]
}
