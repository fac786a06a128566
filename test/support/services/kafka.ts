import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Admin } from '@platformatic/kafka'
import { type KafkaAddresses, kafkaService } from '../../../scripts/services/kafka.ts'
import { shared } from './shared.ts'

/** The broker of this test run. */
export const kafka = async (): Promise<KafkaAddresses> => (await shared(kafkaService)).addresses

/** A topic name that no other test has. */
export const topic = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`

export interface TopicOptions {
  /** Default 1. */
  readonly partitions?: number
  /** Topic settings by their Kafka names, e.g. `cleanup.policy`. */
  readonly config?: Readonly<Record<string, string>>
}

/** Makes a topic, waits until each partition has a leader, and gives the name back. */
export async function createTopic(name: string, options: TopicOptions = {}, bootstrap?: string): Promise<string> {
  const { partitions = 1, config = {} } = options
  await withAdmin(bootstrap, async admin => {
    const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }))
    await admin.createTopics({ topics: [name], partitions, replicas: 1, configs })
    await leadersOf(admin, name, partitions)
  })
  return name
}

export const deleteTopic = (name: string, bootstrap?: string): Promise<void> =>
  withAdmin(bootstrap, async admin => {
    await admin.deleteTopics({ topics: [name] })
  })

/** Adds partitions up to `count` and waits for their leaders. */
export const growTopic = (name: string, count: number, bootstrap?: string): Promise<void> =>
  withAdmin(bootstrap, async admin => {
    const found = await admin.metadata({ topics: [name], forceUpdate: true })
    const grown = count - found.topics.get(name)!.partitions.length
    // The client cannot say "wherever": the one node has number 1.
    const assignments = Array.from({ length: grown }, () => ({ brokerIds: [1] }))
    await admin.createPartitions({ topics: [{ name, count, assignments }] })
    await leadersOf(admin, name, count)
  })

async function withAdmin<T>(bootstrap: string | undefined, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'tests', bootstrapBrokers: [bootstrap ?? (await kafka()).plaintext], retries: 10, retryDelay: 100 })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

/** `createTopics` answers before the partitions have leaders: a plain send right after it may be doubled. */
async function leadersOf(admin: Admin, name: string, partitions: number): Promise<void> {
  for (;;) {
    const found = await admin.metadata({ topics: [name], forceUpdate: true }).catch(() => undefined)
    const leaders = found?.topics.get(name)?.partitions.filter(p => p.leader >= 0) ?? []
    if (leaders.length >= partitions) break
    await sleep(20)
  }
}
