import type { RBatchOutput, Resolved, RLocal, RSource, RTable, TUserFunction, Typed } from '../../../analyze/resolved.ts'
import type { Registries } from '../../../formats/index.ts'
import type { HostFunction, LowerContext } from './context.ts'
import { lowerExpression } from './expression.ts'
import type { Step } from './program.ts'
import { lowerRelation } from './relation.ts'
import { columnName, hole, Scope, type Statement, statement } from './statement.ts'

/** Where rows come in: the executor says for each batch what stands there. */
export type Slot = RSource | RTable | RLocal | RBatchOutput | HostResult
/** The rows a host step made. */
export interface HostResult {
  readonly node: 'host'
  readonly step: number
}

export interface LoweringOptions {
  readonly timeZone: string
  readonly outputMode: 'append' | 'update' | 'complete'
  /** A streaming program: stateful operators keep state, sources are counted. */
  readonly streaming: boolean
  /** Somebody reads the rows dropped as late, with all their columns. */
  readonly keepsLate?: boolean
  /** Decode columns of sources before DuckDB sees them; `Program.plain` then does without. */
  readonly fuse?: boolean
  userFunction(expr: TUserFunction): HostFunction
  readonly registries?: Registries
  /** Days since the epoch on the session's calendar. */
  readonly today?: () => number
}

/** What is gathered while one plan is lowered. Relations ask it for columns, shared inputs, slots and steps. */
export class Lowering implements LowerContext {
  readonly timeZone: string
  readonly now = hole('now')
  readonly options: LoweringOptions
  readonly registries?: Registries
  readonly today?: () => number
  readonly slots: Slot[] = []
  readonly steps: Step[] = []
  readonly functions = new Map<string, HostFunction>()
  scope: Scope
  #scopes = 0

  constructor(options: LoweringOptions) {
    this.options = options
    this.timeZone = options.timeZone
    if (options.today) this.today = options.today
    if (options.registries) this.registries = options.registries
    this.scope = this.#newScope()
  }

  column = (id: number): string => columnName(id)
  variable = (id: number): string => `v${id}`
  lower = (expr: Typed): string => lowerExpression(expr, this)
  host = (fn: HostFunction): string => {
    this.functions.set(fn.name, fn)
    return fn.name
  }
  userFunction = (expr: TUserFunction): HostFunction => this.options.userFunction(expr)

  relation(node: Resolved): string {
    return lowerRelation(node, this)
  }

  /** A FROM item of rows with columns `f0`, `f1`, … that the executor provides. */
  slot(slot: Slot): { readonly index: number; readonly from: string } {
    const index = this.slots.push(slot) - 1
    return { index, from: hole(`slot:${index}`) }
  }

  /** Lowers a subtree as a statement of its own. */
  statement(node: Resolved): Statement {
    const { rows, scope } = this.apart(node)
    return statement(scope, node.output, rows)
  }

  /** Lowers a subtree in a scope of its own: several statements may be made of its rows. */
  apart(node: Resolved): { readonly rows: string; readonly scope: Scope } {
    const outer = this.scope
    const scope = this.#newScope()
    this.scope = scope
    const rows = this.relation(node)
    this.scope = outer
    return { rows, scope }
  }

  #newScope(): Scope {
    return new Scope(`mr_${this.#scopes++}_`)
  }
}
