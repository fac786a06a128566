import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explode, expr, lower, Session, split } from '../../src/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../support/services/kafka.ts'
import { ownBroker } from '../support/services/own-broker.ts'
import { removeBelow, send, until } from './records.ts'

const thrown = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** A session and a directory for one story. */
async function story(tell: (session: Session, checkpoint: string) => Promise<void>): Promise<void> {
  const checkpoint = mkdtempSync(join(tmpdir(), 'millrace-kafka-story-'))
  const session = await Session.open()
  try {
    await tell(session, checkpoint)
  } finally {
    await session.close()
    rmSync(checkpoint, { recursive: true, force: true })
  }
}

describeWith('kafka', 'streams and batches over Kafka', () => {
  test('a record has the columns of Spark, and headers on request', () =>
    story(async session => {
      const name = await createTopic(topic('columns'), { partitions: 2 })
      await send(name, [
        { value: 'v', key: 'k', timestamp: 1_700_000_000_123, headers: { a: '1', b: '2' } },
        { value: null, key: 'gone', partition: 1, timestamp: 5 },
      ])
      const read = session.read
        .format('kafka')
        .option('kafka.bootstrap.servers', (await kafka()).plaintext)
        .option('subscribe', name)
      const rows = await read
        .load()
        .select(
          expr('CAST(key AS STRING) AS k'),
          expr('CAST(value AS STRING) AS v'),
          'topic',
          'partition',
          'offset',
          'timestampType',
          expr('unix_millis(timestamp) AS ms'),
        )
        .orderBy('partition')
        .collect()
      expect(rows).toEqual([
        { k: 'k', v: 'v', topic: name, partition: 0, offset: 0n, timestampType: 0, ms: 1_700_000_000_123n },
        { k: 'gone', v: null, topic: name, partition: 1, offset: 0n, timestampType: 0, ms: 5n },
      ])
      const headers = await read.option('includeHeaders', true).load().selectExpr('partition', 'headers').orderBy('partition').collect()
      const bytes = (text: string) => expect.objectContaining({ ...new TextEncoder().encode(text) })
      expect(headers).toEqual([
        {
          partition: 0,
          headers: [
            { key: 'a', value: bytes('1') },
            { key: 'b', value: bytes('2') },
          ],
        },
        { partition: 1, headers: null },
      ])
      // twice in one plan is one and the same range
      const twice = await read.load().union(read.load()).count()
      expect(twice).toBe(4)
    }))

  test('the word count of document 001, over SASL_SSL with SCRAM and a trust store, goes on after a restart', () =>
    story(async (session, checkpoint) => {
      const broker = await kafka()
      const name = await createTopic(topic('invoices'), { partitions: 2 })
      const jaas = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${broker.username}" password="${broker.password}";`
      const lines = session.readStream
        .format('kafka')
        .option('kafka.bootstrap.servers', broker.saslSsl)
        .option('kafka.security.protocol', 'SASL_SSL')
        .option('kafka.sasl.mechanism', 'SCRAM-SHA-256')
        .option('kafka.sasl.jaas.config', jaas)
        .option('subscribe', name)
        .option('kafka.ssl.truststore.type', 'jks')
        .option('kafka.ssl.endpoint.identification.algorithm', '')
        .option('kafka.ssl.truststore.location', broker.stores.truststoreJks)
        .option('kafka.ssl.truststore.password', broker.storePassword)
        .option('maxOffsetsPerTrigger', 10)
        .option('startingTimestamp', 0)
        .option('startingOffsetsByTimestampStrategy', 'latest')
        .load()
      const counts = lines
        .select(expr('CAST(value AS STRING) AS value'))
        .select(explode(split('value', '[ ,]')).as('word'))
        .select(lower('word').as('word'))
        .where(expr("regexp_like(word, '\\\\w')"))
        .groupBy('word')
        .count()
      const seen = new Map<string, bigint>()
      const run = async () => {
        const query = await counts.writeStream
          .outputMode('complete')
          .option('checkpointLocation', checkpoint)
          .trigger({ availableNow: true })
          .foreachBatch(async batch => {
            for (const row of await batch.collect()) seen.set(row.word as string, row.count as bigint)
          })
          .start()
        await query.awaitTermination()
        return query
      }
      await send(name, ['to be, or not', { value: 'TO BE', partition: 1 }])
      const first = await run()
      expect(Object.fromEntries(seen)).toEqual({ to: 2n, be: 2n, or: 1n, not: 1n })
      expect(JSON.stringify([first.recentProgress, first.warnings])).not.toContain(broker.password)
      expect(readFileSync(join(checkpoint, 'offsets/0'), 'utf8').split('\n')[2]).toBe(`{"${name}":{"0":1,"1":1}}`)
      const [source] = first.lastProgress!.sources
      expect(source).toMatchObject({
        description: `KafkaV2[Subscribe[${name}]]`,
        endOffset: { [name]: { 0: 1, 1: 1 } },
        latestOffset: { [name]: { 0: 1, 1: 1 } },
        metrics: { minOffsetsBehindLatest: '0', maxOffsetsBehindLatest: '0', avgOffsetsBehindLatest: '0.0' },
      })
      await send(name, ['be'])
      await run()
      expect(Object.fromEntries(seen)).toEqual({ to: 2n, be: 3n, or: 1n, not: 1n })
    }))

  test('a stream that waits sees records as they come, and processAllAvailable waits for every record that was there', () =>
    story(async session => {
      const name = await createTopic(topic('waits'), { partitions: 2 })
      const frame = session.readStream
        .format('kafka')
        .option('kafka.bootstrap.servers', (await kafka()).plaintext)
        .option('subscribe', name)
        .load()
      const query = await frame.select(expr('CAST(value AS STRING) AS value')).writeStream.format('memory').queryName('waits').start()
      for (let n = 0; n < 5; n++) {
        await send(name, [{ value: `${n}`, partition: n % 2 }])
        await query.processAllAvailable()
        expect(await session.table('waits').count()).toBe(n + 1)
      }
      await send(name, ['last'])
      await until(async () => (await session.table('waits').count()) === 6)
      await query.stop()
    }))

  test('lost records end the stream with Spark’s condition, or are a warning and the rest is read', () =>
    story(async (session, checkpoint) => {
      const name = await createTopic(topic('lost'))
      const { plaintext } = await kafka()
      const rows: string[] = []
      const start = (failOnDataLoss: boolean) =>
        session.readStream
          .format('kafka')
          .options({ 'kafka.bootstrap.servers': plaintext, subscribe: name, startingOffsets: 'earliest', failOnDataLoss })
          .load()
          .writeStream.option('checkpointLocation', checkpoint)
          .trigger({ availableNow: true })
          .foreachBatch(async batch => {
            rows.push(...(await batch.select(expr('CAST(value AS STRING) AS v')).collect()).map(row => row.v as string))
          })
          .start()
      await send(name, ['0'])
      await (await start(true)).awaitTermination()
      await send(name, ['1', '2'])
      await removeBelow(name, 0, 2)
      const strict = await start(true)
      expect(await thrown(strict.awaitTermination())).toMatchObject({
        condition: 'STREAM_FAILED',
        cause: { condition: 'KAFKA_DATA_LOSS.START_OFFSET_RESET', params: { offset: 1, fetchedOffset: 2 } },
      })
      const lax = await start(false)
      await lax.awaitTermination()
      expect(lax.warnings.map(w => w.code)).toContain('KAFKA_DATA_LOSS.START_OFFSET_RESET')
      expect(rows).toEqual(['0', '2'])
    }))

  test('mistakes are told before anything runs', () =>
    story(async session => {
      const { plaintext } = await kafka()
      const read = session.readStream.format('kafka').option('kafka.bootstrap.servers', plaintext)
      expect(await thrown(read.load().writeStream.format('noop').start())).toMatchObject({ condition: 'KAFKA_OPTIONS' })
      expect(await thrown(read.option('subscribe', 'no-such-topic').load().writeStream.format('noop').start())).toMatchObject({
        condition: 'KAFKA_TOPIC_NOT_FOUND',
      })
      const nobody = session.readStream
        .format('kafka')
        .option('kafka.bootstrap.servers', '127.0.0.1:1')
        .option('kafka.default.api.timeout.ms', 700)
        .option('subscribe', 'x')
      expect(await thrown(nobody.load().writeStream.format('noop').start())).toMatchObject({ condition: 'KAFKA_UNREACHABLE' })
    }))
})

describeWith('kafka', 'a broker that goes away', () => {
  test(
    'while the stream waits, and while it works: nothing is lost, nothing comes twice',
    () =>
      story(async session => {
        await using broker = await ownBroker()
        const bootstrap = broker.addresses.plaintext
        const name = await createTopic(topic('away'), { partitions: 2 }, bootstrap)
        const frame = session.readStream
          .format('kafka')
          .options({ 'kafka.bootstrap.servers': bootstrap, subscribe: name, startingOffsets: 'earliest', maxOffsetsPerTrigger: 100 })
          .load()
        const rows: string[] = []
        const query = await frame.writeStream
          .foreachBatch(async batch => {
            rows.push(...(await batch.select(expr('CAST(value AS STRING) AS v')).collect()).map(row => row.v as string))
          })
          .start()
        const part = (from: number) => Array.from({ length: 1000 }, (_, n) => ({ value: `${from + n}`, partition: n % 2 }))
        await send(name, part(0), bootstrap)
        await until(() => rows.length > 0)
        await broker.stop()
        await broker.start()
        await send(name, part(1000), bootstrap)
        await until(() => rows.length >= 2000)
        await broker.kill()
        await broker.start()
        await send(name, part(2000), bootstrap)
        await until(() => rows.length >= 3000)
        await query.processAllAvailable()
        await query.stop()
        expect(rows.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, n) => n))
      }),
    180_000,
  )
})
