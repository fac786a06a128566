import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isMillraceError, Session } from '../../src/index.ts'
import { committed, send } from '../../test/kafka/records.ts'
import { describeWith } from '../../test/support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../../test/support/services/kafka.ts'
import { kafkaWordCount } from './kafka-word-count.ts'
import { kafkaSettings, SparkSettings } from './spark-settings.ts'
import { aggMessages, parseMessages, turnstilesSchema, writeToStorage } from './turnstile-consumer.ts'

let dir: string
let session: Session
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-ported-'))
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
})
afterEach(async () => {
  await session.close()
  await rm(dir, { recursive: true, force: true })
})

describeWith('kafka', 'ported programs that need a broker', () => {
  test('the word count reads a topic as it reads files, ten offsets a batch', { timeout: 120_000 }, async () => {
    const broker = await kafka()
    const name = await createTopic(topic('invoices'))
    await send(name, ['To be, or not to be', ...Array.from({ length: 14 }, (_, i) => `line ${i},-`)])
    const opt = {
      bootstrapServer: broker.saslSsl,
      user: broker.username,
      password: broker.password,
      truststore: broker.stores.truststoreJks,
      truststorePassword: broker.storePassword,
    }
    const query = await kafkaWordCount(session, name, opt, join(dir, 'checkpoint'))
    await query.processAllAvailable()
    await query.stop()
    expect(query.recentProgress.map(p => p.numInputRows).filter(n => n > 0)).toEqual([10, 5])
    const counts = await (await session.table('kafka_word_count')).where("word IN ('be', 'line', '-')").orderBy('word').collect()
    expect(counts).toEqual([
      { word: 'be', count: 2n },
      { word: 'line', count: 14n },
    ])
  })

  test('the article’s settings class is one error with every verdict; what it means reads the topic, over TLS with a login', {
    timeout: 120_000,
  }, async () => {
    const broker = await kafka()
    const name = await createTopic(topic('mta-turnstile'))
    const file = join(dir, 'kafka.properties')
    const lines = [
      `bootstrap.servers=${broker.saslSsl}`,
      'security.protocol=SASL_SSL',
      'sasl.mechanism=PLAIN',
      `sasl.username=${broker.username}`,
      `sasl.password=${broker.password}`,
      `ssl.ca.location=${broker.stores.caPem}`,
    ]
    await writeFile(file, `# shared with the producer\n${lines.join('\n')}\n`)

    const { kafkaOptions } = new SparkSettings(file, name, 'spark_group', 'app1')
    const refused = await session.readStream
      .format('kafka')
      .options(kafkaOptions)
      .load()
      .schema()
      .catch((error: unknown) => error)
    if (!isMillraceError(refused, 'KAFKA_OPTIONS')) throw refused
    expect(refused.params.problems.length).toBe(9)
    expect(refused.message).not.toContain(broker.password)

    const message = (minute: number, entries: number, id: number): string =>
      `A002,R051,02-00-00,59 ST,NQR456W,BMT,09-23-23,16:0${minute}:00,REGULAR,${entries},10,${id},"2023-09-23 16:0${minute}:00"`
    await send(name, [message(1, 140, 1), message(2, 3, 2), message(9, 1, 3)])
    const group = `${name}-group`
    const stream = session.readStream
      .format('kafka')
      .options(kafkaSettings(file, name, group, 'app1'))
      .load()
    const messages = parseMessages(stream.selectExpr('CAST(value AS STRING) AS value'), turnstilesSchema)
    const query = await writeToStorage(aggMessages(messages, '1 minute', '1 minute'), join(dir, 'storage'), join(dir, 'checkpoint'))
    await query.processAllAvailable()
    await query.stop()
    const rows = await session.read.option('header', true).csv(join(dir, 'storage')).select('TIME', 'ENTRIES').orderBy('TIME').collect()
    expect(rows).toEqual([
      { TIME: '16:02:00', ENTRIES: '140' },
      { TIME: '16:03:00', ENTRIES: '3' },
    ])
    expect(await committed(group, name)).toEqual({ 0: 3 })
  })

  test('the article’s own sample message has eleven fields: the query ends, and the error shows it and its place in the topic', {
    timeout: 120_000,
  }, async () => {
    const name = await createTopic(topic('mta-turnstile'))
    await send(name, ['A001,R001,02-00-00,Test-Station,456NQR,BMT,09-23-23,REGULAR,16:54:00,140,153'])
    const options = { 'kafka.bootstrap.servers': (await kafka()).plaintext, subscribe: name, startingOffsets: 'earliest' }
    const stream = session.readStream.format('kafka').options(options).load()
    const messages = parseMessages(stream.selectExpr('CAST(value AS STRING) AS value'), turnstilesSchema)
    const query = await writeToStorage(messages, join(dir, 'storage'), join(dir, 'checkpoint'))
    const failed = await query.awaitTermination().catch((error: unknown) => error as Error)
    expect(String(failed)).toContain('Test-Station')
    expect(String(failed)).toContain(`at: ${name}-0, offset 0`)
  })
})
