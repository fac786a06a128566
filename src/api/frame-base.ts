import { didYouMean, MillraceError } from '../errors/index.ts'
import { type Expression, type Relation, walk } from '../plan/index.ts'
import { parseExpression } from '../sql/index.ts'
import { Schema, type StructType } from '../types/index.ts'
import { Column, columnExpression } from './column.ts'
import type { AnyColumn, ColumnOrName } from './column-types.ts'
import { columnsProxy } from './columns-proxy.ts'
import type { SessionContext } from './context.ts'
import { callerLine } from './origin.ts'

/** What a frame's type knows beside its rows. */
export interface FrameState {
  readonly streaming: boolean
  /** Names of the columns under a watermark. */
  readonly watermark: string
  /** Is it an aggregate, and can its groups ever close? */
  readonly grouped: 'no' | 'bounded' | 'unbounded'
}
export interface Batch extends FrameState {
  readonly streaming: false
  readonly watermark: never
  readonly grouped: 'no'
}
export interface Streaming extends FrameState {
  readonly streaming: true
  readonly watermark: never
  readonly grouped: 'no'
}

export type Step = Relation extends infer R
  ? R extends { planId?: number; origin?: string }
    ? Omit<R, 'planId' | 'origin'>
    : never
  : never
/** Columns as a person gives them: names, columns, callbacks. */
export type ColumnLike = ColumnOrName | ((columns: any) => AnyColumn)

let plans = 0
/** A plan node with its number and the program line that made it. */
export function stamped(step: Step): Relation {
  plans += 1
  const origin = callerLine()
  return Object.freeze({ ...step, planId: plans, ...(origin && { origin }) }) as Relation
}

/** A plan and the session it belongs to: what every family of methods stands on. Frames never change. */
export class FrameBase {
  readonly #session: SessionContext
  readonly #plan: Relation
  #streaming: boolean | undefined

  constructor(session: SessionContext, plan: Relation) {
    this.#session = session
    this.#plan = plan
    // Names and types are checked at once where the columns are known without I/O.
    session.engine.schemaNow(plan)
  }

  /** The logical plan: plain data, see `plan/`. */
  get plan(): Relation {
    return this.#plan
  }
  /** @internal */
  get context(): SessionContext {
    this.#session.use()
    return this.#session
  }

  /** SQL text, parsed at once; a timestamp without a zone is the session's. */
  protected parse(sql: string): Expression {
    const timeZone = this.#session.settings.lookup('spark.sql.session.timeZone')
    return parseExpression(sql, timeZone === undefined ? {} : { timeZone })
  }

  /** Does a stream feed this frame? */
  get isStreaming(): boolean {
    this.#streaming ??= [...walk(this.#plan)].some(r => r.kind === 'read' && r.isStreaming === true)
    return this.#streaming
  }

  /** The columns with their types. May look at the source once (inference). */
  async schema(): Promise<Schema<any>> {
    return new Schema(await this.context.engine.schema(await this.context.cache.resolve(this.#plan)))
  }
  /** The columns where they are known without I/O. */
  schemaNow(): StructType | undefined {
    return this.context.engine.schemaNow(this.#plan)
  }

  /** @internal A frame over one more step. */
  protected derive<F>(step: Step, name: string, ...others: readonly FrameBase[]): F {
    const { tracker } = this.context
    const plan = stamped(step)
    const Frame = this.constructor as new (session: SessionContext, plan: Relation) => FrameBase
    const frame = new Frame(this.#session, plan)
    for (const parent of [this, ...others]) tracker.used(parent.#plan)
    if (frame.isStreaming) tracker.made(plan, name, plan.origin)
    return frame as F
  }

  /** @internal */
  protected expressions(columns: readonly ColumnLike[]): readonly Expression[] {
    return Object.freeze(columns.map(c => this.expression(c)))
  }
  /** @internal */
  protected expression(column: ColumnLike): Expression {
    return columnExpression(typeof column === 'function' && !(column instanceof Column) ? column(columnsProxy) : column)
  }

  /** @internal A batch action on a stream would never end. @throws STREAM_IN_BATCH_ACTION, BATCH_CLOSED */
  protected refuseStream(action: string): void {
    if (this.isStreaming) throw new MillraceError('STREAM_IN_BATCH_ACTION', { action })
    this.context.scopes.of(this.#plan)
  }

  /** A column of this frame, also where another frame of a join has one of the same name. @throws COLUMN_NOT_IN_SCHEMA */
  protected columnOf(name: string): AnyColumn {
    const known = this.schemaNow()?.fields.map(f => f.name)
    if (known && /^\w+$/.test(name) && !known.some(k => k.toLowerCase() === name.toLowerCase())) {
      throw new MillraceError('COLUMN_NOT_IN_SCHEMA', { column: name, suggestion: didYouMean(name, known), columns: known })
    }
    return new Column(
      Object.freeze({
        kind: 'unresolvedAttribute',
        unparsedIdentifier: name,
        ...(this.#plan.planId !== undefined && { planId: this.#plan.planId }),
      }),
    )
  }
}
