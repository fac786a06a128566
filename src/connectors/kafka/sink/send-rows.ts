import { type ColumnData, isValid } from '../../../types/index.ts'
import type { Output } from '../../contract.ts'
import type { RecordProducer, SingleRecord } from '../producer/contract.ts'
import { type BatchColumns, columnsOf, type SinkColumns } from './columns.ts'
import { Sent } from './sent.ts'
import type { Splitter } from './split.ts'

export interface SendRows {
  readonly columns: SinkColumns
  readonly splitter: Splitter
  readonly signal: AbortSignal
  /** A header for the first record of each partition. */
  readonly mark?: readonly [string, Uint8Array]
}
/** Somewhere among the partitions written to. */
export interface Place {
  readonly topic: string
  readonly partition: number
}

/**
 * Sends every row of an output and waits until the brokers have them; the first failure ends it. Rows travel in columns; one request a broker carries
 * what all its partitions get. Answers a partition that was written to.
 */
export async function sendRows(producer: RecordProducer, output: Output, how: SendRows): Promise<Place | undefined> {
  const { signal, splitter, mark } = how
  const marked = new Set<string>()
  const sent = new Sent()
  let place: Place | undefined
  for await (const batch of output.batches()) {
    signal.throwIfAborted()
    const columns = columnsOf(batch, how.columns)
    for (const { topic, partition, rows } of await splitter.split(columns)) {
      place ??= { topic, partition }
      const fresh = mark !== undefined && !marked.has(`${topic}/${partition}`)
      if (fresh) {
        marked.add(`${topic}/${partition}`)
        sent.watch(producer.sendOne(topic, partition, marking(columns, rows[0]!, mark), { signal }))
      }
      const rest = fresh ? rows.subarray(1) : rows
      if (rest.length > 0) sent.watch(producer.send(topic, partition, recordsOf(columns, rest), { signal }))
    }
    await producer.room({ signal })
    sent.check()
  }
  await producer.flush({ signal })
  await sent.all()
  return place
}

const recordsOf = ({ key, value, headers }: BatchColumns, rows: Int32Array) => ({
  length: rows.length,
  rows,
  value,
  ...(key && { key }),
  ...(headers && { headers }),
})

/** One row with a header more. */
function marking({ key, value, headers }: BatchColumns, row: number, mark: readonly [string, Uint8Array]): SingleRecord {
  return { key: bytesAt(key, row), value: bytesAt(value, row), headers: [...headersAt(headers, row), mark] }
}

function bytesAt(column: ColumnData | undefined, row: number): Uint8Array | null {
  if (!column || !isValid(column, row)) return null
  return (column.values as Uint8Array).subarray(column.offsets![row]!, column.offsets![row + 1]!)
}

const decoder = new TextDecoder()

function headersAt(column: ColumnData | undefined, row: number): readonly (readonly [string, Uint8Array | null])[] {
  if (!column || !isValid(column, row)) return []
  const [names, values] = column.children![0]!.children!
  const from = column.offsets![row]!
  return Array.from({ length: column.offsets![row + 1]! - from }, (_, i) => [
    decoder.decode(bytesAt(names, from + i) ?? new Uint8Array(0)),
    bytesAt(values, from + i),
  ])
}
