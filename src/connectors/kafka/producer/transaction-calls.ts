import type { ApiCall, TopicPartition } from '../client/contract.ts'
import type { Reader, Wire } from './wire.ts'

/** Whom the broker knows: a producer id and how many times it was taken over. */
export interface ProducerIdentity {
  readonly producerId: bigint
  readonly epoch: number
}
export const NOBODY: ProducerIdentity = { producerId: -1n, epoch: -1 }

export interface CodeAnswer {
  readonly errorCode: number
}
export type IdentityAnswer = CodeAnswer & ProducerIdentity

/** InitProducerId: who am I? With a transactional id it ends what an earlier owner left open, and fences it. */
export const initProducerIdCall = (
  wire: Wire,
  transactionalId: string | null,
  timeoutMs: number,
  known: ProducerIdentity = NOBODY,
): ApiCall<IdentityAnswer> =>
  wire.call(
    { key: 22, version: 4, name: 'InitProducerId' },
    w => w.appendString(transactionalId).appendInt32(timeoutMs).appendInt64(known.producerId).appendInt16(known.epoch),
    r => {
      r.readInt32()
      return { errorCode: r.readInt16(), producerId: r.readInt64(), epoch: r.readInt16() }
    },
  )

/** AddPartitionsToTxn: before the first batch of each partition, for brokers that do not do it by themselves. */
export const addPartitionsCall = (
  wire: Wire,
  transactionalId: string,
  { producerId, epoch }: ProducerIdentity,
  parts: readonly TopicPartition[],
): ApiCall<CodeAnswer> =>
  wire.call(
    { key: 24, version: 3, name: 'AddPartitionsToTxn' },
    w =>
      w
        .appendString(transactionalId)
        .appendInt64(producerId)
        .appendInt16(epoch)
        .appendArray([...Map.groupBy(parts, p => p.topic)], (t, [topic, own]) => {
          t.appendString(topic).appendArray(own, (p, { partition }) => p.appendInt32(partition), true, false)
        }),
    r => {
      r.readInt32()
      return { errorCode: worst(partitionCodes(r)) }
    },
  )

/** The error codes by topic and partition, in one list. */
const partitionCodes = (r: Reader): readonly number[] =>
  r
    .readArray(t => {
      t.readString()
      return t.readArray(p => {
        p.readInt32()
        return p.readInt16()
      })
    })
    .flat()

/** OPERATION_NOT_ATTEMPTED only says that another partition was refused. */
const NOT_ATTEMPTED = 55
const worst = (codes: readonly number[]): number => codes.find(c => c !== 0 && c !== NOT_ATTEMPTED) ?? codes.find(c => c !== 0) ?? 0

/** AddOffsetsToTxn: before the first offset of a group, for brokers that do not do it by themselves. */
export const addOffsetsCall = (
  wire: Wire,
  transactionalId: string,
  { producerId, epoch }: ProducerIdentity,
  group: string,
): ApiCall<CodeAnswer> =>
  wire.call(
    { key: 25, version: 3, name: 'AddOffsetsToTxn' },
    w => w.appendString(transactionalId).appendInt64(producerId).appendInt16(epoch).appendString(group),
    r => {
      r.readInt32()
      return { errorCode: r.readInt16() }
    },
  )

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number
  readonly metadata: string
}

/** TxnOffsetCommit: an offset of a group that counts when the transaction does. Version 5 adds the group to the transaction by itself. */
export const txnOffsetCommitCall = (
  wire: Wire,
  version: 3 | 5,
  transactionalId: string,
  { producerId, epoch }: ProducerIdentity,
  group: string,
  at: OffsetToCommit,
): ApiCall<CodeAnswer> =>
  wire.call(
    { key: 28, version, name: 'TxnOffsetCommit' },
    w =>
      w
        .appendString(transactionalId)
        .appendString(group)
        .appendInt64(producerId)
        .appendInt16(epoch)
        .appendInt32(-1)
        .appendString('')
        .appendString(null)
        .appendArray([at], (t, { topic, partition, offset, metadata }) => {
          t.appendString(topic).appendArray([partition], p =>
            p.appendInt32(partition).appendInt64(BigInt(offset)).appendInt32(-1).appendString(metadata),
          )
        }),
    r => {
      r.readInt32()
      return { errorCode: worst(partitionCodes(r)) }
    },
  )

/** EndTxn: all of it or nothing. Version 5 answers with the identity for the next transaction. */
export const endTxnCall = (
  wire: Wire,
  version: 3 | 5,
  transactionalId: string,
  identity: ProducerIdentity,
  committed: boolean,
): ApiCall<IdentityAnswer> =>
  wire.call(
    { key: 26, version, name: 'EndTxn' },
    w => w.appendString(transactionalId).appendInt64(identity.producerId).appendInt16(identity.epoch).appendBoolean(committed),
    r => {
      r.readInt32()
      const errorCode = r.readInt16()
      return version === 5 ? { errorCode, producerId: r.readInt64(), epoch: r.readInt16() } : { errorCode, ...identity }
    },
  )
