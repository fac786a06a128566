import { attribute } from '../../../analyze/ids.ts'
import { project } from '../../../analyze/nodes.ts'
import type { Resolved, Typed } from '../../../analyze/resolved.ts'
import { childrenOf, inputsOf, walk } from '../../../analyze/tree.ts'
import { isMillraceError } from '../../../errors/index.ts'
import type { RowBatch } from '../../../types/index.ts'
import type { DuckInstance } from '../duck/instance.ts'
import type { Run } from '../duck/state-table.ts'
import { Lowering, type LoweringOptions } from '../lower/lowering.ts'
import { fillHoles, type HoleName } from '../lower/statement.ts'
import type { Failed } from './bad-rows.ts'
import { expressionText } from './expression-text.ts'
import { expressionsOf } from './strict.ts'

/** Nodes whose rows are rows of the source still. */
const OPEN: ReadonlySet<string> = new Set(['project', 'filter', 'watermark', 'window', 'generate', 'metrics'])

interface Candidate {
  readonly input: Resolved
  readonly expr: Typed
}

export interface BlameContext {
  readonly duck: DuckInstance
  readonly run: Run
  readonly options: LoweringOptions
  readonly fill: (name: HoleName) => string
}

/** Finds the expression a row fails in: those of the plan are tried from the source up, then what is inside of the first that fails. */
export class Blame {
  readonly #to: BlameContext
  readonly #candidates: readonly Candidate[]
  readonly #statements = new Map<Typed, string>()
  /** Rows of a batch mostly fail alike. */
  #last: Candidate | undefined

  constructor(plan: Resolved, source: number, to: BlameContext) {
    this.#to = to
    this.#candidates = candidatesOf(plan, source)
  }

  async of(row: RowBatch, failed: Failed): Promise<string | undefined> {
    const id = this.#to.duck.feeds.addAt('blame', row.schema, [row])
    try {
      const from = `feed(${id})`
      const order = this.#last ? [this.#last, ...this.#candidates] : this.#candidates
      for (const candidate of order) {
        if (!(await this.#fails(candidate, from, failed))) continue
        this.#last = await this.#within(candidate, from, failed)
        return expressionText(this.#last.expr)
      }
      return undefined
    } finally {
      this.#to.duck.feeds.remove(id)
    }
  }

  async #within(candidate: Candidate, from: string, failed: Failed): Promise<Candidate> {
    for (const expr of childrenOf(candidate.expr)) {
      const inner = { ...candidate, expr }
      if (await this.#fails(inner, from, failed)) return this.#within(inner, from, failed)
    }
    return candidate
  }

  /** The same text each time, so that it is planned once. */
  #statement({ input, expr }: Candidate): string {
    const known = this.#statements.get(expr)
    if (known !== undefined) return known
    const to = new Lowering(this.#to.options)
    const value = attribute({ name: 'value', dataType: expr.dataType, nullable: true })
    const { sql } = to.statement(project(input, [{ attribute: value, expr }]))
    this.#to.duck.register([...to.functions.values()])
    this.#statements.set(expr, sql)
    return sql
  }

  async #fails(candidate: Candidate, from: string, { error }: Failed): Promise<boolean> {
    if (candidate.expr.node === 'literal' || candidate.expr.node === 'attribute') return false
    try {
      await this.#to.run(fillHoles(this.#statement(candidate), name => (name.startsWith('slot:') ? from : this.#to.fill(name))))
      return false
    } catch (found) {
      return isMillraceError(found, error.condition)
    }
  }
}

/** From the source up to where its rows become others. */
function candidatesOf(plan: Resolved, source: number): readonly Candidate[] {
  const above = new Map<Resolved, Resolved>()
  for (const node of walk(plan)) for (const input of inputsOf(node)) above.set(input, node)
  let at = [...walk(plan)].find(n => n.node === 'source' && n.sourceIndex === source)
  const found: Candidate[] = []
  while (at) {
    const node = above.get(at)
    if (!node || inputsOf(node).length !== 1) return found
    const input = at
    const aggregate = node.node === 'aggregate'
    for (const expr of expressionsOf(node)) {
      // An aggregate itself fails on no one row.
      for (const e of aggregate && expr.node === 'call' ? [...childrenOf(expr), expr] : [expr]) found.push({ input, expr: e })
    }
    if (!OPEN.has(node.node)) return found
    at = node
  }
  return found
}
