import { isMillraceError, MillraceError } from '../errors/index.ts'
import type { Relation } from '../plan/index.ts'
import { field, type StructType, structType } from '../types/index.ts'
import type { AnalyzeEnv } from './environment.ts'
import type { Analysis, Frame } from './frame.ts'
import { numbered } from './number.ts'
import { analyzeRelation } from './relations/index.ts'
import type { Analyzed, Attribute } from './resolved.ts'
import { pushFilters } from './rewrites/push-filters.ts'
import { refuseAnsiOff } from './rules/ansi-off.ts'

/** Frames by environment and plan node: each step of a chain costs its own analysis only. */
const frames = new WeakMap<AnalyzeEnv, WeakMap<Relation, Frame>>()

function analysisIn(env: AnalyzeEnv): Analysis {
  const memo = frames.get(env) ?? new WeakMap<Relation, Frame>()
  frames.set(env, memo)
  const analysis: Analysis = {
    env,
    frame(relation) {
      const hit = memo.get(relation)
      if (hit) return hit
      const frame = withPlanId(relation, located(relation, analysis))
      memo.set(relation, frame)
      return frame
    },
  }
  return analysis
}

/** An error names the program line of the innermost step it came from. */
function located(relation: Relation, analysis: Analysis): Frame {
  try {
    return analyzeRelation(relation, analysis)
  } catch (error) {
    if (!isMillraceError(error) || !relation.origin || error.details.length > 0) throw error
    throw new MillraceError(error.condition, error.params as never, { cause: error.cause, details: [`at ${relation.origin}`] })
  }
}

function withPlanId(relation: Relation, frame: Frame): Frame {
  if (relation.planId === undefined) return frame
  const planIds = new Map(frame.planIds)
  planIds.set(relation.planId, [...(planIds.get(relation.planId) ?? []), frame.plan.output])
  return { ...frame, planIds }
}

/**
 * Resolves names and types of a plan (see `resolved.ts`). Needs no I/O; throws the conditions of `errors/conditions/analysis.ts`.
 * The rules of streams and batches are `checkStreaming` and `checkBatch`.
 */
export function analyze(plan: Relation, env: AnalyzeEnv): Analyzed {
  const frame = analysisIn(env).frame(plan)
  refuseAnsiOff(frame.plan, env.conf)
  return numbered(pushFilters(frame.plan), schemaFrom(frame.plan.output))
}

/** The columns alone: what each step of the API asks for. */
export const schemaOf = (plan: Relation, env: AnalyzeEnv): StructType => schemaFrom(analysisIn(env).frame(plan).plan.output)

const schemaFrom = (output: readonly Attribute[]): StructType => structType(output.map(c => field(c.name, c.dataType, c.nullable)))
