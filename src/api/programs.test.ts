import { beforeAll, expect, expectTypeOf, test } from 'vitest'
import type { Engine } from '../engine/contract.ts'
import { type Decimal, schema, structType } from '../types/index.ts'
import { col, count, type DataFrame, explode, lower, Session, split, sum, useWiring, window } from './index.ts'

/** Programs as a newcomer writes them: that they compile is half of the test. */
beforeAll(() => {
  const engine = { schemaNow: () => undefined, schema: async () => structType([]), close: async () => {} } as unknown as Engine
  useWiring({
    openEngine: async () => engine,
    sleep: async () => {},
    now: () => 0,
    random: () => 0,
    print: () => {},
    printError: () => {},
    onStopRequest: () => () => {},
    watch: async () => undefined,
    stores: () => ({
      open: () => Promise.reject(new Error('none here')),
      places: () => Promise.reject(new Error('none here')),
      close: async () => {},
    }),
    texts: () => Promise.reject(new Error('none here')),
  })
})

test('word count', async () => {
  const session = await Session.open()
  const words = session.readStream
    .format('text')
    .load('books/')
    .select(explode(split(lower(col('value')), '\\W+')).as('word'))
    .where("word <> ''")
  const counts = words.groupBy('word').count()
  expectTypeOf<typeof counts.Row>().toEqualTypeOf<{ word: string; count: bigint }>()
  const start = () => counts.writeStream.outputMode('complete').format('console').queryName('words').start()
  expect([counts.isStreaming, typeof start]).toEqual([true, 'function'])
})

test('turnstiles', async () => {
  const session = await Session.open()
  const Ride = schema({ CA: 'string', UNIT: 'string', SCP: 'string', STATION: 'string', ENTRIES: 'int', EXITS: 'int', TS: 'timestamp' })
  const perStation = session.readStream
    .format('csv')
    .schema(Ride)
    .option('header', true)
    .load('in/')
    .withWatermark('TS', '5 minutes')
    .groupBy(window('TS', '5 minutes'), 'CA', 'UNIT', 'STATION')
    .agg({ ENTRIES: sum('ENTRIES'), EXITS: sum('EXITS') })
    .select('CA', 'UNIT', 'STATION', c => c.window.end.as('END'), 'ENTRIES', 'EXITS')
  const start = () =>
    perStation.writeStream
      .outputMode('append')
      .format('csv')
      .option('compression', 'gzip')
      .option('checkpointLocation', 'chk')
      .start('lake/')
  expectTypeOf<keyof typeof perStation.Row>().toEqualTypeOf<'CA' | 'UNIT' | 'STATION' | 'END' | 'ENTRIES' | 'EXITS'>()
  expect(typeof start).toBe('function')
})

test('Kafka, options as objects and made at run time', async () => {
  const session = await Session.open()
  const made: Record<string, string> = JSON.parse('{"maxOffsetsPerTrigger":"100"}')
  const taxi = session.readStream
    .format('kafka')
    .options({ kafka: { 'bootstrap.servers': 'localhost:9092' }, subscribe: 'taxi' })
    .options(made)
    .load()
  expectTypeOf<(typeof taxi.Row)['offset']>().toEqualTypeOf<bigint>()
  expect(taxi.plan).toMatchObject({
    dataSource: { options: { 'kafka.bootstrap.servers': 'localhost:9092', subscribe: 'taxi', maxOffsetsPerTrigger: '100' } },
  })
  const open = taxi.select(col('value').cast('string').as('v'), 'topic').selectExpr('v AS x')
  const start = () =>
    open.writeStream.format('parquet').option('checkpointLocation', 'chk').trigger({ processingTime: '1 second' }).start('lake/')
  expect(typeof start).toBe('function')
})

test('each batch a frame of its own; steps as functions; schemas as text', async () => {
  const session = await Session.open()
  const fares = session.readStream.schema('id string, fare decimal(10,2), at timestamp').csv('in/', { header: 'true' })
  expectTypeOf<(typeof fares.Row)['fare']>().toEqualTypeOf<Decimal>()
  const clean = (frame: DataFrame<typeof fares.Row>) => frame.where(c => c.fare.isNotNull())
  let all: DataFrame = fares.transform(clean)
  for (const f of schema('id string, at timestamp').fields) all = all.withColumn(f.name, col(f.name).cast('string'))
  const write = all.writeStream.foreachBatch(async (batch, batchId, { late, signal }) => {
    if ((await batch.isEmpty()) || signal.aborted) return
    await batch.write.mode('overwrite').format('csv').save(`out/batch_${batchId}`)
    await late?.writeFile(`late/${batchId}.csv.gz`, { header: true })
  })
  const joined = fares
    .join(session.createDataFrame([{ id: 'a', zone: 'b' }]), 'id', 'left')
    .groupBy('zone')
    .agg(count().as('n'), sum('fare').as('total'))
  expectTypeOf<typeof joined.Row>().toEqualTypeOf<{ zone: string; n: bigint; total: Decimal }>()
  expect(typeof write.start).toBe('function')
})
