import type { KafkaOffset, TopicPartition } from '../client/contract.ts'
import { AbortedFilter, type AbortedTransaction } from '../records/aborted.ts'
import { headerAt } from '../records/batch-header.ts'
import type { RecordBytes } from '../records/decode.ts'
import { Bell } from './bell.ts'

/** Record batches of one fetch answer, raw, being read from the front. */
export interface Chunk extends RecordBytes {
  readonly filter: AbortedFilter
  /** The offset behind its last batch. */
  readonly end: KafkaOffset
  /** Where the next batch begins. */
  at: number
  /** Says that nobody looks at the bytes any more. */
  readonly letGo: () => void
}

/** Why a tape cannot go on by itself. `loss`: records were removed, or the partition is gone (nulls). */
export type Fault =
  | { readonly kind: 'loss'; readonly earliest: KafkaOffset | null; readonly latest: KafkaOffset | null }
  | { readonly kind: 'error'; readonly error: unknown }

export interface Leader {
  readonly broker: number
  readonly leaderEpoch: number
  readonly topicId: string
}

/**
 * One partition from some offset on, as far as it was fetched: chunks that follow one another without a gap. Whoever fetches puts them behind,
 * whoever reads takes them from the front; both know the tape only.
 */
export class Tape implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** Where reading goes on. */
  position: KafkaOffset
  /** Where fetching goes on: behind the last chunk. */
  next: KafkaOffset
  /** Nothing from here on is fetched. */
  end: KafkaOffset
  /** Who reads wants everything below: it was there when that was decided. */
  wanted: KafkaOffset = 0
  /** Of the topic that the records are from; undefined until the leader is known. */
  topicId: string | undefined
  readonly chunks: Chunk[] = []
  bytes = 0
  /** Somebody reads it now; `waiting` = and has nothing to read. */
  reading = false
  waiting = false
  waitingSince = 0
  fault: Fault | undefined
  readonly bell = new Bell()
  /** Grows when a batch is larger than what is asked for. */
  minBytes = 0
  readonly state: Fetching = { leader: undefined, busy: false, failures: 0, failingSince: undefined, notBefore: 0, servedAt: 0, doubts: 0 }

  constructor({ topic, partition }: TopicPartition, from: KafkaOffset, end: KafkaOffset) {
    this.topic = topic
    this.partition = partition
    this.position = from
    this.next = from
    this.end = end
  }

  /** Could reading begin at that offset? */
  covers(offset: KafkaOffset): boolean {
    return offset >= this.position && offset <= this.next
  }

  /** Puts an answer behind; a batch that is cut off is fetched again. `letGo` is called once the bytes are read. */
  append(bytes: Uint8Array, aborted: readonly AbortedTransaction[], letGo: () => void = () => {}): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let end = this.next
    let size = 0
    for (let header = headerAt(view, 0); header; header = headerAt(view, size)) {
      size = header.end
      end = Math.max(end, header.lastOffset + 1)
    }
    if (size === 0) {
      if (bytes.length > 12) this.minBytes = 12 + view.getInt32(8)
      letGo()
      return
    }
    this.minBytes = 0
    const { topic, partition } = this
    this.chunks.push({ topic, partition, bytes, view, filter: new AbortedFilter(aborted), end, at: 0, letGo })
    this.next = end
    this.bytes += bytes.length
  }

  /** The first chunk is read. */
  drop(): void {
    const chunk = this.chunks.shift()!
    this.bytes -= chunk.bytes.length
    this.position = Math.max(this.position, chunk.end)
    chunk.letGo()
  }

  /** Nothing below the offset will be read any more. */
  trim(offset: KafkaOffset): void {
    while (this.chunks.length > 0 && this.chunks[0]!.end <= offset) this.drop()
    this.position = Math.max(this.position, offset)
  }

  /** Begins anew somewhere else. */
  restart(offset: KafkaOffset): void {
    while (this.chunks.length > 0) this.drop()
    this.position = offset
    this.next = offset
    this.topicId = undefined
    this.fault = undefined
  }
}

/** What the fetching side remembers of a tape. */
export interface Fetching {
  leader: Leader | undefined
  /** A request of it, or a question about it, is on its way. */
  busy: boolean
  /** Failures without an answer in between. */
  failures: number
  failingSince: number | undefined
  /** Left alone until then (ticks). */
  notBefore: number
  /** When it got records last: others come first in the next request. */
  servedAt: number
  /** How often in a row the broker said that the offset, the topic or what is wanted is not there. */
  doubts: number
}
