import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Producer } from '@platformatic/kafka'
import { afterEach, expect, test } from 'vitest'
import { kafkaClasspath } from '../../../../scripts/services/kafka.ts'
import { removeBelow, send, until } from '../../../../test/kafka/records.ts'
import { describeWith } from '../../../../test/support/services/describe-with.ts'
import { createTopic, deleteTopic, kafka, topic } from '../../../../test/support/services/kafka.ts'
import { ownBroker } from '../../../../test/support/services/own-broker.ts'
import { nodePlatform } from '../../../platform/index.ts'
import { rowsOf } from '../../../types/index.ts'
import { openKafkaClient } from '../client/cluster.ts'
import type { KafkaClient } from '../client/contract.ts'
import { readKafkaOptions } from '../options/read.ts'
import { COLUMN } from '../records/record-table.ts'
import { kafkaSchema } from '../schema.ts'
import type { DataLoss, Fetcher, OffsetRange } from './contract.ts'
import { openFetcher } from './fetcher.ts'

const { signal } = new AbortController()
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const o of opened.splice(0).reverse()) await o.close()
})

interface Open {
  readonly fetcher: Fetcher
  readonly client: KafkaClient
}
interface Wishes {
  readonly bootstrap?: string
  readonly aheadBytes?: number
  readonly topicId?: (topic: string) => string | undefined
}
async function open(
  options: Readonly<Record<string, string>> = {},
  { bootstrap, aheadBytes = 8 << 20, topicId }: Wishes = {},
): Promise<Open> {
  const servers = bootstrap ?? (await kafka()).plaintext
  const all = { 'kafka.bootstrap.servers': servers, subscribe: 'x', ...options }
  const { config } = await readKafkaOptions({ options: all, platform: nodePlatform, warn: () => {} }, { side: 'source', mode: 'stream' })
  const client = await openKafkaClient(config, nodePlatform)
  const schema = kafkaSchema(true)
  const fetcher = openFetcher(client, { schema, includeHeaders: true, aheadBytes, ...(topicId && { topicId }) }, nodePlatform)
  opened.push(client, fetcher)
  return { fetcher, client }
}

const text = (b: unknown): string | null => (b === null ? null : Buffer.from(b as Uint8Array).toString())
const noLoss = (loss: DataLoss): never => expect.fail(`${loss.topic}-${loss.partition} lost ${loss.asked}`)

async function read(fetcher: Fetcher, ranges: readonly OffsetRange[], onDataLoss: (l: DataLoss) => void = noLoss): Promise<string[]> {
  const rows: string[] = []
  for await (const batch of fetcher.read(ranges, { signal, onDataLoss }))
    for (const row of rowsOf(batch)) rows.push(`${row['partition']}@${row['offset']} ${text(row['value'])}`)
  return rows
}

const range = (topic: string, from: number, to: number, partition = 0): OffsetRange => ({ topic, partition, from, to })
const numbers = (n: number, prefix = ''): string[] => Array.from({ length: n }, (_, i) => `${prefix}${i}`)

/** A transaction of a foreign producer with one request a record, ended as told. */
async function transaction(producer: Producer<Buffer, Buffer>, name: string, values: readonly string[], commit: boolean): Promise<void> {
  const t = await producer.beginTransaction()
  for (const value of values) await t.send({ messages: [{ topic: name, partition: 0, value: Buffer.from(value) }] })
  await (commit ? t.commit() : t.abort())
}

const transactional = async (id: string): Promise<Producer<Buffer, Buffer>> => {
  const bootstrapBrokers = [(await kafka()).plaintext]
  const options = { idempotent: true, transactionalId: topic(id), producerId: -1n, producerEpoch: -1, retryDelay: 10, timeout: 60_000 }
  const producer = new Producer({ clientId: 'tests', bootstrapBrokers, ...options } as never) as Producer<Buffer, Buffer>
  opened.push({ close: async () => void (await producer.close(true)) })
  return producer
}

describeWith('kafka', 'the fetcher, against a broker', () => {
  test('reads ranges of several partitions in order, the same again, and below what was said to be over', async () => {
    const name = await createTopic(topic('ranges'), { partitions: 2 })
    for (const partition of [0, 1])
      await send(
        name,
        numbers(500, `p${partition}-`).map(value => ({ value, partition })),
      )
    const { fetcher } = await open()
    const ranges = [range(name, 10, 400), range(name, 0, 500, 1)]
    const wanted = [
      ...numbers(400, 'p0-')
        .slice(10)
        .map((v, i) => `0@${i + 10} ${v}`),
      ...numbers(500, 'p1-').map((v, i) => `1@${i} ${v}`),
    ]
    expect(await read(fetcher, ranges)).toEqual(wanted)
    fetcher.ahead(
      new Map([
        [`${name}-0`, 400],
        [`${name}-1`, 500],
      ]),
    )
    await fetcher.arrived({ signal })
    expect(await read(fetcher, ranges)).toEqual(wanted)
    expect(await read(fetcher, [range(name, 400, 403)])).toEqual(['0@400 p0-400', '0@401 p0-401', '0@402 p0-402'])
    expect(fetcher.known({ topic: name, partition: 0 })).toBe(500)
  })

  test('fetches ahead only what fits, tells of arrivals, and goes on where it was', async () => {
    const name = await createTopic(topic('ahead'))
    const { fetcher } = await open({ 'kafka.max.partition.fetch.bytes': '65536' }, { aheadBytes: 128 << 10 })
    fetcher.ahead(new Map([[`${name}-0`, 0]]))
    const news = fetcher.arrived({ signal })
    await send(name, numbers(3000, 'x'.repeat(200)))
    await news
    let from = 0
    for (const to of [1, 700, 701, 2500, 3000]) {
      fetcher.ahead(new Map([[`${name}-0`, from]]))
      expect(await read(fetcher, [range(name, from, to)])).toHaveLength(to - from)
      from = to
    }
  })

  test('columns that are lent hold the same, in memory that is used again', async () => {
    const name = await createTopic(topic('lent'))
    const values = Array.from({ length: 400 }, (_, i) => `${i} ${'x'.repeat(10_000)}`)
    for (let i = 0; i < values.length; i += 50) await send(name, values.slice(i, i + 50))
    const { fetcher } = await open()
    const memory = new Set<unknown>()
    let slices = 0
    for (let time = 0; time < 2; time++) {
      const found: string[] = []
      for await (const batch of fetcher.read([range(name, 0, 400)], { signal, lent: new Set([COLUMN.value]), onDataLoss: noLoss })) {
        slices++
        memory.add(batch.columns[COLUMN.value]!.values!.buffer)
        for (const row of rowsOf(batch)) found.push(text(row['value'])!)
      }
      expect(found).toEqual(values)
    }
    expect(memory.size).toBeLessThan(slices)
  })

  test('what compaction has left of a topic is read, whatever is missing', { timeout: 120_000 }, async () => {
    const config = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.001',
      'max.compaction.lag.ms': '100',
    }
    const name = await createTopic(topic('compact'), { config })
    const { fetcher, client } = await open()
    const rounds = 20
    for (let round = 0; round < rounds; round++)
      await send(
        name,
        ['a', 'b', 'c'].map(key => ({ key, value: `${key}${round}` })),
      )
    // The last segment is never compacted: records that come later close it.
    const compacted = async (): Promise<boolean> => {
      await send(name, [{ key: 'last', value: 'last' }])
      return (await read(fetcher, [range(name, 0, 3 * rounds)])).length < 3 * rounds
    }
    await until(compacted)
    const [end] = await client.offsets([{ topic: name, partition: 0, at: 'latest' }], { signal })
    // Compaction goes on meanwhile: two readings are compared once it did not come between them.
    await until(async () => {
      const left = await read(fetcher, [range(name, 0, end!)])
      const values = left.map(row => row.split(' ')[1])
      for (const value of ['a19', 'b19', 'c19', 'last']) expect(values).toContain(value)
      // Ranges may begin and end in holes.
      const hole = Array.from({ length: 3 * rounds }, (_, offset) => offset).find(
        offset => !left.some(row => row.startsWith(`0@${offset} `)),
      )!
      expect(await read(fetcher, [range(name, hole, hole + 1)])).toEqual([])
      const behind = left.filter(row => Number(/@(\d+)/.exec(row)![1]) > hole)
      return isDeepStrictEqual(await read(fetcher, [range(name, hole, end!)]), behind)
    })
  })

  test('a record larger than every fetch size comes', async () => {
    const name = await createTopic(topic('large'), { partitions: 2, config: { 'max.message.bytes': '6000000' } })
    const huge = 'h'.repeat(3_000_000)
    for (const partition of [0, 1])
      await send(name, [
        { value: 'before', partition },
        { value: huge, partition },
        { value: 'behind', partition },
      ])
    const { fetcher } = await open({ 'kafka.max.partition.fetch.bytes': '1024', 'kafka.fetch.max.bytes': '1024' }, { aheadBytes: 4096 })
    const rows = await read(fetcher, [range(name, 0, 3), range(name, 0, 3, 1)])
    expect(rows.map(r => r.length)).toEqual([10, 3_000_004, 10, 10, 3_000_004, 10])
  })

  test('what Java’s own client writes comes back, with every codec', async () => {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    const name = await createTopic(topic('java'), { partitions: codecs.length })
    expect(javaProducer(await kafkaClasspath(), [(await kafka()).plaintext, name, ...codecs])).toBe('')
    const { fetcher } = await open()
    for (const partition of codecs.keys()) {
      const rows = await read(fetcher, [range(name, 0, 3000, partition)])
      expect(rows).toEqual(Array.from({ length: 3000 }, (_, i) => `${partition}@${i} value ${i}${'x'.repeat(i % 400)}`))
    }
  })

  test('aborted transactions are left out whatever the fetch sizes; read_uncommitted gives them', async () => {
    const name = await createTopic(topic('aborted'))
    const [a, b] = [await transactional('a'), await transactional('b')]
    const wanted: string[] = []
    for (let i = 0; i < 6; i++) {
      const values = numbers(3, `${i % 2 ? 'kept' : 'gone'} ${i} `)
      await transaction(i % 3 === 0 ? a : b, name, values, i % 2 === 1)
      if (i % 2 === 1) wanted.push(...values)
    }
    await send(name, ['plain'])
    wanted.push('plain')
    for (const bytes of ['1', '200', '100000']) {
      const { fetcher, client } = await open({ 'kafka.isolation.level': 'read_committed', 'kafka.max.partition.fetch.bytes': bytes })
      const [end] = await client.offsets([{ topic: name, partition: 0, at: 'latest' }], { signal })
      expect((await read(fetcher, [range(name, 0, end!)])).map(r => r.replace(/^\S+ /, ''))).toEqual(wanted)
      // Ranges that end in holes and in the middle of transactions.
      const parts: string[] = []
      for (let from = 0; from < end!; from += 2) parts.push(...(await read(fetcher, [range(name, from, Math.min(from + 2, end!))])))
      expect(parts.map(r => r.replace(/^\S+ /, ''))).toEqual(wanted)
    }
    const { fetcher, client } = await open()
    const [end] = await client.offsets([{ topic: name, partition: 0, at: 'latest' }], { signal })
    expect(await read(fetcher, [range(name, 0, end!)])).toHaveLength(19)
  })

  test('records that were removed are a loss, and reading goes on behind them', async () => {
    const name = await createTopic(topic('removed'))
    await send(name, numbers(20))
    await removeBelow(name, 0, 12)
    const { fetcher } = await open()
    const losses: DataLoss[] = []
    expect(await read(fetcher, [range(name, 5, 15)], loss => losses.push(loss))).toEqual(['0@12 12', '0@13 13', '0@14 14'])
    expect(losses).toEqual([{ topic: name, partition: 0, asked: 5, earliest: 12, latest: 20 }])
    expect(await read(fetcher, [range(name, 30, 40)], loss => losses.push(loss))).toEqual([])
    expect(losses[1]).toEqual({ topic: name, partition: 0, asked: 30, earliest: 12, latest: 20 })
    const refuse = (): never => {
      throw new Error('stop here')
    }
    await expect(read(fetcher, [range(name, 0, 15)], refuse)).rejects.toThrow('stop here')
  })

  test('a log that ends before what was there, as after an election of a leader that did not have it, is a loss and not waited for', async () => {
    const name = await createTopic(topic('cut'))
    await send(name, numbers(5))
    const { fetcher } = await open()
    const losses: DataLoss[] = []
    expect(await read(fetcher, [range(name, 3, 8)], loss => losses.push(loss))).toEqual(['0@3 3', '0@4 4'])
    expect(losses).toEqual([{ topic: name, partition: 0, asked: 5, earliest: 0, latest: 5 }])
    await send(name, numbers(5, 'later-'))
    expect(await read(fetcher, [range(name, 5, 8)])).toEqual(['0@5 later-0', '0@6 later-1', '0@7 later-2'])
  })

  test('a topic that is deleted, or made again, is a loss, and waiting for arrivals ends', async () => {
    const name = await createTopic(topic('again'))
    await send(name, numbers(5))
    let meant: string | undefined
    const { fetcher, client } = await open({}, { topicId: () => meant })
    meant = (await client.topics([name], { signal })).get(name)!.id
    expect(await read(fetcher, [range(name, 0, 5)])).toHaveLength(5)
    fetcher.ahead(new Map([[`${name}-0`, 5]]))
    await until(() => fetcher.known({ topic: name, partition: 0 }) === 5)
    await deleteTopic(name)
    await fetcher.arrived({ signal })
    expect(fetcher.known({ topic: name, partition: 0 })).toBeUndefined()
    await createTopic(name)
    await send(name, numbers(8))
    const losses: DataLoss[] = []
    expect(await read(fetcher, [range(name, 5, 8)], loss => losses.push(loss))).toEqual([])
    expect(losses).toEqual([{ topic: name, partition: 0, asked: 5, earliest: null, latest: null }])
    meant = (await client.topics([name], { signal })).get(name)!.id
    expect(await read(fetcher, [range(name, 5, 8)])).toHaveLength(3)
  })

  test('a reader that stops in the middle leaves nothing behind', async () => {
    const name = await createTopic(topic('stops'))
    await send(name, numbers(100))
    const { fetcher } = await open()
    fetcher.ahead(new Map([[`${name}-0`, 0]]))
    for await (const batch of fetcher.read([range(name, 0, 50)], { signal, onDataLoss: noLoss })) if (batch.length > 0) break
    expect(await read(fetcher, [range(name, 0, 100)])).toHaveLength(100)
    const stop = new AbortController()
    const waiting = fetcher
      .read([range(name, 100, 200)], { signal: stop.signal, onDataLoss: noLoss })
      [Symbol.asyncIterator]()
      .next()
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  test('a broker that is killed and comes back loses nothing; one that stays away is named in time', async () => {
    await using broker = await ownBroker()
    const bootstrap = broker.addresses.plaintext
    const name = await createTopic(topic('restart'), { partitions: 2 }, bootstrap)
    for (const partition of [0, 1])
      await send(
        name,
        numbers(200).map(value => ({ value, partition })),
        bootstrap,
      )
    const { fetcher } = await open({ 'kafka.default.api.timeout.ms': '60000' }, { bootstrap })
    fetcher.ahead(
      new Map([
        [`${name}-0`, 0],
        [`${name}-1`, 0],
      ]),
    )
    expect(await read(fetcher, [range(name, 0, 100), range(name, 0, 100, 1)])).toHaveLength(200)
    const rest = read(fetcher, [range(name, 100, 250), range(name, 100, 200, 1)])
    rest.catch(() => {})
    await broker.kill()
    await broker.start()
    await send(name, numbers(50), bootstrap)
    expect(await rest).toHaveLength(250)
    const impatient = await open({ 'kafka.default.api.timeout.ms': '1500' }, { bootstrap })
    await read(impatient.fetcher, [range(name, 0, 10)])
    await broker.stop()
    await expect(read(impatient.fetcher, [range(name, 250, 260)])).rejects.toMatchObject({
      condition: expect.stringMatching(/KAFKA_(TIMEOUT|UNREACHABLE)/),
      message: expect.stringMatching(new RegExp(`${name}-0`)),
    })
  }, 120_000)
})

const JAVA_PRODUCER = `import org.apache.kafka.clients.producer.*; import java.util.*;
public class JavaProducer { public static void main(String[] a) throws Exception {
  var s = new org.apache.kafka.common.serialization.StringSerializer();
  for (int c = 2; c < a.length; c++) {
    Properties p = new Properties(); p.put("bootstrap.servers", a[0]); p.put("compression.type", a[c]); p.put("batch.size", "100000"); p.put("linger.ms", "50");
    try (var k = new KafkaProducer<String, String>(p, s, s)) {
      for (int i = 0; i < 3000; i++) k.send(new ProducerRecord<>(a[1], c - 2, "key " + i, "value " + i + "x".repeat(i % 400))); } } } }`

/** Sends 3,000 records with each codec, a partition a codec; gives what Java printed on failure. */
function javaProducer(classpath: string, args: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-java-'))
  const file = join(directory, 'JavaProducer.java')
  writeFileSync(file, JAVA_PRODUCER)
  const made = spawnSync('java', ['-Xmx128m', '-cp', classpath, file, ...args], { encoding: 'utf8' })
  rmSync(directory, { recursive: true })
  return made.status === 0 ? '' : made.stderr
}
