/** Who can mend it: the person's program or data, something outside (disk, broker), or a defect of Millrace. */
export type Domain = 'user' | 'external' | 'internal'

/**
 * One row of the table of conditions. `message` is a short fact without a full stop, `hint` a sentence that says what to do.
 * `sparkClass` is Spark's error class for the same situation, where it has one (several rows may share it).
 */
export interface Condition<P> {
  readonly domain: Domain
  readonly message: (params: P) => string
  readonly hint: (params: P) => string
  readonly sparkClass?: string | ((params: P) => string | undefined)
}

/** Checks one room's table of conditions without widening its keys or parameters. */
export const conditions = <const T extends Record<string, Condition<any>>>(table: T): T => table
