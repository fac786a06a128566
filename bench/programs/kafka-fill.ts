/** Fills a new topic through our own encoder: `kafka-fill.ts BROKERS TOPIC json|turnstile ROWS PARTITIONS`; `empty` only makes the topic. */
import { randomFrom } from '../../examples/turnstiles/random.ts'
import { openKafkaClient } from '../../src/connectors/kafka/client/cluster.ts'
import { readKafkaOptions } from '../../src/connectors/kafka/options/read.ts'
import { openRecordProducer } from '../../src/connectors/kafka/producer/record-producer.ts'
import { createTopics } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { report } from './report.ts'

const [brokers = '', topic = '', kind = 'json', rows = '1000', partitions = '4'] = process.argv.slice(2)
const total = Number(rows)
const USERS = 100_000
const START = Date.UTC(2026, 0, 1)
/** Messages a minute of event time. */
const PER_MINUTE = 1_000_000
/** Records sent to one partition at a time: small, so that event time goes about evenly through all of them. */
const PIECE = 1_000

const random = randomFrom(1)
const at = (i: number): string => new Date(START + Math.floor((i * 60_000) / PER_MINUTE)).toISOString()
const user = (): string => `user-${String(Math.floor(random() * USERS)).padStart(7, '0')}`
const LINES: Readonly<Record<string, (i: number) => string>> = {
  /** 109 bytes. */
  json: i =>
    `{"user":"${user()}","at":"${at(i)}","amount":${(10 + random() * 89).toFixed(2)},"n":${10_000 + Math.floor(random() * 89_999)},"page":"/catalog/items/${1000 + (i % 9000)}"}`,
  turnstile: i =>
    `A002,R051,02-00-${String(i % 100).padStart(2, '0')},STATION ${i % 470},NQR456W,BMT,${at(i).slice(0, 19).replace('T', ' ')},REGULAR,${5_000_000 + (i % 100_000)},${1_700_000 + (i % 50_000)}`,
}

const yaml = { apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic', metadata: { name: topic }, spec: { partitions: Number(partitions) } }
await createTopics(JSON.stringify(yaml, undefined, 1), { bootstrapServers: brokers })
const { signal } = new AbortController()
const options = { 'kafka.bootstrap.servers': brokers, topic }
const settings = await readKafkaOptions({ options, platform: nodePlatform, warn: () => {} }, { side: 'sink', mode: 'batch' })
const client = await openKafkaClient(settings.config, nodePlatform)
const producer = await openRecordProducer(client, nodePlatform, { lingerMs: Number.POSITIVE_INFINITY, batchBytes: 512 * 1024 })
await producer.partitionsOf(topic, { signal })
const line = LINES[kind]
let bytes = 0
for (let from = 0; line && from < total; from += PIECE) {
  const n = Math.min(PIECE, total - from)
  const offsets = new Int32Array(n + 1)
  let text = ''
  for (let i = 0; i < n; i++) {
    text += line(from + i)
    offsets[i + 1] = text.length
  }
  bytes += text.length
  await producer.room({ signal })
  const value = { length: n, offsets, values: Buffer.from(text, 'latin1') }
  producer.send(topic, (from / PIECE) % Number(partitions), { length: n, value }, { signal }).catch((error: unknown) => {
    throw error
  })
}
await producer.flush({ signal })
await producer.close()
await client.close()
report({ rows: total, bytesEach: bytes / total })
