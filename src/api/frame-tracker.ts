import type { QueryWarning } from '../observe/index.ts'
import type { Relation } from '../plan/index.ts'

/**
 * Remembers streaming frames that nothing was made of: `frame.dropDuplicates('ID')` on a line of its own changes nothing.
 * Frames that went into another frame, a started query, a view or a function are used.
 */
export class FrameTracker {
  readonly #leaves = new Map<Relation, { readonly line: string | undefined; readonly step: string }>()
  readonly #warn: (warning: QueryWarning) => void

  constructor(warn: (warning: QueryWarning) => void) {
    this.#warn = warn
  }

  made(plan: Relation, step: string, line: string | undefined): void {
    this.#leaves.set(plan, { line, step })
  }
  used(plan: Relation): void {
    this.#leaves.delete(plan)
  }

  /** Warns of each unused frame, once. */
  report(): void {
    for (const [plan, { line, step }] of this.#leaves) {
      this.#leaves.delete(plan)
      this.#warn({
        code: 'FRAME_NEVER_USED',
        message: `the frame made by ${step}()${line ? ` at ${line}` : ''} is in no started query, so the step changes nothing`,
        hint: `Frames do not change: use what ${step}() returns, e.g. frame = frame.${step}(…).`,
      })
    }
  }
}
