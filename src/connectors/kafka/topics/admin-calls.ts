import type { ApiCall } from '../client/contract.ts'
import type { Reader, Wire } from '../producer/wire.ts'
import type { WantedTopic } from './topic-file.ts'

/** What a broker says about one topic of a request. */
export interface TopicAnswer {
  readonly topic: string
  readonly errorCode: number
  readonly message: string | null
}

const topicAnswer = (t: Reader): TopicAnswer => ({ topic: t.readString(), errorCode: t.readInt16(), message: t.readNullableString() })

/** -1 asks for the broker's default. */
export const createTopicsCall = (wire: Wire, topics: readonly WantedTopic[], timeoutMs: number): ApiCall<readonly TopicAnswer[]> =>
  wire.call(
    { key: 19, version: 5, name: 'CreateTopics' },
    w =>
      w
        .appendArray([...topics], (t, { name, partitions, replicas, config }) => {
          t.appendString(name)
            .appendInt32(partitions ?? -1)
            .appendInt16(replicas ?? -1)
            .appendArray([], () => {})
            .appendArray(Object.entries(config), (c, [key, value]) => c.appendString(key).appendString(value))
        })
        .appendInt32(timeoutMs)
        .appendBoolean(false),
    r => {
      r.readInt32()
      return r.readArray(t => {
        const answer = topicAnswer(t)
        t.readInt32()
        t.readInt16()
        t.readNullableArray(c => {
          c.readString()
          c.readNullableString()
          c.readBoolean()
          c.readInt8()
          c.readBoolean()
        })
        return answer
      })
    },
  )

export const createPartitionsCall = (wire: Wire, topic: string, count: number, timeoutMs: number): ApiCall<readonly TopicAnswer[]> =>
  wire.call(
    { key: 37, version: 2, name: 'CreatePartitions' },
    w =>
      w
        .appendArray([topic], (t, name) =>
          t
            .appendString(name)
            .appendInt32(count)
            .appendArray(null, () => {}),
        )
        .appendInt32(timeoutMs)
        .appendBoolean(false),
    r => {
      r.readInt32()
      return r.readArray(topicAnswer)
    },
  )

/** Resource type of a topic, and the operation that sets a value. */
const TOPIC = 2
const SET = 0

export const alterConfigCall = (wire: Wire, topic: string, config: Readonly<Record<string, string>>): ApiCall<readonly TopicAnswer[]> =>
  wire.call(
    { key: 44, version: 1, name: 'IncrementalAlterConfigs' },
    w =>
      w
        .appendArray([topic], (t, name) =>
          t
            .appendInt8(TOPIC)
            .appendString(name)
            .appendArray(Object.entries(config), (c, [key, value]) => c.appendString(key).appendInt8(SET).appendString(value)),
        )
        .appendBoolean(false),
    r => {
      r.readInt32()
      return r.readArray(t => {
        const errorCode = t.readInt16()
        const message = t.readNullableString()
        t.readInt8()
        return { topic: t.readString(), errorCode, message }
      })
    },
  )

export interface ConfigAnswer extends TopicAnswer {
  readonly config: Readonly<Record<string, string | null>>
}

export const describeConfigsCall = (wire: Wire, topics: readonly string[]): ApiCall<readonly ConfigAnswer[]> =>
  wire.call(
    { key: 32, version: 4, name: 'DescribeConfigs' },
    w =>
      w
        .appendArray([...topics], (t, name) =>
          t
            .appendInt8(TOPIC)
            .appendString(name)
            .appendArray(null, () => {}),
        )
        .appendBoolean(false)
        .appendBoolean(false),
    r => {
      r.readInt32()
      return r.readArray(t => {
        const errorCode = t.readInt16()
        const message = t.readNullableString()
        t.readInt8()
        const topic = t.readString()
        const entries = t.readArray(c => {
          const entry = [c.readString(), c.readNullableString()] as const
          c.readBoolean()
          c.readInt8()
          c.readBoolean()
          c.readArray(s => [s.readString(), s.readNullableString(), s.readInt8()])
          c.readInt8()
          c.readNullableString()
          return entry
        })
        return { topic, errorCode, message, config: Object.fromEntries(entries) }
      })
    },
  )
