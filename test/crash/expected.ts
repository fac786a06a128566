import { type InputRecord, windowOf } from './input.ts'
import type { Ends } from './ledger.ts'
import { DELAY_MS, type PipelineName, WINDOW_MS } from './pipelines.ts'

/** A row of the output, and which batch makes it and where it lies as far as that is known. */
export interface Row {
  readonly text: string
  readonly batch?: number
  readonly where?: string
}

/** What a pipeline must have written, by plain code over the input and the ends of the batches. */
export type Expected = (input: readonly InputRecord[], batches: readonly Ends[]) => readonly Row[]

interface Sum {
  readonly start: number
  readonly user: string
  readonly count: number
  readonly sum: number
}
const keyOf = (r: InputRecord): string => `${windowOf(r)} ${r.user}`
const textOf = ({ start, user, count, sum }: Sum): string => JSON.stringify({ start, user, count, sum })

function add(sums: Map<string, Sum>, r: InputRecord): void {
  const { start, user, count, sum } = sums.get(keyOf(r)) ?? { start: windowOf(r), user: r.user, count: 0, sum: 0 }
  sums.set(keyOf(r), { start, user, count: count + 1, sum: sum + r.n })
}

const byBatch = (input: readonly InputRecord[], batches: readonly Ends[]): Map<number, InputRecord[]> =>
  Map.groupBy(input, r => batches.findIndex(ends => r.offset < (ends[r.partition] ?? 0)))

/** Each window once, when the watermark has passed it. */
const append: Expected = input => {
  const sums = new Map<string, Sum>()
  for (const r of input) add(sums, r)
  const watermark = Math.max(...input.map(r => r.at)) - DELAY_MS
  return [...sums.values()].filter(s => s.start + WINDOW_MS <= watermark).map(s => ({ text: textOf(s) }))
}

/** After each batch the sums that it changed. */
const update: Expected = (input, batches) => {
  const sums = new Map<string, Sum>()
  const read = byBatch(input, batches)
  return batches.flatMap((_, batch) => {
    const changed = new Set<string>()
    for (const r of read.get(batch) ?? []) {
      add(sums, r)
      changed.add(keyOf(r))
    }
    return [...changed].map(key => ({ text: textOf(sums.get(key)!), batch }))
  })
}

/** Each record once. */
const rows: Expected = (input, batches) =>
  [...byBatch(input, batches)].flatMap(([batch, records]) =>
    records.map(({ partition, offset, at, user, n }) => ({ text: JSON.stringify({ partition, offset, at, user, n }), batch })),
  )

/** The last sum of each key. */
const last: Expected = (input, batches) => {
  const rows = new Map(update(input, batches).map(row => [keyOfText(row.text), row]))
  return [...rows.values()]
}
const keyOfText = (text: string): string => {
  const { start, user } = JSON.parse(text) as Sum
  return `${start} ${user}`
}

const IN = ['Parquet', 'PostgreSQL'] as const
/** Of a query with two sinks: each record once in each. */
export const inSink = (sink: (typeof IN)[number], { text, ...rest }: Row): Row => ({ text: `${sink}: ${text}`, ...rest })
const rowsInBoth: Expected = (input, batches) => rows(input, batches).flatMap(row => IN.map(sink => inSink(sink, row)))

export const EXPECTED: Readonly<Record<PipelineName, Expected>> = {
  'kafka-kafka': append,
  'kafka-kafka-update': update,
  'kafka-parquet': rows,
  'kafka-postgresql': rows,
  'kafka-postgresql-update': last,
  'kafka-snowflake': rows,
  'kafka-snowflake-update': last,
  'kafka-s3': append,
  'kafka-parquet-and-postgresql': rowsInBoth,
}
