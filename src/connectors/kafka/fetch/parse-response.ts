import type { KafkaOffset } from '../client/contract.ts'
import type { AbortedTransaction } from '../records/aborted.ts'
import { int64 } from '../records/batch-header.ts'

/** From this version on topics are named by their id. */
export const TOPIC_IDS_FROM = 13

/** What a broker answered for one partition. */
export interface FetchedPart {
  /** Name or id, as asked. */
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: KafkaOffset
  readonly lastStableOffset: KafkaOffset
  readonly aborted: readonly AbortedTransaction[]
  /** Record batches as they are on disk, the last one perhaps cut off; a view into the answer. */
  readonly records: Uint8Array
}
export interface FetchAnswer {
  readonly errorCode: number
  readonly parts: readonly FetchedPart[]
}

/**
 * The body of a Fetch answer, flexible versions (12 and up), without a copy of the records. Throws RangeError when it is cut short.
 *
 * throttle i32 · error i16 · session i32 · [topic: name or uuid · [partition i32 · error i16 · high watermark i64 · last stable i64 · log start i64 ·
 * [producer i64 · first offset i64] · preferred replica i32 · records · tags] · tags] · tags
 */
export function parseFetchAnswer(body: Uint8Array, version: number): FetchAnswer {
  const at = new Cursor(body)
  at.skip(4)
  const errorCode = at.int16()
  at.skip(4)
  const parts = at.array(() => {
    const topic = version >= TOPIC_IDS_FROM ? at.uuid() : at.string()
    const ofTopic = at.array(() => part(at, topic))
    at.tags()
    return ofTopic
  })
  at.tags()
  return { errorCode, parts: parts.flat() }
}

function part(at: Cursor, topic: string): FetchedPart {
  const partition = at.int32()
  const errorCode = at.int16()
  const highWatermark = at.int64()
  const lastStableOffset = at.int64()
  at.skip(8)
  const aborted = at.array(() => {
    const transaction = { producerId: at.int64(), firstOffset: at.int64() }
    at.tags()
    return transaction
  })
  at.skip(4)
  const records = at.bytes()
  at.tags()
  return { topic, partition, errorCode, highWatermark, lastStableOffset, aborted, records }
}

/** Reads one after the other. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  int16(): number {
    this.#at += 2
    return this.#view.getInt16(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.#view.getInt32(this.#at - 4)
  }

  int64(): number {
    this.#at += 8
    return int64(this.#view, this.#at - 8)
  }

  #length(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#view.getUint8(this.#at++)
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  /** Lengths are one more than they are, so that 0 can say null: taken as empty. */
  #compactLength(): number {
    return Math.max(0, this.#length() - 1)
  }

  bytes(): Uint8Array {
    const length = this.#compactLength()
    this.#at += length
    if (this.#at > this.#bytes.length) throw new RangeError('the answer is cut short')
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  string(): string {
    return Buffer.from(this.bytes()).toString()
  }

  uuid(): string {
    const hex = Buffer.from(this.#bytes.subarray(this.#at, this.#at + 16)).toString('hex')
    this.#at += 16
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  array<T>(item: () => T): T[] {
    const length = this.#compactLength()
    const items: T[] = []
    for (let i = 0; i < length; i++) items.push(item())
    return items
  }

  /** Fields of later versions. */
  tags(): void {
    for (let n = this.#length(); n > 0; n--) {
      this.#length()
      this.skip(this.#length())
    }
  }
}
