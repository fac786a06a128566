import { Admin, Producer } from '@platformatic/kafka'
import { kafka } from '../support/services/kafka.ts'

/** One record to be put into a topic. */
export interface Sent {
  readonly value: string | null
  readonly key?: string
  readonly partition?: number
  /** Epoch milliseconds. */
  readonly timestamp?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Records of one request. */
const AT_ONCE = 5000

const bytes = (text: string | null | undefined): Buffer | undefined => (text === null || text === undefined ? undefined : Buffer.from(text))

/** Puts records there with a producer that is not ours; texts stand for records with that value. */
export async function send(topic: string, records: readonly (Sent | string)[], bootstrap?: string): Promise<void> {
  const producer = new Producer({ clientId: 'tests', bootstrapBrokers: [bootstrap ?? (await kafka()).plaintext], idempotent: true })
  try {
    const messages = records.map(record => {
      const { value, key, partition, timestamp, headers } = typeof record === 'string' ? ({ value: record } as Sent) : record
      return {
        topic,
        ...(value !== null && { value: bytes(value)! }),
        ...(key !== undefined && { key: bytes(key)! }),
        partition: partition ?? 0,
        ...(timestamp !== undefined && { timestamp: BigInt(timestamp) }),
        ...(headers && { headers: new Map(Object.entries(headers).map(([k, v]) => [bytes(k)!, bytes(v)!])) }),
      }
    })
    for (let i = 0; i < messages.length; i += AT_ONCE) await producer.send({ messages: messages.slice(i, i + AT_ONCE) })
  } finally {
    await producer.close()
  }
}

/** Asks the cluster something by the library's own admin client. */
export async function ask<T>(question: (admin: Admin) => Promise<T>, bootstrap?: string): Promise<T> {
  const admin = new Admin({ clientId: 'tests', bootstrapBrokers: [bootstrap ?? (await kafka()).plaintext], retries: 10, retryDelay: 100 })
  try {
    return await question(admin)
  } finally {
    await admin.close()
  }
}

/** Removes the records of a partition below `offset`, as retention would. */
export const removeBelow = (topic: string, partition: number, offset: number): Promise<unknown> =>
  ask(admin => admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(offset) }] }] } as never))

/** What a consumer group has committed for a topic, by partition. */
export async function committed(group: string, topic: string): Promise<Readonly<Record<number, number>>> {
  const [found] = await ask(admin => admin.listConsumerGroupOffsets({ groups: [group] }))
  const partitions = found?.topics.find(t => t.name === topic)?.partitions ?? []
  return Object.fromEntries(partitions.map(p => [p.partitionIndex, Number(p.committedOffset)]))
}

/** Waits until `ready` holds; the test's own time-out ends it. */
export async function until(ready: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await ready())) await new Promise(resolve => setTimeout(resolve, 20))
}
