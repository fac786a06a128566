import { type ColumnData, isValid } from '../../../types/index.ts'

const M = 0x5bd1e995
const SEED = 0x9747b28c

/** Java's murmur2 of a range of bytes, as a signed 32-bit number: what Kafka's own clients hash keys with. */
export function murmur2(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  const length = to - from
  let h = SEED ^ length
  let i = from
  for (const last = to - 4; i <= last; i += 4) {
    let k = Math.imul(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24), M)
    k = Math.imul(k ^ (k >>> 24), M)
    h = Math.imul(h, M) ^ k
  }
  const rest = to - i
  if (rest === 3) h ^= bytes[i + 2]! << 16
  if (rest >= 2) h ^= bytes[i + 1]! << 8
  if (rest >= 1) h = Math.imul(h ^ bytes[i]!, M)
  h = Math.imul(h ^ (h >>> 13), M)
  return h ^ (h >>> 15)
}

/** The partition of a key: where every Java producer puts it. */
export const partitionOfKey = (partitions: number, bytes: Uint8Array, from = 0, to: number = bytes.length): number =>
  (murmur2(bytes, from, to) & 0x7fffffff) % partitions

/** Partitions for records without a key: one for a while (so that batches get large), then the next. */
export class StickyPartition {
  readonly #switchBytes: number
  #at: number
  #bytes = 0

  /** `start`: where to begin; taken modulo the number of partitions. */
  constructor(start: number, switchBytes: number) {
    this.#at = start
    this.#switchBytes = switchBytes
  }

  next(partitions: number, bytes: number): number {
    if (this.#bytes >= this.#switchBytes) {
      this.#bytes = 0
      this.#at++
    }
    this.#bytes += bytes
    return this.#at % partitions
  }
}

/**
 * The partition of each row: the column `partition` where it has a value, else the key's, else the sticky one. What `partition` says is not checked.
 * `rows` limits it to some rows; answers by position in `rows`.
 */
export function partitionsOfRows(
  columns: { readonly key?: ColumnData; readonly value: ColumnData; readonly partition?: ColumnData },
  rows: Int32Array,
  partitions: number,
  sticky: StickyPartition,
): Int32Array {
  const { key, value, partition } = columns
  const keys = key?.values as Uint8Array | undefined
  const chosen = partition?.values as Int32Array | undefined
  const out = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (partition && isValid(partition, row)) out[i] = chosen![row]!
    else if (key && isValid(key, row)) out[i] = partitionOfKey(partitions, keys!, key.offsets![row]!, key.offsets![row + 1]!)
    else out[i] = sticky.next(partitions, value.offsets![row + 1]! - value.offsets![row]!)
  }
  return out
}
