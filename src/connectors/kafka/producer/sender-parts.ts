import type { Codec } from '../../../formats/compression.ts'
import type { Clock } from '../../../platform/index.ts'
import type { KafkaClient, TopicPartition } from '../client/contract.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { PendingBatch } from './pending-batch.ts'
import type { Wire } from './wire.ts'

export interface SenderParts {
  readonly client: KafkaClient
  readonly clock: Clock
  readonly wire: Wire
  readonly codec: Codec
  readonly settings: SenderSettings
  /** Of a transactional producer; it says who it is, the sender never asks for an identity of its own. */
  readonly transaction?: SenderTransaction
}
export interface SenderSettings {
  readonly acks: -1 | 0 | 1
  readonly idempotence: boolean
  readonly compressionLevel?: number
  /** Infinity: until `flush`. */
  readonly lingerMs: number
  readonly batchBytes: number
  readonly maxRequestBytes: number
  readonly maxInFlight: number
  readonly deliveryTimeoutMs: number
  /** Bytes that may wait before `room` makes callers wait. */
  readonly bufferBytes: number
}
export interface SenderTransaction {
  readonly id: string
  readonly produceVersion: 9 | 12
  /** Makes the partitions part of the transaction, where the broker does not do that by itself. */
  admit(parts: readonly TopicPartition[]): Promise<void>
}

/** A batch on the wire, and the queue it came from. */
export interface Flight {
  readonly queue: PartitionQueue
  readonly batch: PendingBatch
}
