/** What became of one recorded case. */
export interface Outcome {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped: what came instead, or which part is missing. */
  readonly why?: string
  /** Outcomes of one group are also counted apart. */
  readonly group?: string
  /** The error that came where none was expected. */
  readonly error?: unknown
}
