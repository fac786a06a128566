import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Consumer } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { Session } from '../../src/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, deleteTopic, growTopic, kafka, topic } from '../support/services/kafka.ts'
import { openSource, place, plan, planUntil, rows, scanned, values } from './open-source.ts'
import { committed, removeBelow, send, until } from './records.ts'

const EARLIEST = { startingOffsets: 'earliest' }
/** So that a test need not wait for the next look at the topics. */
const WATCHFUL = { 'kafka.metadata.max.age.ms': '100' }
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describeWith('kafka', 'where a Kafka stream begins', () => {
  test('at the end, unless told otherwise; and where it began is kept as Spark keeps it', async () => {
    const name = await createTopic(topic('begin'), { partitions: 2 })
    await send(name, ['old'])
    const checkpoint = place()
    const { source } = await openSource({ subscribe: name }, { checkpoint })
    expect(readFileSync(join(checkpoint, 'sources/0/0'), 'utf8')).toBe(`\0v1\n{"${name}":{"0":1,"1":0}}`)
    // Spark's first batch is there without records too
    const first = (await plan(source, null)).end!
    expect(first).toBe(`{"${name}":{"0":1,"1":0}}`)
    await send(name, ['new'])
    const { end } = await plan(source, first)
    expect(await values(source, first, end!)).toEqual(['new'])
    await source.close()
    // startingOffsets counts once
    const again = await openSource({ subscribe: name, ...EARLIEST }, { checkpoint })
    expect(await values(again.source, null, (await plan(again.source, null)).end!)).toEqual(['new'])
  })

  test('at the first record; -2, -1 and offsets; at a time', async () => {
    const name = await createTopic(topic('begin'), { partitions: 2 })
    await send(
      name,
      [0, 1, 2].flatMap(n => [
        { value: `a${n}`, timestamp: 1000 * (n + 1) },
        { value: `b${n}`, partition: 1, timestamp: 5000 * (n + 1) },
      ]),
    )
    const read = async (options: Readonly<Record<string, string>>) => {
      const { source } = await openSource({ subscribe: name, ...options })
      const found = await values(source, null, (await plan(source, null)).end!)
      await source.close()
      return [...found].sort()
    }
    expect(await read(EARLIEST)).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2'])
    expect(await read({ startingOffsets: `{"${name}":{"0":-2,"1":2}}` })).toEqual(['a0', 'a1', 'a2', 'b2'])
    expect(await read({ startingOffsets: `{"${name}":{"0":-1,"1":1}}` })).toEqual(['b1', 'b2'])
    expect(await read({ startingTimestamp: '3000' })).toEqual(['a2', 'b0', 'b1', 'b2'])
    expect(await read({ startingTimestamp: '0', ...EARLIEST })).toHaveLength(6)
    expect(await read({ startingOffsetsByTimestamp: `{"${name}":{"0":1500,"1":10000}}`, startingOffsets: 'latest' })).toEqual([
      'a1',
      'a2',
      'b1',
      'b2',
    ])
    const late = { startingTimestamp: '3001' }
    expect(await thrown(openSource({ subscribe: name, ...late }))).toMatchObject({
      condition: 'KAFKA_NO_OFFSET_FOR_TIMESTAMP',
      params: { topicPartition: `${name}-0`, timestamp: 3001 },
    })
    expect(await read({ ...late, startingOffsetsByTimestampStrategy: 'latest' })).toEqual(['b0', 'b1', 'b2'])
  })

  test('JSON must name exactly the partitions that are read', async () => {
    const name = await createTopic(topic('begin'), { partitions: 2 })
    expect(await thrown(openSource({ subscribe: name, startingOffsets: `{"${name}":{"0":1,"7":2}}` }))).toMatchObject({
      condition: 'KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED',
      params: { option: 'startingOffsets', missing: [`${name}-1`], surplus: [`${name}-7`] },
    })
    expect(await thrown(openSource({ subscribe: name, startingOffsetsByTimestamp: `{"${name}":{"0":1}}` }))).toMatchObject({
      condition: 'KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED',
      params: { missing: [`${name}-1`] },
    })
  })

  test('a checkpoint that Spark made is gone on with', async () => {
    const name = await createTopic(topic('spark'), { partitions: 3 })
    await send(name, ['0', '1', '2', { value: 'x', partition: 2 }])
    const checkpoint = place()
    mkdirSync(join(checkpoint, 'sources/0'), { recursive: true })
    const initial = `{"${name}":{"2":0,"1":0,"0":1}}`
    writeFileSync(join(checkpoint, 'sources/0/0'), `\0v1\n${initial}`)
    const { source } = await openSource({ subscribe: name }, { checkpoint })
    expect([...(await values(source, null, (await plan(source, null)).end!))].sort()).toEqual(['1', '2', 'x'])
    // its offsets are the same offsets, in whatever order they were written
    const end = `{"${name}":{"2":1,"1":0,"0":3}}`
    expect((await plan(source, end)).end).toBe(end)
    await source.close()
    // Spark 2.1 wrote no version
    writeFileSync(join(checkpoint, 'sources/0/0'), `\0${initial}`)
    expect((await openSource({ subscribe: name }, { checkpoint })).source.description).toBe(`KafkaV2[Subscribe[${name}]]`)
  })
})

describeWith('kafka', 'which partitions a Kafka stream reads', () => {
  test('those of topics by pattern, also of topics that come later', async () => {
    const prefix = topic('pattern')
    const { source, warnings } = await openSource({ subscribePattern: `^${prefix}-\\p{Lower}+$`, ...WATCHFUL })
    expect(warnings.map(w => w.code)).toEqual(['KAFKA_PATTERN_FINDS_NOTHING'])
    expect(await plan(source, null)).toEqual({ end: null, latest: null })
    const heard = source.changed({ signal: new AbortController().signal })
    await createTopic(`${prefix}-a`)
    await send(`${prefix}-a`, ['a'])
    await createTopic(`${prefix}-1`)
    await heard
    const first = (await plan(source, null)).end!
    expect(first).toBe(`{"${prefix}-a":{"0":1}}`)
    await createTopic(`${prefix}-b`)
    await send(`${prefix}-b`, ['b'])
    const end = await planUntil(source, first, offset => offset !== first)
    expect(await values(source, first, end)).toEqual(['b'])
  })

  test('those that are assigned', async () => {
    const name = await createTopic(topic('assign'), { partitions: 3 })
    await send(
      name,
      [0, 1, 2].map(partition => ({ value: `${partition}`, partition })),
    )
    const { source } = await openSource({ assign: `{"${name}":[0,2]}`, ...EARLIEST })
    expect(source.description).toBe(`KafkaV2[Assign[${name}-0, ${name}-2]]`)
    expect(await values(source, null, (await plan(source, null)).end!)).toEqual(['0', '2'])
    expect(await thrown(openSource({ assign: `{"${name}":[2,5]}` }))).toMatchObject({
      condition: 'KAFKA_PARTITION_NOT_FOUND',
      params: { partitions: [`${name}-5`] },
    })
  })

  test('partitions that are added are read from their first record, also by a stream that began at the end', async () => {
    const name = await createTopic(topic('grow'))
    const { source } = await openSource({ subscribe: name, ...WATCHFUL })
    const first = (await plan(source, null)).end!
    await growTopic(name, 3)
    await send(name, [{ value: 'early', partition: 2 }])
    const end = await planUntil(source, first, offset => offset.includes('"2":1'))
    expect(end).toBe(`{"${name}":{"0":0,"1":0,"2":1}}`)
    expect(await values(source, first, end)).toEqual(['early'])
  })

  test('a topic that is not there ends it before it begins, with the name that was meant', async () => {
    const name = await createTopic(topic('clicks'))
    expect(await thrown(openSource({ subscribe: name.replace('clicks', 'clikcs') }))).toMatchObject({
      condition: 'KAFKA_TOPIC_NOT_FOUND',
      message: expect.stringContaining(`did you mean "${name}"`),
    })
  })

  test('a topic that is not read any more is no loss but a mistake', async () => {
    const [a, b] = [await createTopic(topic('a')), await createTopic(topic('b'))]
    const checkpoint = place()
    const { source } = await openSource({ subscribe: `${a},${b}` }, { checkpoint })
    await source.close()
    const fewer = await openSource({ subscribe: b }, { checkpoint })
    expect(await thrown(plan(fewer.source, null))).toMatchObject({
      condition: 'KAFKA_SUBSCRIPTION_CHANGED',
      params: { partitions: [`${a}-0`] },
    })
  })
})

describeWith('kafka', 'records that are lost', () => {
  test('removed ones end the stream, or are passed over with a warning', async () => {
    const name = await createTopic(topic('loss'))
    await send(name, ['0', '1', '2', '3'])
    const [strict, lax] = [
      await openSource({ subscribe: name, ...EARLIEST }),
      await openSource({ subscribe: name, ...EARLIEST, failOnDataLoss: 'false' }),
    ]
    const end = `{"${name}":{"0":4}}`
    await removeBelow(name, 0, 2)
    expect(await thrown(values(strict.source, null, end))).toMatchObject({
      condition: 'KAFKA_DATA_LOSS.START_OFFSET_RESET',
      params: { topicPartition: `${name}-0`, offset: 0, fetchedOffset: 2 },
    })
    expect(await values(lax.source, null, end)).toEqual(['2', '3'])
    expect(lax.warnings.map(w => w.code)).toEqual(['KAFKA_DATA_LOSS.START_OFFSET_RESET'])
  })

  test('a start behind the end of a partition is noticed', async () => {
    const name = await createTopic(topic('loss'))
    await send(name, ['0', '1'])
    const far = { subscribe: name, startingOffsets: `{"${name}":{"0":9}}` }
    expect(
      await thrown((await openSource(far)).source.plan(null, { kind: 'default' }, { signal: new AbortController().signal })),
    ).toMatchObject({
      condition: 'KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED',
      params: { topicPartition: `${name}-0`, prevOffset: 9, newOffset: 2 },
    })
    const lax = await openSource({ ...far, failOnDataLoss: 'false' })
    const { end } = await plan(lax.source, null)
    expect(end).toBe(`{"${name}":{"0":2}}`)
    expect(await values(lax.source, null, end!)).toEqual([])
    await send(name, ['2'])
    expect(await values(lax.source, end, (await plan(lax.source, end)).end!)).toEqual(['2'])
  })

  test('a topic that was deleted ends the stream, or is left out', async () => {
    const [gone, left] = [await createTopic(topic('gone')), await createTopic(topic('left'))]
    const options = { subscribe: `${gone},${left}`, ...EARLIEST, ...WATCHFUL }
    const [strict, lax] = [await openSource(options), await openSource({ ...options, failOnDataLoss: 'false' })]
    const first = (await plan(strict.source, null)).end!
    await plan(lax.source, null)
    await deleteTopic(gone)
    expect(await thrown(planUntil(strict.source, first, () => false))).toMatchObject({
      condition: 'KAFKA_DATA_LOSS.PARTITIONS_DELETED',
      params: { partitions: [`${gone}-0`] },
    })
    const end = await planUntil(lax.source, first, offset => offset !== first)
    expect(end).toBe(`{"${left}":{"0":0}}`)
    expect(await values(lax.source, first, end)).toEqual([])
    expect(lax.warnings.map(w => w.code)).toContain('KAFKA_DATA_LOSS.PARTITIONS_DELETED')
  })

  test('a topic that was made again is another topic, also when its offsets would fit, and a rerun reads the same of it', async () => {
    const name = await createTopic(topic('again'))
    await send(name, ['old 0', 'old 1'])
    const [strictly, laxly] = [place(), place()]
    const first = `{"${name}":{"0":2}}`
    for (const [checkpoint, failOnDataLoss] of [
      [strictly, 'true'],
      [laxly, 'false'],
    ] as const) {
      const { source } = await openSource({ subscribe: name, ...EARLIEST, failOnDataLoss }, { checkpoint })
      expect((await plan(source, null)).end).toBe(first)
      await source.close()
    }
    await deleteTopic(name)
    await createTopic(name)
    await send(name, ['new 0', 'new 1', 'new 2'])

    const strict = await openSource({ subscribe: name }, { checkpoint: strictly })
    expect(await thrown(plan(strict.source, first))).toMatchObject({
      condition: 'KAFKA_DATA_LOSS.TOPIC_RECREATED',
      params: { topic: name },
    })

    const lax = await openSource({ subscribe: name, failOnDataLoss: 'false' }, { checkpoint: laxly })
    const { end } = await plan(lax.source, first)
    expect(await values(lax.source, first, end!)).toEqual(['new 0', 'new 1', 'new 2'])
    expect(lax.warnings.map(w => w.code)).toEqual(['KAFKA_DATA_LOSS.TOPIC_RECREATED'])
    await lax.source.close()
    const rerun = await openSource({ subscribe: name, failOnDataLoss: 'false' }, { checkpoint: laxly })
    expect(await values(rerun.source, first, end!)).toEqual(['new 0', 'new 1', 'new 2'])
    await send(name, ['new 3'])
    expect(await values(rerun.source, end, (await plan(rerun.source, end)).end!)).toEqual(['new 3'])
  })
})

describeWith('kafka', 'how much a batch of a Kafka stream takes', () => {
  test('at most maxOffsetsPerTrigger, shared out by backlog', async () => {
    const name = await createTopic(topic('limit'), { partitions: 2 })
    await send(
      name,
      Array.from({ length: 40 }, (_, n) => ({ value: `${n}`, partition: n < 30 ? 0 : 1 })),
    )
    const { source } = await openSource({ subscribe: name, ...EARLIEST, maxOffsetsPerTrigger: '8' })
    const first = await plan(source, null)
    expect(first).toEqual({ end: `{"${name}":{"0":6,"1":2}}`, latest: `{"${name}":{"0":30,"1":10}}` })
    expect(source.metrics!()).toEqual({
      minOffsetsBehindLatest: '8',
      maxOffsetsBehindLatest: '24',
      avgOffsetsBehindLatest: '16.0',
      [`offsetsBehindLatest.${name}-0`]: '24',
      [`offsetsBehindLatest.${name}-1`]: '8',
    })
    const all = await source.plan(first.end, { kind: 'none' }, { signal: new AbortController().signal })
    expect(all.end).toBe(`{"${name}":{"0":30,"1":10}}`)
  })

  test('at least minOffsetsPerTrigger, unless it waits for maxTriggerDelay', async () => {
    const name = await createTopic(topic('limit'))
    const options = { subscribe: name, ...EARLIEST, minOffsetsPerTrigger: '3' }
    const [patient, hasty] = [await openSource(options), await openSource({ ...options, maxTriggerDelay: '300ms' })]
    await send(name, ['0'])
    for (const { source } of [patient, hasty]) {
      // the first trigger never waits
      const first = (await plan(source, null)).end!
      expect(first).toBe(`{"${name}":{"0":1}}`)
    }
    const first = `{"${name}":{"0":1}}`
    await send(name, ['1'])
    expect((await plan(patient.source, first)).end).toBe(first)
    const [enough, late] = [patient, hasty].map(({ source }) => source.changed({ signal: new AbortController().signal }))
    await late
    await planUntil(hasty.source, first, offset => offset === `{"${name}":{"0":2}}`)
    await send(name, ['2', '3'])
    await enough
    expect((await plan(patient.source, first)).end).toBe(`{"${name}":{"0":4}}`)
  })

  test('about a slice of memory without a limit, everything without extensions', async () => {
    const name = await createTopic(topic('limit'))
    const value = 'x'.repeat(100)
    await send(
      name,
      Array.from({ length: 20_000 }, () => value),
    )
    const slices = await openSource({ subscribe: name, ...EARLIEST })
    const first = (await plan(slices.source, null)).end!
    expect(first).toBe(`{"${name}":{"0":16384}}`)
    expect(await rows(slices.source, null, first)).toHaveLength(16_384)
    // sizes are known now, and a slice holds far more
    await slices.source.close()
    const spark = await openSource({ subscribe: name, ...EARLIEST }, { conf: { 'millrace.extensions': 'false' } })
    expect((await plan(spark.source, null)).end).toBe(`{"${name}":{"0":20000}}`)
  })
})

describeWith('kafka', 'offsets of a consumer group', () => {
  test('are committed on request, also the last ones before the stream is closed', async () => {
    const name = await createTopic(topic('group'), { partitions: 2 })
    await send(name, ['0', { value: '1', partition: 1 }, '2'])
    const group = topic('readers')
    const { source, warnings } = await openSource({ subscribe: name, ...EARLIEST, commitGroup: group })
    const first = (await plan(source, null)).end!
    // the next one may be planned before the first is over
    await plan(source, first)
    expect(await committed(group, name)).toEqual({})
    source.committed!(first)
    await until(async () => (await committed(group, name))[0] === 2)
    expect(await committed(group, name)).toEqual({ 0: 2, 1: 1 })
    await send(name, ['3'])
    const second = (await plan(source, first)).end!
    source.committed!(second)
    await source.close()
    expect(await committed(group, name)).toEqual({ 0: 3, 1: 1 })
    expect(warnings).toEqual([])
  })
})

describeWith('kafka', 'a query that ends by itself', () => {
  for (const trigger of [{ once: true }, { availableNow: true }] as const) {
    test(`has told the group of its last batch: ${Object.keys(trigger)}`, async () => {
      const name = await createTopic(topic('group'))
      await send(name, ['0', '1', '2'])
      const group = topic('readers')
      await using session = await Session.open()
      const query = await session.readStream
        .format('kafka')
        .options({
          'kafka.bootstrap.servers': (await kafka()).plaintext,
          subscribe: name,
          ...EARLIEST,
          commitGroup: group,
          maxOffsetsPerTrigger: 2,
        })
        .load()
        .writeStream.format('noop')
        .trigger(trigger)
        .start()
      await query.awaitTermination()
      expect(await committed(group, name)).toEqual({ 0: 3 })
    })
  }
})

describeWith('kafka', 'kafka.group.id', () => {
  test('joins no group, which is said', async () => {
    const name = await createTopic(topic('group'))
    const { warnings } = await openSource({ subscribe: name, 'kafka.group.id': topic('readers') })
    expect(warnings).toMatchObject([{ code: 'OPTION_WITHOUT_EFFECT', message: expect.stringContaining('kafka.group.id') }])
  })
})

describeWith('kafka', 'a group that others have joined', () => {
  test('is left to them, with a warning, and the stream goes on', async () => {
    const name = await createTopic(topic('group'))
    await send(name, ['0'])
    const group = topic('readers')
    const consumer = new Consumer({ clientId: 'tests', groupId: group, bootstrapBrokers: [(await kafka()).plaintext], autocommit: false })
    const stream = await consumer.consume({ topics: [name], mode: 'earliest' })
    try {
      const { source, warnings } = await openSource({ subscribe: name, ...EARLIEST, commitGroup: group })
      const first = (await plan(source, null)).end!
      expect((await plan(source, first)).end).toBe(first)
      source.committed!(first)
      await until(() => warnings.length > 0)
      expect(warnings).toMatchObject([{ code: 'KAFKA_GROUP_COMMIT_FAILED', message: expect.stringContaining('consumers have joined it') }])
    } finally {
      await stream.close()
      await consumer.close(true)
    }
  })
})

describeWith('kafka', 'a batch read', () => {
  test('from the first record to the end, or between what the options say, as often as it is asked', async () => {
    const name = await createTopic(topic('batch'), { partitions: 2 })
    await send(
      name,
      [0, 1, 2, 3].map(n => ({ value: `${n}`, partition: n % 2, timestamp: 1000 * (n + 1) })),
    )
    expect(await scanned({ subscribe: name })).toEqual(['0', '2', '1', '3'])
    expect(
      await scanned({ subscribe: name, startingOffsets: `{"${name}":{"0":1,"1":-2}}`, endingOffsets: `{"${name}":{"0":-1,"1":1}}` }),
    ).toEqual(['2', '1'])
    expect(await scanned({ subscribe: name, startingTimestamp: '2000', endingTimestamp: '4000' })).toEqual(['2', '1'])
    expect(await scanned({ subscribe: name, endingOffsetsByTimestamp: `{"${name}":{"0":3000,"1":9000}}` })).toEqual(['0', '1', '3'])
    expect(await scanned({ assign: `{"${name}":[1]}` })).toEqual(['1', '3'])
  })
  test('what cannot be is refused', async () => {
    const name = await createTopic(topic('batch'))
    await send(name, ['0'])
    expect(await thrown(scanned({ subscribe: name, startingOffsets: 'latest' }))).toMatchObject({ condition: 'INVALID_OPTION' })
    expect(await thrown(scanned({ subscribe: name, endingOffsets: 'earliest' }))).toMatchObject({ condition: 'INVALID_OPTION' })
    expect(await thrown(scanned({ subscribe: name, startingOffsets: `{"${name}":{"0":5}}` }))).toMatchObject({
      condition: 'RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET',
      params: { topicPartition: `${name}-0`, start: 5, end: 1 },
    })
  })
})
