import type { Engine } from '../engine/contract.ts'
import { type LocalRelation, type Relation, rewrite } from '../plan/index.ts'
import { concatBatches, type RowBatch } from '../types/index.ts'

/** Plans whose rows are kept after the first action that reads them. */
export class FrameCache {
  readonly #engine: () => Engine
  readonly #kept = new Map<Relation, Promise<LocalRelation> | undefined>()

  constructor(engine: () => Engine) {
    this.#engine = engine
  }

  add(plan: Relation): void {
    if (!this.#kept.has(plan)) this.#kept.set(plan, undefined)
  }
  has(plan: Relation): boolean {
    return this.#kept.has(plan)
  }
  remove(plan: Relation): void {
    this.#kept.delete(plan)
  }
  clear(): void {
    this.#kept.clear()
  }

  /** The plan with kept parts replaced by their rows, which are read now if this is the first time. */
  async resolve(plan: Relation): Promise<Relation> {
    if (this.#kept.size === 0) return plan
    const rows = new Map<Relation, LocalRelation>()
    for (const node of this.#kept.keys()) if (contains(plan, node)) rows.set(node, await this.#rows(node))
    return rows.size === 0 ? plan : replace(plan, rows)
  }

  #rows(node: Relation): Promise<LocalRelation> {
    const known = this.#kept.get(node)
    if (known) return known
    const made = this.rowsOf(node)
    this.#kept.set(node, made)
    made.catch(() => this.#kept.set(node, undefined))
    return made
  }

  /** The rows of a plan as a plan. */
  async rowsOf(node: Relation): Promise<LocalRelation> {
    const { schema, batches } = await this.#engine().collect(node)
    const all: RowBatch[] = []
    for await (const batch of batches) all.push(batch)
    return Object.freeze({
      kind: 'localRelation',
      batch: concatBatches(schema, all),
      ...(node.planId !== undefined && { planId: node.planId }),
    })
  }
}

const contains = (plan: Relation, node: Relation): boolean => {
  let found = false
  rewrite(plan, {
    relation: r => {
      found ||= r === node
      return r
    },
  })
  return found
}
const replace = (plan: Relation, rows: ReadonlyMap<Relation, Relation>): Relation => rewrite(plan, { relation: r => rows.get(r) ?? r })
