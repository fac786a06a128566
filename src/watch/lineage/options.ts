/** Where OpenLineage events go: one line of JSON each at the end of `file`, or a POST each to `url`. */
export interface LineageOptions {
  readonly file?: string
  readonly url?: string
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey?: string
  /** Of the jobs; `millrace`. */
  readonly namespace?: string
  /** At most one RUNNING event of a query in this many milliseconds; 60000. */
  readonly everyMs?: number
}
