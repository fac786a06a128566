import { type RowBatch, rowsOf } from '../../../types/index.ts'
import type { Output } from '../../contract.ts'
import type { KafkaClient } from '../client/contract.ts'
import { columnsOf, type SinkColumns } from './columns.ts'
import type { Place } from './send-rows.ts'
import type { Splitter } from './split.ts'

const HEADER = 'millrace.batch'
/** Records are looked for from this long before the batch was logged: clocks are set back now and then. */
const CLOCK_MARGIN_MS = 3_600_000

/** The header of a batch's first record in each partition: which batch of which query wrote it. */
export const markOf = (queryId: string, batchId: number): readonly [string, Uint8Array] => [
  HEADER,
  new TextEncoder().encode(`${queryId}/${batchId}`),
]

/** Reads records of one partition with their headers, committed ones only, from an offset to another. */
export type ReadHeaders = (at: Place, from: number, to: number, signal: AbortSignal) => AsyncIterable<RowBatch>

/** Looks for a batch's marks where it must have left them: in the partitions its rows go to. */
export class MarkedPlaces {
  readonly #client: KafkaClient
  readonly #read: ReadHeaders

  /** `client` must be one that reads committed records only. */
  constructor(client: KafkaClient, read: ReadHeaders) {
    this.#client = client
    this.#read = read
  }

  /** The partitions the output's rows go to. */
  async of(output: Output, columns: SinkColumns, splitter: Splitter): Promise<Place[]> {
    const places = new Map<string, Place>()
    for await (const batch of output.batches()) {
      for (const { topic, partition } of await splitter.split(columnsOf(batch, columns)))
        places.set(`${topic}/${partition}`, { topic, partition })
    }
    return [...places.values()]
  }

  /** Does any of them hold the mark? Least to read first: a transaction is whole, so one that holds it speaks for all. */
  async hold(places: readonly Place[], mark: readonly [string, Uint8Array], sinceMs: number, signal: AbortSignal): Promise<boolean> {
    const timestampMs = Math.max(0, sinceMs - CLOCK_MARGIN_MS)
    const from = await this.#client.offsets(
      places.map(p => ({ ...p, at: { timestampMs } })),
      { signal },
    )
    const to = await this.#client.offsets(
      places.map(p => ({ ...p, at: 'latest' })),
      { signal },
    )
    const ranges = places.map((place, i) => ({ place, from: from[i] ?? to[i]!, to: to[i]! })).filter(r => r.from < r.to)
    ranges.sort((a, b) => a.to - a.from - (b.to - b.from))
    for (const range of ranges) if (await this.#holds(range.place, range.from, range.to, mark, signal)) return true
    return false
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #holds(at: Place, from: number, to: number, [name, wanted]: readonly [string, Uint8Array], signal: AbortSignal): Promise<boolean> {
    const text = new TextDecoder().decode(wanted)
    for await (const batch of this.#read(at, from, to, signal)) {
      for (const row of rowsOf(batch)) {
        const headers = row.headers as readonly { readonly key: string; readonly value: Uint8Array | null }[] | null
        if (headers?.some(h => h.key === name && h.value !== null && new TextDecoder().decode(h.value) === text)) return true
      }
    }
    return false
  }
}
