import type { ApiCall } from '../client/contract.ts'
import type { Wire } from './wire.ts'

/** One record batch of each partition, as the protocol wants it. */
export interface ProducePart {
  readonly topic: string
  readonly partition: number
  readonly bytes: Uint8Array
}
export interface ProduceAnswer {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly baseOffset: number
  readonly errorMessage: string | null
}
export interface ProduceOptions {
  /** 12 adds partitions to the transaction by itself; 9 wants that done before. */
  readonly version: 9 | 12
  readonly acks: -1 | 0 | 1
  readonly timeoutMs: number
  readonly transactionalId: string | null
}

const byTopic = (parts: readonly ProducePart[]): readonly (readonly [string, readonly ProducePart[]])[] => [
  ...Map.groupBy(parts, p => p.topic),
]

/** Produce: batches of several partitions that one broker leads. With acks 0 nothing comes back. */
export function produceCall(wire: Wire, parts: readonly ProducePart[], options: ProduceOptions): ApiCall<readonly ProduceAnswer[]> {
  const call = wire.call(
    { key: 0, version: options.version, name: 'Produce' },
    w => {
      w.appendString(options.transactionalId).appendInt16(options.acks).appendInt32(options.timeoutMs)
      w.appendArray([...byTopic(parts)], (t, [topic, own]) => {
        t.appendString(topic).appendArray([...own], (p, part) => p.appendInt32(part.partition).appendBytes(asBuffer(part.bytes)))
      })
      if (options.acks === 0) w.context.noResponse = true
    },
    r => {
      const topics = r.readArray(t => {
        const topic = t.readString()
        return t.readArray(p => {
          const partition = p.readInt32()
          const errorCode = p.readInt16()
          const baseOffset = Number(p.readInt64())
          p.readInt64()
          p.readInt64()
          p.readArray(e => [e.readInt32(), e.readNullableString()])
          return { topic, partition, errorCode, baseOffset, errorMessage: p.readNullableString() }
        })
      })
      r.readInt32()
      return topics.flat()
    },
  )
  return options.acks === 0 ? { ...call, noAnswer: true } : call
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
