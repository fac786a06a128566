import { MillraceError } from '../../../errors/index.ts'
import { type ColumnData, isValid } from '../../../types/index.ts'
import { partitionsOfRows, StickyPartition } from '../producer/partitioner.ts'
import type { BatchColumns } from './columns.ts'

/** Rows that go to one partition, in their order. */
export interface Share {
  readonly topic: string
  readonly partition: number
  readonly rows: Int32Array
}

export interface Splitting {
  /** The option `topic`: overrides the column. */
  readonly topic: string | undefined
  readonly partitionsOf: (topic: string) => Promise<number>
  /** Where records without a key begin; the same number gives the same partitions. */
  readonly start: number
  /** Bytes after which they go on to the next partition. */
  readonly switchBytes: number
}

const decoder = new TextDecoder()

/** Decides for every row of a batch where it goes, column by column; remembers only where records without a key have come to. */
export class Splitter {
  readonly #how: Splitting
  readonly #sticky = new Map<string, StickyPartition>()

  constructor(how: Splitting) {
    this.#how = how
  }

  async split(columns: BatchColumns): Promise<readonly Share[]> {
    const shares: Share[] = []
    for (const [topic, rows] of this.#byTopic(columns)) {
      const partitions = await this.#how.partitionsOf(topic)
      const of = partitionsOfRows(columns, rows, partitions, this.#stickyOf(topic))
      shares.push(...sharesOf(topic, rows, of, partitions))
    }
    return shares
  }

  #byTopic(columns: BatchColumns): readonly (readonly [string, Int32Array])[] {
    const { topic } = this.#how
    if (topic !== undefined) return columns.length === 0 ? [] : [[topic, everyRow(columns.length)]]
    return rowsByTopic(columns.topic!, columns.length)
  }

  #stickyOf(topic: string): StickyPartition {
    let sticky = this.#sticky.get(topic)
    if (!sticky) {
      sticky = new StickyPartition(this.#how.start, this.#how.switchBytes)
      this.#sticky.set(topic, sticky)
    }
    return sticky
  }
}

const everyRow = (length: number): Int32Array => {
  const rows = new Int32Array(length)
  for (let i = 0; i < length; i++) rows[i] = i
  return rows
}

/** Neighbouring rows often have the same topic: its bytes are compared before they are decoded. */
function rowsByTopic(column: ColumnData, length: number): readonly (readonly [string, Int32Array])[] {
  const bytes = column.values as Uint8Array
  const offsets = column.offsets!
  const found = new Map<string, number[]>()
  let last: number[] | undefined
  let from = 0
  let to = 0
  for (let row = 0; row < length; row++) {
    if (!isValid(column, row)) throw new MillraceError('KAFKA_NULL_TOPIC_IN_DATA', { row })
    const start = offsets[row]!
    const end = offsets[row + 1]!
    if (!last || !sameBytes(bytes, from, to, start, end)) {
      const topic = decoder.decode(bytes.subarray(start, end))
      last = found.get(topic) ?? []
      found.set(topic, last)
      from = start
      to = end
    }
    last.push(row)
  }
  return [...found].map(([topic, rows]) => [topic, Int32Array.from(rows)])
}

function sameBytes(bytes: Uint8Array, from: number, to: number, start: number, end: number): boolean {
  if (to - from !== end - start) return false
  for (let i = 0; i < to - from; i++) if (bytes[from + i] !== bytes[start + i]) return false
  return true
}

/** Counts, then places: each partition's rows in their order. */
function sharesOf(topic: string, rows: Int32Array, of: Int32Array, partitions: number): readonly Share[] {
  const counts = new Int32Array(partitions)
  for (let i = 0; i < of.length; i++) {
    const partition = of[i]!
    if (partition < 0 || partition >= partitions) throw new MillraceError('KAFKA_UNKNOWN_TOPIC_PARTITION', { topic, partition })
    counts[partition]!++
  }
  const places = Array.from(counts, count => new Int32Array(count))
  const next = new Int32Array(partitions)
  for (let i = 0; i < of.length; i++) {
    const partition = of[i]!
    places[partition]![next[partition]!++] = rows[i]!
  }
  return places.flatMap((own, partition) => (own.length === 0 ? [] : [{ topic, partition, rows: own }]))
}
