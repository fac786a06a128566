import type { Scope } from '../expressions/scope.ts'
import type { Frame } from '../frame.ts'
import { only, pass, project } from '../nodes.ts'
import type { Attribute, Resolved, RProject } from '../resolved.ts'

/** The scope widened by columns the select below left out. */
export function withMissing(frame: Frame, scope: Scope): Scope {
  const below = frame.below?.plan.output ?? []
  if (below.length === 0 || frame.plan.node !== 'project') return scope
  const here = new Set(scope.columns.map(c => c.id))
  const offered = new Set(frame.plan.input.output.map(c => c.id))
  return { ...scope, extra: below.filter(c => !here.has(c.id) && offered.has(c.id)) }
}

/** After a USING join the other side's key may still be named; the frame then carries it. */
export function withHidden(frame: Frame, scope: Scope): { frame: Frame; scope: Scope } {
  if (!frame.hiddenKeys) return { frame, scope }
  const widened = withMissing(frame, scope)
  return { frame: { ...frame, plan: carrying(frame.plan, widened.extra) }, scope: widened }
}

const carrying = (plan: Resolved, columns: readonly Attribute[]): Resolved =>
  plan.node === 'project' && columns.length > 0 ? project(plan.input, [...plan.columns, ...columns.map(pass)]) : plan

/** Builds a step over the frame's plan, carrying the missing columns it names through the select and dropping them above. */
export function throughSelect(frame: Frame, used: ReadonlySet<number>, build: (input: Resolved) => Resolved): Resolved {
  const plan = frame.plan
  const here = new Set(plan.output.map(c => c.id))
  const missing = (frame.below?.plan.output ?? []).filter(c => used.has(c.id) && !here.has(c.id))
  if (missing.length === 0) return build(plan)
  return only(build(carrying(plan as RProject, missing)), plan.output)
}
