import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProducer, Session } from '../../src/index.ts'
import { type ForeignRecord, javaClient, librdkafka, type Seen, type Step } from '../support/foreign/clients.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../support/services/kafka.ts'
import { openSource, plan, rows } from './open-source.ts'

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const PARTITIONS = 4
/** The header that says which batch a transaction belongs to. */
const BATCH_MARK = 'millrace.batch'
const SLOW = 180_000

/** Numbers that look like chance and are the same in every run. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

/** Keys of every length and alphabet, also none; values also null, empty and long; headers also doubled, empty and null. */
function recordOf(name: string, i: number): ForeignRecord {
  const key = i % 5 === 0 ? null : Buffer.from(`${'ключ-key-🔑'.repeat(i % 4)}${i % 97}`)
  const long = () => Buffer.from(Array.from({ length: 100_000 }, chance(i)).map(n => n % 256))
  const value = i % 11 === 0 ? null : i % 13 === 0 ? Buffer.alloc(0) : i === 200 ? long() : Buffer.from(`value ${i} ${'x'.repeat(i % 50)}`)
  const headers = [
    ['a', Buffer.from(`${i}`)],
    ['a', Buffer.from('again')],
    ['empty', Buffer.alloc(0)],
    ['null', null],
  ] as const
  const timestamp = 1_700_000_000_000 + i * 1000 - (i % 7) * 5000
  return { topic: name, key, value, timestamp, headers: i % 3 === 0 ? headers : [], ...(key === null && { partition: i % PARTITIONS }) }
}

const buffer = (bytes: unknown): Buffer | null => (bytes === null || bytes === undefined ? null : Buffer.from(bytes as Uint8Array))

/** What our source reads, in the words of the foreign clients. */
async function ours(name: string, options: Readonly<Record<string, string>> = {}): Promise<Seen[]> {
  const { source } = await openSource({ subscribe: name, startingOffsets: 'earliest', includeHeaders: 'true', ...options })
  const { end } = await plan(source, null)
  const found = end === null ? [] : ((await rows(source, null, end)) as unknown as Record<string, any>[])
  return found
    .map(row => ({
      topic: row['topic'],
      partition: row['partition'],
      offset: Number(row['offset']),
      timestamp: Number(row['timestamp'].micros / 1000n),
      timestampType: row['timestampType'],
      key: buffer(row['key']),
      value: buffer(row['value']),
      headers: (row['headers'] ?? []).map((h: { key: string; value: Uint8Array | null }) => [h.key, buffer(h.value)]),
    }))
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

describeWith(['kafka', javaClient, librdkafka], 'what foreign clients write', () => {
  it.each([javaClient, librdkafka])('arrives as it was written, in every codec: $name', { timeout: SLOW }, async client => {
    const name = await createTopic(topic('codecs'), { partitions: PARTITIONS })
    const batches = CODECS.map((codec): Step[] => [
      { producer: codec, settings: { 'compression.type': codec, 'linger.ms': '50' } },
      ...Array.from({ length: 300 }, (_, i) => recordOf(name, i)),
      'flush',
    ])
    const written = await client.write(batches.flat())
    const expected = written
      .map((at, i) => ({ headers: [], ...recordOf(name, i % 300), ...at, timestampType: 0 }))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    expect(await ours(name)).toEqual(expected)
    expect(await javaClient.read([name])).toEqual(expected)
  })

  it('is read committed as Java reads it, whatever a fetch holds', { timeout: SLOW }, async () => {
    const name = await createTopic(topic('transactions'), { partitions: 2 })
    await javaClient.write(transactions(name, 7))
    // Left open: nothing behind its first record may be read committed.
    const open = { 'transactional.id': topic('open'), 'transaction.timeout.ms': '600000' }
    const last = { topic: name, partition: 1, key: null, value: Buffer.from('open') }
    await librdkafka.write([{ producer: 'open', settings: open }, 'begin', last, 'flush'])
    await javaClient.write([{ producer: 'late' }, { ...last, value: Buffer.from('late') }])
    for (const isolation of ['read_committed', 'read_uncommitted']) {
      const expected = await javaClient.read([name], { 'isolation.level': isolation })
      expect(expected.some(r => r.value!.toString() === 'late')).toBe(isolation === 'read_uncommitted')
      for (const size of ['1', '500', '5000', '1048576']) {
        const options = { 'kafka.isolation.level': isolation, 'kafka.max.partition.fetch.bytes': size }
        expect(await ours(name, options), `${isolation}, fetches of ${size} bytes`).toEqual(expected)
      }
    }
  })
})

/** Three transactional producers and a plain one that take turns in the same partitions; half of the transactions are aborted. */
function transactions(name: string, seed: number): Step[] {
  const next = chance(seed)
  const id = topic('id')
  const open = new Set<string>()
  const steps: Step[] = []
  for (let i = 0; i < 120; i++) {
    const producer = ['a', 'b', 'c', 'plain'][next(4)]!
    steps.push({ producer, settings: producer === 'plain' ? {} : { 'transactional.id': `${id}-${producer}` } })
    if (producer !== 'plain' && !open.has(producer)) steps.push('begin')
    open.add(producer)
    const count = 1 + next(6)
    for (let n = 0; n < count; n++) {
      steps.push({ topic: name, partition: next(2), key: null, value: Buffer.from(`${i}.${n} of ${producer}`) })
      if (next(3) === 0) steps.push('flush')
    }
    if (producer !== 'plain' && next(2) === 0) {
      steps.push(next(2) === 0 ? 'commit' : 'abort')
      open.delete(producer)
    } else steps.push('flush')
  }
  return steps
}

describeWith(['kafka', javaClient, librdkafka], 'what we write', () => {
  /** Key, value and headers; the last record of a transaction in a partition carries the batch's number besides. */
  const plain = ({ key, value, headers }: Pick<Seen, 'key' | 'value' | 'headers'>) =>
    JSON.stringify([
      key?.toString('hex'),
      value?.toString('hex'),
      headers.filter(([name]) => name !== BATCH_MARK).map(([name, bytes]) => [name, bytes?.toString('hex')]),
    ])

  it('is read by foreign clients, in every codec, as a batch and as transactions of a stream', { timeout: SLOW }, async () => {
    const [batched, streamed] = [
      await createTopic(topic('batched'), { partitions: 4 }),
      await createTopic(topic('streamed'), { partitions: 4 }),
    ]
    const records = Array.from({ length: 300 }, (_, i) => recordOf(batched, i))
    const place = mkdtempSync(join(tmpdir(), 'millrace-interop-'))
    const session = await Session.open()
    const at = { 'kafka.bootstrap.servers': (await kafka()).plaintext }
    const frame = session.createDataFrame(
      records.map(({ key, value, headers, partition }) => ({
        key,
        value,
        partition: partition ?? null,
        headers: headers!.map(([name, bytes]) => ({ key: name, value: bytes })),
      })),
      'key binary, value binary, partition int, headers array<struct<key: string, value: binary>>',
    )
    for (const codec of CODECS) {
      const packed = { ...at, 'kafka.compression.type': codec }
      await frame.write
        .format('kafka')
        .options({ ...packed, topic: batched })
        .save()
      const read = { ...at, subscribe: batched, startingOffsets: 'earliest' }
      // One checkpoint for all: each run takes what the codec before it did not see.
      const query = await session.readStream
        .format('kafka')
        .options(read)
        .option('includeHeaders', true)
        .load()
        .selectExpr('key', 'value', 'partition', 'headers')
        .writeStream.format('kafka')
        .options({ ...packed, topic: streamed, transactional: 'true', checkpointLocation: place })
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
    }
    await session.close()
    rmSync(place, { recursive: true })

    const seen = await javaClient.read([batched, streamed], { 'isolation.level': 'read_committed' })
    expect(await librdkafka.read([batched, streamed])).toEqual(seen)
    const sent = CODECS.flatMap(() => records.map(r => plain({ headers: [], ...r }))).sort()
    const valuesOf = (name: string) =>
      seen
        .filter(r => r.topic === name)
        .map(plain)
        .sort()
    expect(valuesOf(batched)).toEqual(sent)
    expect(valuesOf(streamed)).toEqual(sent)
    const marks = seen.flatMap(r => r.headers.map(([header]) => `${r.topic} ${header}`)).filter(header => header.endsWith(BATCH_MARK))
    expect(marks).toEqual(Array(CODECS.length * PARTITIONS).fill(`${streamed} ${BATCH_MARK}`))
  })

  it('puts keys into the partitions that Java chooses', { timeout: SLOW }, async () => {
    const [theirs, name] = [await createTopic(topic('theirs'), { partitions: 7 }), await createTopic(topic('ours'), { partitions: 7 })]
    const keys = Array.from({ length: 500 }, (_, i) => Buffer.from(Array.from({ length: i % 24 }, chance(i)).map(n => n % 256)))
    const by = (records: readonly Seen[]) => new Map(records.map(r => [r.key!.toString('hex'), r.partition]))
    await javaClient.write([{ producer: 'java' }, ...keys.map(key => ({ topic: theirs, key, value: null }))])
    const producer = await createProducer<Buffer, null>({
      bootstrapServers: (await kafka()).plaintext,
      topic: name,
      keySerializer: 'bytes',
    })
    for (const key of keys) await producer.send(key, null)
    await producer.close()
    expect(by(await javaClient.read([name]))).toEqual(by(await javaClient.read([theirs])))
  })
})
