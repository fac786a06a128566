/**
 * Messages through Kafka, our map and Kafka again, from `send` to the consumer that reads them, both in this process and by one clock:
 * `kafka-latency.ts BROKERS harness|at-least-once|transactional full|os SECONDS [A_SECOND]`. `harness`: there and back without a map.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Admin, Consumer, Producer, stringDeserializer, stringSerializer } from '@platformatic/kafka'
import { quantile } from '../figure.ts'
import { report } from './report.ts'

const [brokers = '', kind = 'harness', sync = 'full', seconds = '20', aSecond = '1000'] = process.argv.slice(2)
const client = { clientId: 'bench', bootstrapBrokers: brokers.split(',') }
const run = `latency-${Date.now()}`
const from = `${run}-from`
const to = kind === 'harness' ? from : `${run}-to`
const WARM_UP = 3

const admin = new Admin(client)
await admin.createTopics({ topics: [...new Set([from, to])], partitions: 1, replicas: 1 })
// a new topic has no leader yet when it is made
for (const topic of [from, to]) {
  for (let tries = 0; tries < 100; tries++) {
    const there = await admin
      .listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }] })
      .catch(() => undefined)
    if (there) break
    await sleep(50)
  }
}
const map =
  kind === 'harness'
    ? undefined
    : spawn(process.execPath, [join(import.meta.dirname, 'kafka-map.ts'), brokers, from, to, kind, sync], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
let said = ''
map?.stdout.on('data', (text: Buffer) => {
  said += String(text)
})
if (map) await Promise.race([once(map.stdout, 'data'), once(map, 'exit').then(() => Promise.reject(new Error('the map ended')))])

const consumer = new Consumer({
  ...client,
  groupId: run,
  deserializers: { key: stringDeserializer, value: stringDeserializer, headerKey: stringDeserializer, headerValue: stringDeserializer },
  maxWaitTime: 500,
  minBytes: 1,
  isolationLevel: kind === 'transactional' ? 1 : 0,
})
const stream = await consumer.consume({ topics: [to], mode: 'earliest', autocommit: false })
const producer = new Producer({
  ...client,
  serializers: { key: stringSerializer, value: stringSerializer, headerKey: stringSerializer, headerValue: stringSerializer },
  acks: 1,
})

const began = performance.now()
const total = (Number(seconds) + WARM_UP) * Number(aSecond)
const late: number[] = []
let got = 0
let failed: unknown
const all = Promise.withResolvers<void>()
stream.on('data', message => {
  const { id, at } = JSON.parse(message.value as string) as { id: number; at: number }
  if (id >= WARM_UP * Number(aSecond)) late.push(performance.now() - at)
  if (++got === total) all.resolve()
})
for (let sent = 0; sent < total && failed === undefined; ) {
  const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * Number(aSecond)) + 1)
  const messages = []
  for (; sent < due; sent++) {
    messages.push({ topic: from, partition: 0, value: JSON.stringify({ id: sent, at: performance.now(), name: `user-${sent % 1000}` }) })
  }
  if (messages.length > 0) {
    producer.send({ messages }).catch(error => {
      failed = error
    })
  }
  await sleep(1)
}
if (failed) throw failed
await Promise.race([all.promise, sleep(10_000)])
await producer.close()
await stream.close()
await consumer.close(true)
await admin.deleteTopics({ topics: [...new Set([from, to])] })
await admin.close()
if (map) {
  map.kill('SIGTERM')
  await once(map, 'exit')
}
const phases = JSON.parse(
  said
    .trim()
    .split('\n')
    .find(line => line.startsWith('{')) ?? '{}',
) as Record<string, number>
report({ ...phases, missing: total - got, p50: quantile(late, 0.5), p99: quantile(late, 0.99), p10: quantile(late, 0.1) })
