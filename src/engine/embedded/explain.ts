import { inOutputMode } from '../../analyze/index.ts'
import type { Relation } from '../../plan/index.ts'
import { printPlan } from '../../plan/index.ts'
import type { ExplainMode, StreamWrite } from '../contract.ts'
import type { EmbeddedEngine } from './engine.ts'
import { lowerProgram } from './lower/program.ts'
import { maskedText } from './shown-plan.ts'

/** The plan; with more than `simple`, the steps a batch runs as well. */
export async function explain(plan: Relation, mode: ExplainMode, write: StreamWrite | undefined, engine: EmbeddedEngine): Promise<string> {
  const lines = ['== Plan ==', maskedText(printPlan(plan))]
  if (mode === 'simple' && !write) return lines.join('\n')
  const outputMode = write?.outputMode ?? 'append'
  const analyzed = inOutputMode(await engine.analysis.analyze(plan), outputMode)
  const program = lowerProgram(analyzed, engine.loweringOptions(outputMode, analyzed.plan.streaming))
  for (const [i, step] of program.steps.entries()) {
    const input = step.kind === 'aggregate' ? step.delta : step.input
    lines.push(`== Step ${i + 1}: ${step.kind} ==`, readable(input.sql))
  }
  lines.push('== Output ==', readable(program.main.sql))
  return lines.join('\n')
}

/** Holes shown as `{slot:0}`. */
const readable = (sql: string): string => sql.replaceAll(/\u0001([^\u0001]*)\u0001/g, '{$1}')
