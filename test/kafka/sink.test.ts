import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openSink } from '../../src/connectors/kafka/sink/open-sink.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { outputOf, sinkContract } from '../../src/testing/sink-contract.ts'
import { parseDdl } from '../../src/types/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../support/services/kafka.ts'
import { ask, until } from './records.ts'
import { COLUMNS, clientFor, type Death, mortal, older, rows, settled, transactionalSink, valuesIn, WRITE } from './sinks.ts'

async function contextOf(name: string | undefined, more: Readonly<Record<string, string>> = {}, queryId: string = randomUUID()) {
  return {
    platform: nodePlatform,
    options: { 'kafka.bootstrap.servers': (await kafka()).plaintext, ...(name !== undefined && { topic: name }), ...more },
    paths: [],
    conf: () => undefined,
    store: () => Promise.reject(new Error('not asked for')),
    warn: () => {},
    queryId,
    runId: 'run',
    partitionBy: [],
    outputMode: 'append',
    newCheckpoint: true,
    lastCommitted: -1,
  } as const
}

const SKIPPED = {
  'the same batch id twice leaves one copy': 'without transactions a batch that is written again is there twice',
  'also after a restart': 'without transactions a batch that is written again is there twice',
}

describeWith('kafka', 'the Kafka sink', () => {
  for (const transactional of [false, true]) {
    const cases = sinkContract({
      name: transactional ? 'kafka, transactional' : 'kafka',
      schema: COLUMNS,
      row: n => ({ key: `k${n}`, value: `v${n}` }),
      open: async () => {
        const name = await createTopic(topic('contract'), { partitions: 3 })
        const context = await contextOf(name, { transactional: String(transactional) })
        const read = async () => {
          await settled((await kafka()).plaintext, name)
          return (await valuesIn((await kafka()).plaintext, name)).map(value => ({ key: value.replace('v', 'k'), value }))
        }
        return { sink: await openSink(context), again: () => openSink(context), read }
      },
      ...(!transactional && { skip: SKIPPED }),
    })
    for (const c of cases) test.skipIf(c.skip)(c.name, c.run)
  }

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('rows arrive packed with %s', async codec => {
    const name = await createTopic(topic('codec'), { partitions: 2 })
    const sink = await openSink(await contextOf(name, { 'kafka.compression.type': codec }))
    const values = Array.from({ length: 3000 }, (_, i) => `value ${i}`)
    await sink.write(0, rows(...values), WRITE)
    await sink.close()
    expect(await valuesIn((await kafka()).plaintext, name)).toEqual(values.sort())
  })

  test.each(['0', '1', 'all'])('rows arrive with acks %s', async acks => {
    const name = await createTopic(topic('acks'), { partitions: 2 })
    const sink = await openSink(await contextOf(name, { 'kafka.acks': acks, 'kafka.enable.idempotence': String(acks === 'all') }))
    const values = Array.from({ length: 3000 }, (_, i) => `value ${i}`)
    await sink.write(0, rows(...values), WRITE)
    await sink.close()
    const arrived = async (): Promise<string[]> => valuesIn((await kafka()).plaintext, name)
    // With 0 nobody says when they are there.
    if (acks === '0') await until(async () => (await arrived()).length >= values.length)
    expect(await arrived()).toEqual(values.sort())
  })

  test('each row may name its topic, its partition and its headers', async () => {
    const [a, b] = [await createTopic(topic('one'), { partitions: 2 }), await createTopic(topic('two'))]
    const schema = parseDdl('value string, topic string, partition int, headers array<struct<key: string, value: binary>>')
    const sink = await openSink(await contextOf(undefined))
    const headers = [{ key: 'h', value: new TextEncoder().encode('x') }]
    await sink.write(
      0,
      outputOf(schema, [
        { value: '1', topic: a, partition: 1, headers },
        { value: '2', topic: b },
        { value: '3', topic: a, partition: 0 },
      ]),
      WRITE,
    )
    const at = (await kafka()).plaintext
    expect([await valuesIn(at, a), await valuesIn(at, b)]).toEqual([['1', '3'], ['2']])
    const wrong = (row: object) => sink.write(1, outputOf(schema, [row]), WRITE)
    await expect(wrong({ value: '1' })).rejects.toMatchObject({ condition: 'KAFKA_NULL_TOPIC_IN_DATA', params: { row: 0 } })
    await expect(wrong({ value: '1', topic: a, partition: 2 })).rejects.toMatchObject({ condition: 'KAFKA_UNKNOWN_TOPIC_PARTITION' })
    await sink.close()
  })

  test.each([
    ['v string', 't', 'KAFKA_SINK_NO_VALUE'],
    ['value int', 't', 'KAFKA_SINK_COLUMN_TYPE'],
    ['value string, key int', 't', 'KAFKA_SINK_COLUMN_TYPE'],
    ['value string, partition bigint', 't', 'KAFKA_SINK_COLUMN_TYPE'],
    ['value string, headers array<string>', 't', 'KAFKA_SINK_COLUMN_TYPE'],
    ['value string', undefined, 'KAFKA_SINK_NO_TOPIC'],
  ])('columns %s with topic %s are refused before anything runs: %s', async (ddl, name, condition) => {
    await expect(openSink({ ...(await contextOf(name)), schema: parseDdl(ddl) })).rejects.toMatchObject({ condition })
  })

  test('a topic that does not exist is named when the query starts', async () => {
    await expect(openSink(await contextOf('no-such-topic'))).rejects.toMatchObject({
      condition: 'KAFKA_TOPIC_NOT_FOUND',
      params: { topics: ['no-such-topic'] },
    })
  })

  test('a record larger than a request may be is refused with its size and the setting; one larger than the topic takes, likewise', async () => {
    const name = await createTopic(topic('large'), { config: { 'max.message.bytes': '20000' } })
    const sink = await openSink(await contextOf(name, { 'kafka.max.request.size': '100000' }))
    await expect(sink.write(0, rows('x'.repeat(200_000)), WRITE)).rejects.toMatchObject({
      condition: 'KAFKA_RECORD_TOO_LARGE',
      params: { limit: 'kafka.max.request.size (100000 bytes)', bytes: expect.any(Number) },
    })
    await expect(sink.write(0, rows('y'.repeat(30_000)), WRITE)).rejects.toMatchObject({
      condition: 'KAFKA_RECORD_TOO_LARGE',
      params: { limit: `max.message.bytes of topic "${name}"` },
    })
    // Small records in a batch that is too large for the topic: the batch is split, nothing is lost, the order holds.
    const values = Array.from({ length: 900 }, (_, i) => `${i}`.padStart(100, '0'))
    await sink.write(1, rows(...values), WRITE)
    await sink.close()
    expect(await valuesIn((await kafka()).plaintext, name)).toEqual(values)
  })
})

const DEATHS: readonly Death[] = ['InitProducerId', 'OffsetFetch', 'Produce', 'TxnOffsetCommit', 'EndTxn'].flatMap(request => [
  { request, when: 'before' as const },
  { request, when: 'after' as const },
])

describeWith('kafka', 'a transactional Kafka sink', () => {
  test.each(DEATHS)('the process dies $when $request: written again, the batch is there once', async death => {
    const bootstrap = (await kafka()).plaintext
    const name = await createTopic(topic('deaths'), { partitions: 3 })
    const queryId = randomUUID()
    const first = await transactionalSink({ bootstrap, topic: name, queryId })
    await first.write(0, rows('a', 'b', 'c', 'd'), WRITE)
    await first.close()
    const client = mortal(await clientFor(bootstrap), death)
    const doomed = async () =>
      (await transactionalSink({ bootstrap, topic: name, queryId, client })).write(1, rows('e', 'f', 'g', 'h'), WRITE)
    await expect(doomed()).rejects.toThrow('the process is dead')
    const again = await transactionalSink({ bootstrap, topic: name, queryId })
    await again.write(1, rows('e', 'f', 'g', 'h'), WRITE)
    await again.write(2, rows('i'), WRITE)
    await again.close()
    expect(await valuesIn(bootstrap, name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
  })

  test.each(DEATHS)('with a cluster that has no transaction.version 2: the process dies $when $request', async death => {
    const bootstrap = (await kafka()).plaintext
    const name = await createTopic(topic('older'), { partitions: 2 })
    const queryId = randomUUID()
    const open = async (client = clientFor(bootstrap)) =>
      transactionalSink({ bootstrap, topic: name, queryId, client: older(await client) })
    const first = await open()
    await first.write(0, rows('a', 'b'), WRITE)
    await first.write(1, rows('c', 'd'), WRITE)
    await first.close()
    const doomed = async () => (await open(clientFor(bootstrap).then(client => mortal(client, death)))).write(2, rows('e', 'f'), WRITE)
    await expect(doomed()).rejects.toThrow('the process is dead')
    const again = await open()
    await again.write(2, rows('e', 'f'), WRITE)
    await again.close()
    expect(await valuesIn(bootstrap, name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('when the group’s offsets have expired, the batch’s own records tell that it was committed', async () => {
    const bootstrap = (await kafka()).plaintext
    const name = await createTopic(topic('expired'), { partitions: 2 })
    const queryId = randomUUID()
    const since = Date.now()
    const first = await transactionalSink({ bootstrap, topic: name, queryId })
    await first.write(0, rows('a', 'b', 'c'), WRITE)
    await first.close()
    await forgetGroup(`millrace-${queryId}`)
    const again = await transactionalSink({ bootstrap, topic: name, queryId, uncommitted: { last: 0, since } })
    await again.write(0, rows('a', 'b', 'c'), WRITE)
    await again.write(1, rows('d'), WRITE)
    await again.close()
    expect(await valuesIn(bootstrap, name)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('two processes on one checkpoint: the one that opened later writes, the other is told to stop and stays stopped', async () => {
    const bootstrap = (await kafka()).plaintext
    const name = await createTopic(topic('zombie'))
    const queryId = randomUUID()
    const zombie = await transactionalSink({ bootstrap, topic: name, queryId })
    await zombie.write(0, rows('a'), WRITE)
    const owner = await transactionalSink({ bootstrap, topic: name, queryId })
    await expect(zombie.write(1, rows('from the zombie'), WRITE)).rejects.toMatchObject({
      condition: 'KAFKA_PRODUCER_FENCED',
      params: { transactionalId: `millrace-${queryId}-0` },
    })
    await expect(zombie.write(1, rows('from the zombie'), WRITE)).rejects.toMatchObject({ condition: 'KAFKA_PRODUCER_FENCED' })
    await owner.write(1, rows('b'), WRITE)
    await Promise.all([zombie.close(), owner.close()])
    expect(await valuesIn(bootstrap, name)).toEqual(['a', 'b'])
  })

  test('a batch that fails half-way leaves nothing for readers, and readers do not wait for it', async () => {
    const bootstrap = (await kafka()).plaintext
    const name = await createTopic(topic('half'), { partitions: 2 })
    const queryId = randomUUID()
    const sink = await transactionalSink({ bootstrap, topic: name, queryId })
    const half = {
      ...rows('a', 'b'),
      async *batches() {
        yield* rows('a', 'b').batches()
        throw new Error('the disk is gone')
      },
    }
    await expect(sink.write(0, half, WRITE)).rejects.toThrow('the disk is gone')
    await sink.write(0, rows('a', 'b'), WRITE)
    await sink.close()
    expect(await valuesIn(bootstrap, name)).toEqual(['a', 'b'])
    expect(await valuesIn(bootstrap, name, 'read_uncommitted')).toEqual(expect.arrayContaining(['a', 'b']))
  })

  test('a batch id that is committed is not written again, and a batch without rows opens no transaction', async () => {
    const bootstrap = (await kafka()).plaintext
    const name = await createTopic(topic('twice'))
    const sink = await transactionalSink({ bootstrap, topic: name, queryId: randomUUID() })
    await sink.write(3, rows('a'), WRITE)
    await sink.write(3, rows('a'), WRITE)
    await sink.write(4, rows(), WRITE)
    await sink.write(5, rows('b'), WRITE)
    await sink.close()
    expect(await valuesIn(bootstrap, name, 'read_uncommitted')).toEqual(['a', 'b'])
  })
})

/** As the broker does seven days after the last commit. */
async function forgetGroup(group: string): Promise<void> {
  await ask(admin => admin.deleteGroups({ groups: [group] }))
}
