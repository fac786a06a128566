const MARK = 'millrace-thrown:'
/** Errors of callbacks that nobody is told of: DuckDB hands on the first of several threads only. */
const KEPT = 64

/**
 * What callbacks of ours (feeds, host functions) threw. All connections of an instance share the callbacks, and DuckDB hands on a text only: a mark in it
 * says whose error it is, so that each statement fails with its own.
 */
export class Thrown {
  readonly #errors = new Map<string, unknown>()
  #next = 0

  /** Keeps an error; answers what DuckDB is to be told. */
  mark(error: unknown): string {
    const mark = `${MARK}${this.#next++};`
    this.#errors.set(mark, error)
    if (this.#errors.size > KEPT) this.#errors.delete(this.#errors.keys().next().value!)
    return `${mark} ${error instanceof Error ? error.message : String(error)}`
  }

  /** The error behind a failure that DuckDB reports; undefined where none of ours is. */
  behind(failure: unknown): unknown {
    const mark = failure instanceof Error ? new RegExp(`${MARK}\\d+;`).exec(failure.message)?.[0] : undefined
    if (mark === undefined) return undefined
    const error = this.#errors.get(mark)
    this.#errors.delete(mark)
    return error
  }
}
