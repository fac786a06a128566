import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { openRecordProducer } from '../../src/connectors/kafka/producer/record-producer.ts'
import { createProducer, type DeliveryReport } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { batchFromRows } from '../../src/types/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../support/services/kafka.ts'
import { ownBroker } from '../support/services/own-broker.ts'
import { COLUMNS, clientFor, mortal, signal, valuesIn } from './sinks.ts'

/** Loses the answer of the n-th Produce request: what was sent is there, and the producer does not know. */
function forgetful(client: Awaited<ReturnType<typeof clientFor>>, nth: number): typeof client {
  let seen = 0
  return new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown
      if (typeof member !== 'function') return member
      if (name !== 'send') return member.bind(target)
      const send: typeof client.send = async (broker, call, options) => {
        const answer = await target.send(broker, call, options)
        if (call.name === 'Produce' && ++seen === nth) throw target.brokerError(13)
        return answer
      }
      return send
    },
  })
}

describeWith('kafka', 'the producer', () => {
  test('each message is reported with where it lies; values go through their serializers', async () => {
    const { plaintext } = await kafka()
    const name = await createTopic(topic('reports'), { partitions: 3 })
    const reports: DeliveryReport<string | null>[] = []
    const producer = await createProducer<string | null, object | null>({
      topic: name,
      bootstrapServers: plaintext,
      valueSerializer: 'json',
      onDelivery: report => void reports.push(report),
    })
    await producer.send('abc', { n: 1 }, { headers: { from: 'test' }, timestamp: new Date(5) })
    await producer.send('abc', { n: 2 })
    await producer.send('gone', null)
    await producer.send(null, { n: 3 }, { partition: 2 })
    await producer.flush()
    const partition = (479470107 & 0x7fffffff) % 3
    expect(reports.filter(r => r.key === 'abc')).toEqual([
      { key: 'abc', topic: name, partition, offset: 0 },
      { key: 'abc', topic: name, partition, offset: 1 },
    ])
    expect(reports).toHaveLength(4)
    await producer.close()
    expect(producer.stopped.aborted).toBe(true)
    await expect(producer.send('late', {})).rejects.toMatchObject({ condition: 'KAFKA_PRODUCER_CLOSED' })
    expect(await valuesIn(plaintext, name)).toEqual(['null', '{"n":1}', '{"n":2}', '{"n":3}'].sort())
  })

  test('a message that fails is reported and the loop goes on', async () => {
    const { plaintext } = await kafka()
    const name = await createTopic(topic('fails'))
    const reports: DeliveryReport<string | null>[] = []
    const producer = await createProducer({ topic: name, bootstrapServers: plaintext, onDelivery: r => void reports.push(r) })
    await producer.send('too large', 'x'.repeat(2_000_000))
    await producer.send('nowhere', 'x', { partition: 7 })
    await producer.send('good', 'x')
    await producer.close()
    expect(reports.map(r => [r.key, (r.error as { condition?: string } | undefined)?.condition]).sort()).toEqual([
      ['good', undefined],
      ['nowhere', 'KAFKA_UNKNOWN_TOPIC_PARTITION'],
      ['too large', 'KAFKA_RECORD_TOO_LARGE'],
    ])
  })

  test('without onDelivery nothing fails in silence: flush rejects', async () => {
    const { plaintext } = await kafka()
    const producer = await createProducer({ topic: await createTopic(topic('silent')), bootstrapServers: plaintext })
    await producer.send('key', 'x'.repeat(2_000_000))
    await expect(producer.flush()).rejects.toMatchObject({ condition: 'KAFKA_RECORD_TOO_LARGE' })
    await expect(producer.send('key', {} as never)).rejects.toMatchObject({
      condition: 'KAFKA_SERIALIZER_FAILED',
      params: { part: 'value' },
    })
    await producer.close()
  })

  test('a broker that is not there is named within the time-out, a topic that does not exist at once', async () => {
    const { plaintext } = await kafka()
    const dead = { topic: 't', bootstrapServers: '127.0.0.1:1', 'kafka.default.api.timeout.ms': 400 }
    await expect(createProducer(dead)).rejects.toMatchObject({ condition: 'KAFKA_UNREACHABLE', params: { brokers: ['127.0.0.1:1'] } })
    await expect(createProducer({ topic: 'no-such-topic', bootstrapServers: plaintext })).rejects.toMatchObject({
      condition: 'KAFKA_TOPIC_NOT_FOUND',
    })
  })

  test.each([1, 2, 3])('an answer that is lost (request %i) leaves one copy, in order', async nth => {
    const { plaintext } = await kafka()
    const name = await createTopic(topic('lost'))
    const client = forgetful(await clientFor(plaintext), nth)
    const producer = await openRecordProducer(client, nodePlatform, { batchBytes: 2000, lingerMs: Number.POSITIVE_INFINITY })
    const values = Array.from({ length: 400 }, (_, i) => `${i}`.padStart(40, '0'))
    const { columns } = batchFromRows(
      COLUMNS,
      values.map(value => ({ key: 'k', value })),
    )
    const sent = producer.send(name, 0, { length: values.length, key: columns[0]!, value: columns[1]! }, { signal })
    await producer.flush({ signal })
    await expect(sent).resolves.toMatchObject({ topic: name, partition: 0 })
    await producer.close()
    await client.close()
    expect(await valuesIn(plaintext, name)).toEqual(values)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('on %s what waits is sent, and the process ends by itself', async stop => {
    const { plaintext } = await kafka()
    const name = await createTopic(topic('signal'))
    const program = `
      import { createProducer } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)}
      const producer = await createProducer({ topic: ${JSON.stringify(name)}, bootstrapServers: ${JSON.stringify(plaintext)}, 'kafka.linger.ms': 600000 })
      for (const n of [1, 2, 3]) await producer.send(null, 'v' + n)
      console.log('waiting')
      const alive = setInterval(() => {}, 1000)
      producer.stopped.addEventListener('abort', () => clearInterval(alive))
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => child.kill(stop))
    expect(await new Promise(done => child.on('close', (code, by) => done({ code, by })))).toEqual({ code: 0, by: null })
    expect(await valuesIn(plaintext, name)).toEqual(['v1', 'v2', 'v3'])
  })

  test('a process that dies rejects what waits, whoever asks', async () => {
    const { plaintext } = await kafka()
    const name = await createTopic(topic('dies'))
    const client = mortal(await clientFor(plaintext), { request: 'Produce', when: 'before' })
    const producer = await openRecordProducer(client, nodePlatform)
    await expect(producer.sendOne(name, 0, { key: null, value: new Uint8Array(1) }, { signal })).rejects.toThrow('the process is dead')
    await producer.close()
    await client.close()
  })

  test('a broker that is killed and comes back in the middle: everything is there once, in order', { timeout: 120_000 }, async () => {
    await using broker = await ownBroker()
    const bootstrap = broker.addresses.plaintext
    const name = await createTopic(topic('restart'), { partitions: 2 }, bootstrap)
    const reports: DeliveryReport<string | null>[] = []
    const producer = await createProducer({
      topic: name,
      bootstrapServers: bootstrap,
      'kafka.request.timeout.ms': 5000,
      onDelivery: report => void reports.push(report),
    })
    const values = Array.from({ length: 3000 }, (_, i) => `${i}`.padStart(6, '0'))
    for (const [i, value] of values.entries()) {
      await producer.send(null, value, { partition: i % 2 })
      if (i === 1000) {
        await producer.flush()
        await broker.kill()
      }
      if (i === 2000) await broker.start()
    }
    await producer.close()
    expect(reports.filter(r => r.error)).toEqual([])
    expect(reports).toHaveLength(3000)
    expect(await valuesIn(bootstrap, name)).toEqual(values)
  })

  test('a broker that stays away: each message is reported, naming it, within delivery.timeout.ms', { timeout: 120_000 }, async () => {
    await using broker = await ownBroker()
    const bootstrap = broker.addresses.plaintext
    const name = await createTopic(topic('away'), {}, bootstrap)
    const reports: DeliveryReport<string | null>[] = []
    const producer = await createProducer({
      topic: name,
      bootstrapServers: bootstrap,
      'kafka.delivery.timeout.ms': 1500,
      'kafka.request.timeout.ms': 1000,
      onDelivery: report => void reports.push(report),
    })
    await broker.kill()
    await producer.send('k', 'v')
    await producer.flush()
    expect(reports).toEqual([
      {
        error: expect.objectContaining({
          condition: 'KAFKA_DELIVERY_TIMEOUT',
          params: expect.objectContaining({ broker: bootstrap, topic: name }),
        }),
        key: 'k',
        topic: name,
      },
    ])
    await producer.close()
  })
})
