import type { Expression, FrameBoundary, SortOrder, WindowExpression } from '../plan/index.ts'
import { longType } from '../types/index.ts'
import { sortOrder } from './build.ts'
import { columnExpression } from './column.ts'
import type { ColumnOrName } from './column-types.ts'

type Frame = NonNullable<WindowExpression['frameSpec']>

/** A window of rows for `over`: made by `Window.partitionBy(...)` and `Window.orderBy(...)`. Batch only. */
export class WindowSpec {
  readonly #partition: readonly Expression[]
  readonly #order: readonly SortOrder[]
  readonly #frame: Frame | undefined

  constructor(partition: readonly Expression[] = [], order: readonly SortOrder[] = [], frame?: Frame) {
    this.#partition = partition
    this.#order = order
    this.#frame = frame
  }

  partitionBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec(columns.map(columnExpression), this.#order, this.#frame)
  }
  orderBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec(this.#partition, columns.map(toSortOrder), this.#frame)
  }
  /** Rows from `start` to `end` counted from the current one: `rowsBetween(-2, Window.currentRow)`. */
  rowsBetween(start: number | bigint, end: number | bigint): WindowSpec {
    return this.#framed('FRAME_TYPE_ROW', start, end)
  }
  /** Rows whose order value lies between the current one's plus `start` and plus `end`. */
  rangeBetween(start: number | bigint, end: number | bigint): WindowSpec {
    return this.#framed('FRAME_TYPE_RANGE', start, end)
  }
  #framed(frameType: Frame['frameType'], start: number | bigint, end: number | bigint): WindowSpec {
    return new WindowSpec(this.#partition, this.#order, Object.freeze({ frameType, lower: boundary(start), upper: boundary(end) }))
  }

  /** The expression of `fn` over this window. */
  over(windowFunction: Expression): Expression {
    return Object.freeze({
      kind: 'window',
      windowFunction,
      partitionSpec: this.#partition,
      orderSpec: this.#order,
      ...(this.#frame && { frameSpec: this.#frame }),
    })
  }
}

export function toSortOrder(column: ColumnOrName): SortOrder {
  const e = columnExpression(column)
  return e.kind === 'sortOrder' ? e : sortOrder(e, 'asc')
}

const UNBOUNDED = 2n ** 63n

function boundary(n: number | bigint): FrameBoundary {
  const value = typeof n === 'number' && !Number.isFinite(n) ? (n < 0 ? -UNBOUNDED : UNBOUNDED) : BigInt(n)
  if (value === 0n) return Object.freeze({ currentRow: true })
  if (value <= -UNBOUNDED || value >= UNBOUNDED - 1n) return Object.freeze({ unbounded: true })
  return Object.freeze({ value: Object.freeze({ kind: 'literal', dataType: longType, value }) })
}

/** Where windows of rows begin: `rowNumber().over(Window.partitionBy('STATION').orderBy('TS'))`. */
export const Window = Object.freeze({
  partitionBy: (...columns: readonly ColumnOrName[]) => new WindowSpec().partitionBy(...columns),
  orderBy: (...columns: readonly ColumnOrName[]) => new WindowSpec().orderBy(...columns),
  rowsBetween: (start: number | bigint, end: number | bigint) => new WindowSpec().rowsBetween(start, end),
  rangeBetween: (start: number | bigint, end: number | bigint) => new WindowSpec().rangeBetween(start, end),
  unboundedPreceding: Number.NEGATIVE_INFINITY,
  unboundedFollowing: Number.POSITIVE_INFINITY,
  currentRow: 0,
})
