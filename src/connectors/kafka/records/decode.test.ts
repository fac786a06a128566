import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchBytes, type PlainBatch, type PlainRecord } from '../../../../test/support/kafka-batches.ts'
import type { CodecName } from '../../../formats/index.ts'
import { type RowBatch, rowsOf } from '../../../types/index.ts'
import { kafkaSchema } from '../schema.ts'
import { headerAt } from './batch-header.ts'
import { type Between, checkBatch, codecReady, decodeBatch, type RecordBytes } from './decode.ts'
import { COLUMN, RecordTable } from './record-table.ts'

const CODECS: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const ALL: Between = { from: 0, to: Number.MAX_SAFE_INTEGER }
const SMALL = { rows: 2, bytes: 16 }

const source = (bytes: Uint8Array, partition = 3, topic = 'clicks'): RecordBytes => ({
  topic,
  partition,
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
})

async function decodeAll(from: RecordBytes, into: RecordTable, between = ALL): Promise<void> {
  for (let at = 0, header = headerAt(from.view, at); header; at = header.end, header = headerAt(from.view, at)) {
    checkBatch(from, header, true)
    await codecReady(header)
    decodeBatch(from, header, between, into)
  }
}

async function decoded(batches: readonly PlainBatch[], between = ALL, wanted?: ReadonlySet<number>): Promise<RowBatch> {
  const bytes = new Uint8Array(Buffer.concat(await Promise.all(batches.map(batchBytes))))
  const table = new RecordTable(kafkaSchema(true), wanted, SMALL)
  await decodeAll(source(bytes), table, between)
  return table.finish()
}

/** The rows a batch must give, told in the plainest way. */
function expected(batches: readonly PlainBatch[], { from, to }: Between): unknown[] {
  const hex = (b: Uint8Array | null | undefined): string | null => (b ? Buffer.from(b).toString('hex') : null)
  return batches.flatMap(b =>
    b.records
      .map(r => ({
        key: hex(r.key),
        value: hex(r.value),
        topic: 'clicks',
        partition: 3,
        offset: BigInt(b.firstOffset + r.offsetDelta),
        ms: b.logAppendTime ? (b.maxTimestampMs ?? b.firstTimestampMs ?? 0) : (b.firstTimestampMs ?? 0) + (r.timestampDelta ?? 0),
        timestampType: b.logAppendTime ? 1 : 0,
        headers: r.headers?.length ? r.headers.map(([k, v]) => [new TextDecoder('utf-8', { ignoreBOM: true }).decode(k), hex(v)]) : null,
      }))
      .filter(r => r.offset >= from && r.offset < to),
  )
}

const seen = (batch: RowBatch): unknown[] =>
  [...rowsOf(batch)].map((row: any) => ({
    key: row.key && Buffer.from(row.key).toString('hex'),
    value: row.value && Buffer.from(row.value).toString('hex'),
    topic: row.topic,
    partition: row.partition,
    offset: row.offset,
    ms: Number(row.timestamp.micros / 1000n),
    timestampType: row.timestampType,
    headers: row.headers?.map((h: any) => [h.key, h.value && Buffer.from(h.value).toString('hex')]) ?? null,
  }))

const bytesOf = (maxLength: number): fc.Arbitrary<Uint8Array | null> =>
  fc.option(
    fc.oneof(
      { weight: 6, arbitrary: fc.uint8Array({ maxLength }) },
      { weight: 1, arbitrary: fc.nat(600).map(n => new Uint8Array(n).fill(n)) },
    ),
    { freq: 8 },
  )
const recordArbitrary = fc.record({
  gap: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 100_000 }) }),
  timestampDelta: fc.oneof(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
  key: bytesOf(40),
  value: bytesOf(300),
  headers: fc.array(fc.tuple(fc.uint8Array({ maxLength: 12 }), bytesOf(20)), { maxLength: 3 }),
})
const logArbitrary = fc
  .array(
    fc.record({
      gap: fc.nat(3),
      records: fc.array(recordArbitrary, { maxLength: 20 }),
      codec: fc.constantFrom(...CODECS),
      logAppendTime: fc.boolean(),
      firstTimestampMs: fc.integer({ min: 0, max: 4e12 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain(parts => fc.constantFrom(0, 17, 2 ** 33, 2 ** 50).map(start => ({ start, parts })))
  .map(({ start, parts }): PlainBatch[] => {
    let next = start
    return parts.map(part => {
      const firstOffset = next + part.gap
      let delta = -1
      const records = part.records.map((r): PlainRecord => {
        delta += r.gap
        return { ...r, offsetDelta: delta }
      })
      next = firstOffset + Math.max(delta, 0) + 1
      return { ...part, firstOffset, records, maxTimestampMs: part.firstTimestampMs + 5, lastOffsetDelta: Math.max(delta, 0) }
    })
  })

test('any log comes back record by record, between any offsets', async () => {
  await fc.assert(
    fc.asyncProperty(logArbitrary, fc.nat(120), fc.nat(120), async (log, skip, take) => {
      const between = { from: log[0]!.firstOffset + skip - 20, to: log[0]!.firstOffset + skip + take }
      expect(seen(await decoded(log, between))).toEqual(expected(log, between))
      expect(seen(await decoded(log))).toEqual(expected(log, ALL))
    }),
    { numRuns: 150 },
  )
})

test('only the wanted columns are made', async () => {
  const batch = { firstOffset: 5, records: [{ offsetDelta: 0, key: Buffer.from('k'), value: Buffer.from('v') }] }
  const made = await decoded([batch], ALL, new Set([COLUMN.value, COLUMN.offset]))
  expect(made.length).toBe(1)
  expect(made.columns.map(c => c.length)).toEqual([0, 1, 0, 0, 1, 0, 0, 0])
  expect(Array.from(made.columns[COLUMN.offset]!.values as BigInt64Array)).toEqual([5n])
})

test('batches of several topics and partitions share a table', async () => {
  const table = new RecordTable(kafkaSchema(false), undefined, SMALL)
  const one = async (value: string): Promise<Uint8Array> =>
    batchBytes({ firstOffset: 0, records: [0, 1].map(i => ({ offsetDelta: i, value: Buffer.from(value) })) })
  await decodeAll(source(await one('a'), 0, 'clicks'), table)
  await decodeAll(source(await one('b'), 1, 'clicks'), table)
  await decodeAll(source(await one('c'), 0, 'visits to the shop'), table)
  const rows = [...rowsOf(table.finish())].map((r: any) => `${r.topic}-${r.partition}@${r.offset} ${Buffer.from(r.value)}`)
  expect(rows).toEqual([
    'clicks-0@0 a',
    'clicks-0@1 a',
    'clicks-1@0 b',
    'clicks-1@1 b',
    'visits to the shop-0@0 c',
    'visits to the shop-0@1 c',
  ])
})

describe('a batch is refused by topic, partition and offset', () => {
  const good = batchBytes({ firstOffset: 40, records: [{ offsetDelta: 0, value: Buffer.from('value') }] })
  const refused = async (change: (b: Uint8Array) => void, checkCrc = true): Promise<unknown> => {
    const bytes = new Uint8Array(await good)
    change(bytes)
    const from = source(bytes)
    try {
      const header = headerAt(from.view, 0)!
      checkBatch(from, header, checkCrc)
      await codecReady(header)
      decodeBatch(from, header, ALL, new RecordTable(kafkaSchema(false), undefined, SMALL))
      return 'taken'
    } catch (error) {
      return error
    }
  }
  const at = { topic: 'clicks', partition: 3, offset: 40 }

  test.each([
    ['a bit flipped in a value', (b: Uint8Array) => b.fill(1, 68, 69), 'its checksum is wrong'],
    ['another format', (b: Uint8Array) => b.fill(9, 16, 17), 'its format is 9'],
    ['no length', (b: Uint8Array) => b.fill(0, 8, 12), 'its header contradicts itself'],
    ['a short length', (b: Uint8Array) => b.fill(0x20, 11, 12), 'its header contradicts itself'],
  ])('%s', async (_, change, why) => {
    expect(await refused(change)).toMatchObject({ condition: 'KAFKA_CORRUPT_RECORDS', params: { ...at, why } })
  })

  test.each([0, 1])('format v%i', async magic => {
    expect(await refused(b => b.fill(magic, 16, 17))).toMatchObject({ condition: 'KAFKA_OLD_MESSAGE_FORMAT', params: { ...at, magic } })
  })

  test.each([
    ['a record longer than the batch', 61],
    ['a value longer than its record', 66],
  ])('%s, with checksums off', async (_, byte) => {
    expect(await refused(b => b.fill(0x7e, byte, byte + 1), false)).toMatchObject({ condition: 'KAFKA_CORRUPT_RECORDS', params: at })
  })

  test('compressed bytes that are not the codec’s, with checksums off', async () => {
    for (const codec of [1, 2, 3, 4]) {
      const error = await refused(b => b.fill(codec, 22, 23), false)
      expect(error).toMatchObject({ condition: 'KAFKA_CORRUPT_RECORDS', params: at })
    }
    expect(await refused(b => b.fill(7, 22, 23), false)).toMatchObject({ params: { ...at, why: 'there is no codec 7' } })
  })
})
