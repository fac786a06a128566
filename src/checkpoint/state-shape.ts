/** The shape of a plan's stateful part, compared at restart (design section 5). */
export interface StateShape {
  readonly operators: readonly OperatorShape[]
  /** In plan order, e.g. `TS`: a watermark on another column cannot go on with the old one. */
  readonly watermarkColumns: readonly string[]
}
export interface OperatorShape {
  readonly id: number
  /** Spark's names: `stateStoreSave`, `dedupe`, … */
  readonly name: string
  /** DDL of the key and of the value columns. */
  readonly key: string
  readonly value: string
}
