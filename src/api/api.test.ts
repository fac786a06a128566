import { beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import type { BatchWrite, Engine, EngineHost, StreamWrite } from '../engine/contract.ts'
import { isMillraceError } from '../errors/index.ts'
import type { QueryDriver, StreamingQueryProgress } from '../observe/index.ts'
import { planFromJson, planToJson, printPlan, type Relation } from '../plan/index.ts'
import { batchFromRows, type RowBatch, type StructType, schema, structType, type Timestamp } from '../types/index.ts'
import {
  avg,
  Column,
  col,
  count,
  type DataFrame,
  explode,
  expr,
  fromJson,
  lit,
  lower,
  Observation,
  Session,
  split,
  struct,
  sum,
  transform,
  udf,
  useWiring,
  Window,
  when,
  window,
} from './index.ts'

const Ride = schema({ CA: 'string', UNIT: 'string', STATION: 'string', ENTRIES: 'int', TS: 'timestamp', tags: 'array<string>' })

interface Fake extends Engine {
  readonly host: EngineHost
  readonly saved: { plan: Relation; write: BatchWrite }[]
  readonly begun: { plan: Relation; write: StreamWrite; driver: FakeDriver }[]
  readonly collected: Relation[]
  rows: RowBatch
}
class FakeDriver {
  readonly id = 'id-1'
  readonly runId = `run-${Math.random()}`
  readonly name: string | null
  isActive = true
  error: unknown
  status = { message: '', isDataAvailable: false, isTriggerActive: false }
  recentProgress: StreamingQueryProgress[] = []
  lastProgress = null
  warnings = []
  readonly #end = Promise.withResolvers<boolean>()
  constructor(name: string | undefined) {
    this.name = name ?? null
  }
  awaitTermination = () => this.#end.promise
  processAllAvailable = async () => {}
  stop = async () => {
    this.isActive = false
    this.#end.resolve(true)
  }
  fail(error: unknown) {
    this.isActive = false
    this.#end.reject(error)
  }
  explain = async () => ''
  on = () => () => {}
}

let engine: Fake
let printed = ''
let warned = ''
const sleeping: { ms: number; wake: () => void }[] = []

beforeEach(() => {
  printed = ''
  warned = ''
  sleeping.length = 0
  useWiring({
    openEngine: async host => {
      engine = fakeEngine(host)
      return engine
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeping.push({ ms, wake: resolve })
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
    now: () => 0,
    random: () => 0.5,
    print: text => {
      printed += text
    },
    onStopRequest: () => () => {},
    watch: async () => undefined,
    stores: () => ({
      open: () => Promise.reject(new Error('none here')),
      places: () => Promise.reject(new Error('none here')),
      close: async () => {},
    }),
    texts: () => Promise.reject(new Error('none here')),
    printError: text => {
      warned += text
    },
  })
})

function fakeEngine(host: EngineHost): Fake {
  const fake: Fake = {
    name: 'embedded',
    host,
    saved: [],
    begun: [],
    collected: [],
    rows: batchFromRows(schema('count bigint'), [{ count: 3n }]),
    schema: async () => fake.rows.schema,
    schemaNow: plan => (plan.kind === 'read' && plan.dataSource?.schema ? (schema(plan.dataSource.schema) as StructType) : undefined),
    explain: async plan => printPlan(plan),
    collect: async plan => {
      fake.collected.push(plan)
      return {
        schema: fake.rows.schema,
        batches: (async function* () {
          yield fake.rows
        })(),
        observed: () => ({ seen: { n: 3n } }),
      }
    },
    save: async (plan, write) => void fake.saved.push({ plan, write }),
    start: async (plan, write) => {
      const driver = new FakeDriver(write.queryName)
      fake.begun.push({ plan, write, driver })
      return driver as QueryDriver
    },
    preview: async () => ({
      sources: [],
      delivery: [],
      stateful: [],
      checkpoint: { does: 'start-new', nextBatch: 0, reruns: false, lastCommitted: -1, changed: [] },
    }),
    checkpoint: async location => ({ report: { location, stateful: [], problems: [] }, remove: async () => {} }),
    tables: { list: async () => [], find: async () => undefined, drop: async () => false, call: async () => [] },
    close: async () => {},
  }
  return fake
}
const rides = (session: Session) => session.readStream.format('csv').schema(Ride).option('header', true).load('in/')
const refusal = async (f: () => unknown): Promise<string | undefined> => {
  try {
    await f()
  } catch (e) {
    return isMillraceError(e) ? e.condition : String(e)
  }
  return undefined
}
const bare = (plan: Relation): unknown => JSON.parse(JSON.stringify(planToJson(plan)), (k, v) => (k === 'common' ? undefined : v))

describe('the plan', () => {
  test('a program becomes nodes that go to Connect JSON and back', async () => {
    const session = await Session.open()
    const frame = rides(session)
      .withWatermark('TS', '5 minutes')
      .where(c => c.ENTRIES.gt(0).and(c.STATION.isNotNull()))
      .groupBy(window('TS', '5 minutes'), 'CA')
      .agg({ riders: sum('ENTRIES'), n: count() })
      .select('CA', c => c.window.end.as('END'), col('riders').plus(1).as('more'), 'window.start')
    expect(planFromJson(planToJson(frame.plan))).toMatchObject({ kind: 'project' })
    expect(frame.isStreaming).toBe(true)
    expect(frame.plan.origin).toMatch(/api\.test\.ts:\d+:\d+$/)
    expect(bare(frame.plan)).toMatchSnapshot()
  })

  test('SQL text is parsed at once, with a caret', async () => {
    const session = await Session.open()
    await expect(refusal(() => rides(session).where('ENTRIES >'))).resolves.toBe('PARSE_SYNTAX_ERROR')
    expect(rides(session).where('ENTRIES > 1').plan).toMatchObject({
      kind: 'filter',
      condition: { kind: 'unresolvedFunction', functionName: '>' },
    })
  })

  test('columns print as Spark names them', () => {
    expect(String(col('a').plus(1))).toBe('(a + 1)')
    expect(String(count())).toBe('count(1)')
    expect(String(when(col('a').eq(1), 'x').when(col('a').eq(2), 'y').otherwise('z'))).toContain('CASE WHEN')
    expect(String(transform('xs', x => x.plus(1)))).toContain('transform(xs')
    expect(String(explode(split(lower(col('value')), '\\W+')).as('word'))).toContain('word')
  })
})

describe('types of rows', () => {
  test('flow through the steps', async () => {
    const session = await Session.open()
    const frame = rides(session).withWatermark('TS', '5 minutes')
    const grouped = frame.groupBy(window('TS', '5 minutes'), 'STATION').agg({ n: count(), mean: avg('ENTRIES'), all: sum('ENTRIES') })
    expectTypeOf<typeof grouped.Row>().toEqualTypeOf<{
      window: { start: Timestamp; end: Timestamp }
      STATION: string
      n: bigint
      mean: number
      all: number | bigint
    }>()
    const chosen = grouped.select(
      'STATION',
      c => c.window.end.as('END'),
      c => c.n.plus(1).as('m'),
      'window.start',
    )
    expectTypeOf<typeof chosen.Row>().toEqualTypeOf<{ STATION: string; END: Timestamp; m: bigint; start: Timestamp }>()
    const more = frame.withColumn('day', col('TS').cast('date')).withColumnRenamed('CA', 'booth').drop('tags', 'UNIT')
    expectTypeOf<keyof typeof more.Row>().toEqualTypeOf<'booth' | 'STATION' | 'ENTRIES' | 'TS' | 'day'>()
    const parsed = session.readStream
      .format('rate')
      .load()
      .select(fromJson(lit('{}'), 'a int, b array<string>').as('t'), 'value')
    expectTypeOf<typeof parsed.Row>().toEqualTypeOf<{ t: { a: number; b: string[] }; value: bigint }>()
    const numbers = session.range(3)
    expectTypeOf<typeof numbers.Row>().toEqualTypeOf<{ id: bigint }>()
    let open = rides(session)
    for (const f of Ride.fields) open = open.withColumn(f.name, col(f.name).cast('string'))
    expect(open.isStreaming).toBe(true)
  })

  test('what cannot be does not compile', async () => {
    const session = await Session.open()
    const frame = rides(session)
    const counted = frame.groupBy('STATION').count()
    const closing = frame.withWatermark('TS', '1 minute').groupBy(window('TS', '1 minute')).count()
    // Never called: the compiler is the judge.
    const _never = () => {
      // @ts-expect-error a misspelt column
      frame.select('STATOIN')
      // @ts-expect-error a misspelt column in col
      frame.select(col('STATOIN'))
      // @ts-expect-error a misspelt column in an aggregate
      frame.groupBy('CA').agg({ n: sum('ENTRIS') })
      // @ts-expect-error a sum of texts
      frame.groupBy('CA').agg({ n: sum('STATION') })
      // @ts-expect-error a column that is not there
      frame.where(c => c.STATOIN.eq('x'))
      // @ts-expect-error a text compared with a number
      frame.where(c => c.STATION.gt(3))
      // @ts-expect-error arithmetic on a text
      frame.select(c => c.STATION.plus(1))
      // @ts-expect-error a watermark on a text
      frame.withWatermark('STATION', '5 minutes')
      // @ts-expect-error a window over a text
      frame.groupBy(window('STATION', '5 minutes'))
      // @ts-expect-error a stream has no end
      frame.collect()
      // @ts-expect-error groups that never close cannot be appended
      counted.writeStream.outputMode('append')
      // @ts-expect-error append is the default, and cannot be here
      counted.writeStream.format('console').start()
      // @ts-expect-error complete needs an aggregate
      frame.writeStream.outputMode('complete')
      // @ts-expect-error a misspelt option
      session.readStream.format('csv').option('haeder', true)
      // @ts-expect-error an option of the other side
      frame.writeStream.format('csv').option('maxFilesPerTrigger', 1)
      // @ts-expect-error a misspelt option in an object
      session.readStream.format('rate').options({ rowPerSecond: 5 })
      // @ts-expect-error no such column to partition by
      frame.writeStream.format('csv').partitionBy('STATOIN')
      // @ts-expect-error a batch has no writeStream
      session.range(3).writeStream.start()
      counted.writeStream.outputMode('complete').format('console').start()
      closing.writeStream.outputMode('append').format('console').option('numRows', 5).start()
      session.readStream.format('csv').option('header' as string, 'true')
      session.readStream.format('mine').option('anything', 1)
      frame.select(col('STATOIN' as string))
      session.range(3).collect()
    }
    expect(_never).toBeTypeOf('function')
  })
})

describe('actions', () => {
  test('count, show and collect run a plan', async () => {
    const session = await Session.open()
    const frame = session.range(3)
    expect(await frame.count()).toBe(3)
    await frame.show()
    expect(printed).toBe('+-----+\n|count|\n+-----+\n|    3|\n+-----+\n\n')
    expect(await session.createDataFrame([{ a: 1, b: 'x' }]).collect()).toEqual([{ count: 3n }])
    const seen = new Observation('seen')
    await frame.observe(seen, count().as('n')).collect()
    expect(await seen.get).toEqual({ n: 3n })
  })

  test('a cached frame is read once', async () => {
    const session = await Session.open()
    const frame = session.range(3).cache()
    await frame.collect()
    await frame.where('id > 1').collect()
    expect(engine.collected.map(p => p.kind)).toEqual(['range', 'localRelation', 'filter'])
    expect(engine.collected[2]).toMatchObject({ input: { kind: 'localRelation' } })
  })

  test('a stream in a batch action and the reverse are refused', async () => {
    const session = await Session.open()
    const stream = rides(session) as DataFrame
    expect(await refusal(() => stream.collect())).toBe('STREAM_IN_BATCH_ACTION')
    expect(await refusal(() => stream.write)).toBe('STREAM_IN_BATCH_ACTION')
    expect(await refusal(() => (session.range(1) as DataFrame).writeStream)).toBe('BATCH_IN_WRITE_STREAM')
  })

  test('views are plans; a closed session is refused', async () => {
    const session = await Session.open()
    session.range(3).createTempView('Three')
    expect(session.table('three').plan).toMatchObject({ kind: 'subqueryAlias', input: { kind: 'range' } })
    expect(engine.host.view('THREE')).toMatchObject({ kind: 'range' })
    expect(await refusal(() => session.range(1).createTempView('three'))).toBe('VIEW_EXISTS')
    await session.close()
    expect(await refusal(() => session.range(1))).toBe('ALREADY_CLOSED')
  })

  test('a named table is written by its name', async () => {
    const session = await Session.open()
    await session.range(3).write.partitionBy('id').saveAsTable('t')
    expect(engine.saved[0]!.write).toMatchObject({ table: 't', format: '', mode: 'error', partitionBy: ['id'] })
    await session.range(3).write.mode('overwrite').insertInto('t')
    expect(engine.saved[1]!.write).toMatchObject({ table: 't', mode: 'overwrite', byPosition: true })
    await session.range(3).write.insertInto('t')
    expect(engine.saved[2]!.write).toMatchObject({ table: 't', mode: 'append' })
    session.range(3).createTempView('v')
    expect(await refusal(() => session.range(3).write.saveAsTable('v'))).toBe('VIEW_EXISTS')
  })

  test('one file by name', async () => {
    const session = await Session.open()
    await session.range(3).writeFile('out/batch_7.csv.gz', { header: true })
    expect(engine.saved[0]!.write).toEqual({
      format: 'csv',
      mode: 'overwrite',
      options: { compression: 'gzip', header: 'true' },
      path: 'out/batch_7.csv.gz',
      partitionBy: [],
      singleFile: true,
    })
  })

  test('functions of one’s own', async () => {
    const session = await Session.open()
    const clean = udf((s: string | null) => s?.trim() ?? null, { args: ['string'], returns: 'string', name: 'clean' })
    session.udf.register('clean', clean)
    const frame = session.createDataFrame([{ s: ' a ' }]).select(clean('s').as('s'))
    const node = (frame.plan as unknown as { expressions: { expr: { id: string } }[] }).expressions[0]!.expr
    expect(engine.host.functions.scalar(node.id)!.call(' a ')).toBe('a')
    expect(engine.host.functions.named('CLEAN')!.id).toBe(node.id)
    const mapped = session.range(2).mapBatches(async batch => ({ twice: batch.column('id').map(v => v * 2n) }), 'twice bigint')
    const fn = engine.host.functions.batches((mapped.plan as { id: string }).id)!
    const out = await fn.call(batchFromRows(schema('id bigint'), [{ id: 4n }]), { signal: new AbortController().signal })
    expect([...(out.columns[0]!.values as BigInt64Array)]).toEqual([8n])
  })
})

describe('starting', () => {
  test('everything said reaches the engine', async () => {
    const session = await Session.open()
    const query = await rides(session)
      .writeStream.format('csv')
      .option('checkpointLocation', 'chk')
      .partitionBy('CA')
      .queryName('q')
      .trigger({ processingTime: '10 seconds' })
      .start('lake/')
    expect(engine.begun[0]!.write).toMatchObject({
      format: 'csv',
      outputMode: 'append',
      options: { checkpointLocation: 'chk' },
      partitionBy: ['CA'],
      queryName: 'q',
      path: 'lake/',
      trigger: { kind: 'processingTime', intervalMs: 10_000 },
    })
    expect(engine.begun[0]!.write.origin).toMatch(/api\.test\.ts/)
    expect(session.streams.get('q')).toBe(query)
    await query.stop()
    expect(await session.streams.awaitAnyTermination()).toBe(true)
    expect(session.streams.active).toEqual([])
  })

  test('sinks beside foreachBatch are refused, options in one error', async () => {
    const session = await Session.open()
    const writer = rides(session).writeStream.foreachBatch(() => {})
    expect(await refusal(() => writer.format('csv').start())).toBe('FORMAT_WITH_FOREACH')
    await expect(
      writer.option('header', true).option('truncate', false).option('checkpointLocation', 'c').start('x'),
    ).rejects.toMatchObject({ condition: 'OPTIONS_WITH_FOREACH', params: { options: ['header', 'truncate', 'path'] } })
  })

  test('an unnamed lasting query under a checkpoint root is refused', async () => {
    const session = await Session.open({ conf: { 'spark.sql.streaming.checkpointLocation': '/root' } })
    expect(await refusal(() => rides(session).writeStream.format('csv').start('x'))).toBe('UNNAMED_QUERY_UNDER_CHECKPOINT_ROOT')
    expect(await refusal(() => rides(session).writeStream.format('console').start())).toBe(undefined)
    expect(await refusal(() => rides(session).writeStream.format('csv').queryName('q').start('x'))).toBe(undefined)
  })

  test('an option on the wrong side is refused where it stands', async () => {
    const session = await Session.open()
    expect(await refusal(() => rides(session).writeStream.option('maxFilesPerTrigger' as string, 1))).toBe('OPTION_ON_WRONG_SIDE')
  })

  test('a batch closes when its function ends', async () => {
    const session = await Session.open()
    let kept: DataFrame | undefined
    await rides(session)
      .writeStream.foreachBatch(async (batch, batchId) => {
        kept = batch
        await batch.write.mode('overwrite').csv('out/same')
        if (batchId === 1) await batch.write.mode('append').csv('out/more')
      })
      .start()
    const { write } = engine.begun[0]!
    const signal = new AbortController().signal
    for (const batchId of [0, 1, 2])
      await write.foreachBatch!({ kind: 'extension', name: 'BatchOutput', ref: `b${batchId}`, schema: structType([]) }, batchId, { signal })
    await expect(kept!.collect()).rejects.toMatchObject({ condition: 'BATCH_CLOSED', params: { batchId: 2 } })
    expect(warned.match(/BATCH_OVERWRITES_BATCH/g)).toHaveLength(1)
    expect(warned).toContain('api.test.ts')
    expect(warned).not.toContain('BATCH_APPENDS')
  })

  test('a frame that nothing is made of is reported once, with its line', async () => {
    const session = await Session.open()
    const stream = rides(session)
    stream.dropDuplicates('CA')
    stream.transform(f => f.where('ENTRIES > 0')).createTempView('v')
    await stream.select('CA').writeStream.format('console').start()
    expect(warned).toBe('')
    sleeping.find(s => s.ms === 5000)!.wake()
    await vi.waitFor(() => expect(warned).toMatch(/FRAME_NEVER_USED.*dropDuplicates\(\).*api\.test\.ts:\d+/))
    void session.streams.active[0]!.awaitTermination()
    expect(warned.match(/FRAME_NEVER_USED/g)).toHaveLength(1)
  })
})

test('expressions of every kind', () => {
  const row = Window.partitionBy('a').orderBy(col('b').desc()).rowsBetween(Window.unboundedPreceding, Window.currentRow)
  expect(sum('x').over(row).expr).toMatchObject({ kind: 'window', frameSpec: { lower: { unbounded: true }, upper: { currentRow: true } } })
  expect(struct('a', col('b')).expr).toMatchObject({ arguments: [{ unparsedIdentifier: 'a' }, { unparsedIdentifier: 'b' }] })
  expect(col('a').isin(1, 2).expr).toEqual(col('a').isin([1, 2]).expr)
  expect(expr('a + 1')).toBeInstanceOf(Column)
  expect(() => col('a').cast('strnig')).toThrow('did you mean "string"')
  expect(() => col('a').otherwise(1)).toThrow(expect.objectContaining({ condition: 'INVALID_WHEN_USAGE' }))
})
