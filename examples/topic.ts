import { createProducer, createTopics, isMillraceError, type TopicsConnection } from '../src/index.ts'

/** Makes a topic where the cluster does not have it, and says so; one that is there stays as it is. Without `partitions` the broker's preset. */
export async function makeTopic(name: string, connection: TopicsConnection, partitions?: number): Promise<void> {
  try {
    await (await createProducer({ topic: name, ...connection, onWarning: () => {} })).close()
  } catch (error) {
    if (!isMillraceError(error, 'KAFKA_TOPIC_NOT_FOUND')) throw error
    // JSON is YAML: the file that Strimzi takes, without a file.
    const topic = { kind: 'KafkaTopic', metadata: { name }, spec: partitions === undefined ? {} : { partitions } }
    await createTopics(JSON.stringify(topic, undefined, 1), connection)
    console.log(`topic ${name} made`)
  }
}
