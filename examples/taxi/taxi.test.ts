import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { col, Session } from '../../src/index.ts'
import { ask } from '../../test/kafka/records.ts'
import { endPrograms, type RunningProgram, runExample } from '../../test/support/example-program.ts'
import { describeWith } from '../../test/support/services/describe-with.ts'
import { kafka, topic } from '../../test/support/services/kafka.ts'
import { registry } from '../../test/support/services/registry.ts'
import { readArguments } from './arguments.ts'
import { COLUMNS, generateTrips, TRIP } from './trips.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-taxi-'))
})
afterEach(async () => {
  endPrograms()
  await rm(dir, { recursive: true, force: true })
})

const taxi = (...args: string[]): RunningProgram => runExample('taxi/main.ts', dir, ...args)
const partitionsOf = (name: string): Promise<number> =>
  ask(async admin => (await admin.metadata({ topics: [name], forceUpdate: true })).topics.get(name)!.partitions.length)

/** Trips as the city's file has them, one with holes. */
const FILE = `${COLUMNS.join(',')}
2,02/08/2018 05:07:37 AM,02/08/2018 05:16:20 AM,1,1.78,1,N,79,162,1,8.5,0.5,0.5,1,0,0.3,10.8
2,02/08/2018 05:06:21 AM,02/08/2018 05:19:25 AM,1,6.22,1,N,261,89,1,18.5,0.5,0.5,6.44,5.76,0.3,32
1,02/08/2018 05:09:00 AM,02/08/2018 05:19:25 AM,,0.5,,,261,89,2,-4,0,0.5,0,0,0.3,-3.2
`

/** The rows of the lake and those of the file, sorted: they must be the same ones. */
async function lakeAndFile(file: string, times: number): Promise<readonly [readonly unknown[], readonly unknown[]]> {
  const session = await Session.open()
  try {
    const lake = await session.read
      .parquet(join(dir, 'taxi', 'lake'))
      .orderBy(...COLUMNS)
      .collect()
    const trips = session.read.schema(TRIP).option('header', true).csv(file)
    const expected = await trips
      .crossJoin(session.range(times))
      .select(...COLUMNS.map(c => col(c)))
      .orderBy(...COLUMNS)
      .collect()
    return [lake, expected]
  } finally {
    await session.close()
  }
}

describeWith(['kafka', 'registry'], 'taxi trips through Kafka', () => {
  test.each(['plain', 'registry'] as const)(
    'a file, %s Avro: every row of it, as often as sent, in Parquet',
    { timeout: 120_000 },
    async how => {
      const file = join(dir, 'trips.csv')
      await writeFile(file, FILE)
      const name = topic('trips')
      const framing = how === 'registry' ? ['--registry', (await registry()).url] : []
      const args = ['--bootstrap', (await kafka()).plaintext, '--topic', name, '--data', file, ...framing]
      const first = await taxi(...args, '--rows', '6').ended
      expect(first).toMatchObject({ code: 0, err: '' })
      expect(first.out).toMatch(/in the topic +6 rows\nin the lake +6 rows\nrows in = rows out\n$/)
      expect(await partitionsOf(name)).toBe(10)
      // The same command again: the consumer goes on where it was.
      const second = await taxi(...args).ended
      expect(second.out).toMatch(/sent now +3 rows.*\nin the topic +9 rows\nin the lake +9 rows\nrows in = rows out\n$/)
      const [lake, expected] = await lakeAndFile(file, 3)
      expect(lake).toEqual(expected)
    },
  )

  test('a consumer that is interrupted goes on: nothing is lost, nothing comes twice', { timeout: 120_000 }, async () => {
    const name = topic('trips')
    const args = ['--bootstrap', (await kafka()).plaintext, '--topic', name]
    const consumer = taxi(...args, '--consumer-only')
    await consumer.said(/Ctrl-C ends it/)
    const producer = taxi(...args, '--producer-only', '--rows', '120000')
    await consumer.said(/batch \d+:/)
    consumer.interrupt()
    expect(await consumer.ended).toMatchObject({ code: 0, err: '' })
    expect(await producer.ended).toMatchObject({ code: 0, err: '' })
    const rest = await taxi(...args, '--consumer-only', '--exit-at-end').ended
    expect(rest.out).toMatch(/in the topic +120,000 rows\nin the lake +120,000 rows\nrows in = rows out\n$/)
  })

  test('a registry without the schema, and one that is not there, are told', { timeout: 120_000 }, async () => {
    const args = ['--bootstrap', (await kafka()).plaintext, '--topic', topic('trips'), '--consumer-only', '--registry']
    const unknown = await taxi(...args, (await registry()).url).ended
    expect(unknown).toMatchObject({ code: 1, err: expect.stringMatching(/^\[[A-Z_]+\] .*trips-/) })
    const gone = await taxi(...args, 'http://127.0.0.1:1').ended
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/^\[[A-Z_]+\] .*127\.0\.0\.1:1/) })
    for (const { err } of [unknown, gone]) expect(err).not.toMatch(/^ +at /m)
  })
})

describe('what is wrong with the command', { timeout: 120_000 }, () => {
  const at = ['--bootstrap', '127.0.0.1:1']
  test.each([
    [[], 'give --bootstrap or --config, one of them'],
    [[...at, '--config', 'x'], 'give --bootstrap or --config, one of them'],
    [[...at, '--rows', '1.5'], '--rows takes a whole number from 1 on'],
    [[...at, '--partitions', '0'], '--partitions takes a whole number from 1 on'],
    [[...at, '--consumer-only', '--producer-only'], 'leave nothing to do'],
    [[...at, '--nonsense'], "Unknown option '--nonsense'"],
  ])('%j', (args, told) => {
    expect(() => readArguments(args)).toThrow(told)
  })

  test('a broker that is not there is one error', async () => {
    await writeFile(join(dir, 'kafka.properties'), 'bootstrap.servers=127.0.0.1:1\ndefault.api.timeout.ms=1000\n')
    const { code, err } = await taxi('--config', 'kafka.properties').ended
    expect(code).toBe(1)
    expect(err).toMatch(/^\[KAFKA_UNREACHABLE\] no broker of 127\.0\.0\.1:1 /)
    expect(readArguments(['--help'])).toBeUndefined()
  })
})

test('generated trips are the same for everybody, and read as what they are', async () => {
  const [one, other] = [join(dir, 'a'), join(dir, 'b')]
  const text = await readFile(await generateTrips(one), 'utf8')
  expect(await readFile(await generateTrips(other), 'utf8')).toBe(text)
  const session = await Session.open()
  const trips = session.read.schema(TRIP).option('header', true).option('mode', 'FAILFAST').csv(join(one, 'trips.csv'))
  expect(await trips.where('total_amount > fare_amount AND passenger_count BETWEEN 1 AND 5').count()).toBe(100_000)
  await session.close()
})
