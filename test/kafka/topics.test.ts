import { expect, test } from 'vitest'
import { readTopicFile } from '../../src/connectors/kafka/topics/topic-file.ts'
import { createTopics } from '../../src/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { kafka, topic } from '../support/services/kafka.ts'

const yaml = (name: string, spec: string) => `apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaTopic
metadata:
  name: ${name}
  labels:
    strimzi.io/cluster: my-cluster
spec:
${spec
  .trim()
  .split('\n')
  .map(line => `  ${line.trim()}`)
  .join('\n')}
`

describeWith('kafka', 'topics from Strimzi YAML', () => {
  test('missing ones are made, partitions added, settings set; run again nothing is left to do', async () => {
    const [a, b] = [topic('a'), topic('b')]
    const connection = { bootstrapServers: (await kafka()).plaintext }
    const both = `${yaml(a, 'partitions: 2\nreplicas: 1\nconfig: { retention.ms: 7200000, cleanup.policy: compact }')}---\n${yaml('other', `topicName: ${b}`)}`
    expect(await createTopics(both, connection)).toEqual([
      { topic: a, did: 'created' },
      { topic: b, did: 'created' },
    ])
    expect(await createTopics(both, connection)).toEqual([])
    const grown = yaml(a, 'partitions: 3\nconfig: { retention.ms: 3600000 }')
    expect(await createTopics(grown, connection)).toEqual([
      { topic: a, did: 'grown', from: 2, to: 3 },
      { topic: a, did: 'configured', config: { 'retention.ms': '3600000' } },
    ])
    expect(await createTopics(grown, connection)).toEqual([])
  })

  test('shrinking and moving replicas are refused, and then nothing at all is changed', async () => {
    const [a, b] = [topic('a'), topic('b')]
    const connection = { bootstrapServers: (await kafka()).plaintext }
    await createTopics(yaml(a, 'partitions: 2'), connection)
    const shrinking = `${yaml(b, 'partitions: 1')}---\n${yaml(a, 'partitions: 1')}`
    await expect(createTopics(shrinking, connection)).rejects.toMatchObject({
      condition: 'KAFKA_TOPIC_CHANGE',
      params: { topic: a, what: 'partitions', wanted: 1, actual: 2 },
    })
    await expect(createTopics(yaml(a, 'replicas: 2'), connection)).rejects.toMatchObject({
      params: { what: 'replicas', wanted: 2, actual: 1 },
    })
    expect(await createTopics(yaml(b, 'partitions: 1'), connection)).toEqual([{ topic: b, did: 'created' }])
  })

  test('what the broker refuses is told with its own words', async () => {
    const connection = { bootstrapServers: (await kafka()).plaintext }
    await expect(createTopics(yaml(topic('a'), 'config: { no.such.setting: 1 }'), connection)).rejects.toMatchObject({
      condition: 'KAFKA_TOPIC_CREATION_FAILED',
      params: { error: 'INVALID_CONFIG' },
    })
    await expect(createTopics(yaml(topic('a'), 'replicas: 3'), connection)).rejects.toMatchObject({
      params: { error: 'INVALID_REPLICATION_FACTOR' },
    })
  })
})

test.each([
  [yaml('a', 'partitions: many'), 8, 'partitions must be a whole number from 1 up, got "many"'],
  [yaml('a', 'partitions: 1\nretention: 5'), 9, 'spec has no "retention"; it takes topicName, partitions, replicas, config'],
  [yaml('a b', 'partitions: 1'), 4, '"a b" is no topic name: up to 249 letters, digits, dots, underscores and hyphens'],
  ['kind: Deployment\nmetadata: { name: a }', 1, 'kind must be KafkaTopic, got "Deployment"'],
  ['kind: KafkaTopic\nspec: {}', 1, 'metadata must be a mapping'],
  [yaml('a', 'config: { a: [1] }'), 8, 'config "a" must be text, a number or true/false'],
  [`${yaml('a', 'partitions: 1')}---\nkind: KafkaTopic\nmetadata: [`, 11, expect.any(String)],
])('a file that is wrong is told by its line: %#', (text, line, problem) => {
  expect(() => readTopicFile(text, 'topics.yaml')).toThrow(
    expect.objectContaining({ condition: 'KAFKA_TOPIC_FILE', params: { file: 'topics.yaml', line, problem } }),
  )
})
