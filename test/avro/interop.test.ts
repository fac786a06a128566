import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fromAvro, Session, toAvro } from '../../src/index.ts'
import { fastavro, type TaggedRow, tagged } from '../support/foreign/fastavro.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { register, registry, subject } from '../support/services/registry.ts'

const nullable = (type: unknown) => ['null', type]
/** Every type of Avro that a column can be. */
const SCHEMA = {
  type: 'record',
  name: 'Everything',
  namespace: 'interop',
  fields: [
    { name: 'flag', type: 'boolean' },
    { name: 'small', type: 'int' },
    { name: 'large', type: 'long' },
    { name: 'single', type: 'float' },
    { name: 'wide', type: 'double' },
    { name: 'bytes', type: 'bytes' },
    { name: 'text', type: 'string' },
    { name: 'maybe', type: nullable('string') },
    { name: 'lastNull', type: ['long', 'null'] },
    { name: 'suit', type: { type: 'enum', name: 'Suit', symbols: ['HEARTS', 'SPADES'] } },
    { name: 'md5', type: { type: 'fixed', name: 'Md5', size: 4 } },
    { name: 'list', type: { type: 'array', items: nullable('int') } },
    { name: 'map', type: { type: 'map', values: 'double' } },
    {
      name: 'inner',
      type: nullable({ type: 'record', name: 'Inner', fields: [{ name: 'deep', type: { type: 'array', items: 'Suit' } }] }),
    },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 } },
    { name: 'fixedPrice', type: { type: 'fixed', name: 'Price', size: 6, logicalType: 'decimal', precision: 12, scale: 3 } },
    { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'millis', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'micros', type: nullable({ type: 'long', logicalType: 'timestamp-micros' }) },
    { name: 'local', type: { type: 'long', logicalType: 'local-timestamp-micros' } },
  ],
}

const ROWS: readonly TaggedRow[] = Array.from({ length: 400 }, (_, i) => {
  const sign = i % 2 === 0 ? 1 : -1
  const hex = i.toString(16).padStart(8, '0')
  return {
    flag: i % 3 === 0,
    small: sign * ((i * 7919) % 2 ** 31),
    large: i % 50 === 0 ? { $int: i % 100 === 0 ? '9223372036854775807' : '-9223372036854775808' } : sign * i * 1_000_003,
    single: i % 40 === 0 ? { $float: 'NaN' } : i / 4,
    wide: i % 60 === 0 ? { $float: '-Infinity' } : sign * i * 1.1,
    bytes: { $bytes: Buffer.from(hex.slice(i % 8), 'latin1').toString('base64') },
    text: i % 10 === 0 ? '' : 'ß🙂 text '.repeat(i % 30),
    maybe: i % 4 === 0 ? null : `maybe ${i}`,
    lastNull: i % 6 === 0 ? null : i,
    suit: i % 2 === 0 ? 'HEARTS' : 'SPADES',
    md5: { $bytes: Buffer.from(hex, 'hex').toString('base64') },
    list: Array.from({ length: i % 5 }, (_, n) => (n % 2 === 1 ? null : i + n * sign)),
    map: Object.fromEntries(Array.from({ length: i % 4 }, (_, n) => [`key ${n}`, n + 0.5])),
    inner: i % 7 === 0 ? null : { deep: i % 2 === 0 ? ['SPADES'] : [] },
    price: { $decimal: `${sign < 0 ? '-' : ''}${i + 1}12345678901234.${String(i % 100).padStart(2, '0')}` },
    fixedPrice: { $decimal: `${sign < 0 ? '-' : ''}${i + 1}.125` },
    id: `00000000-0000-4000-8000-0000${hex}`,
    day: { $days: sign * i * 40 },
    millis: { $micros: sign * i * 123_456_789_000 },
    micros: i % 5 === 0 ? null : { $micros: sign * i * 1_234_567_891_011 },
    local: { $localMicros: sign * i * 999_999_999 },
  }
})

type Avro = Parameters<typeof fromAvro>[1]
/** Our reader's rows, and what our writer makes of them. */
async function throughUs(messages: readonly Buffer[], from: Avro, to: Avro = from): Promise<{ rows: unknown[]; messages: Uint8Array[] }> {
  await using session = await Session.open()
  const frame = session.createDataFrame(
    messages.map((message, at) => ({ at, message })),
    'at int, message binary',
  )
  const found = await frame
    .select('at', fromAvro('message', from as never).as('row'))
    .select('at', 'row', toAvro('row', to as never).as('message'))
    .orderBy('at')
    .collect()
  return { rows: found.map(f => tagged(f.row)), messages: found.map(f => f.message as Uint8Array) }
}

describeWith([fastavro, 'registry'], 'Avro between us and fastavro', () => {
  it('messages mean the same both ways', async () => {
    const back = await throughUs(await fastavro.writeMessages(SCHEMA, ROWS), SCHEMA)
    expect(back.rows).toEqual(ROWS)
    expect(await fastavro.readMessages(SCHEMA, back.messages)).toEqual(ROWS)
  })

  it('messages in Confluent’s frame mean the same both ways', async () => {
    const [read, written] = [subject('everything'), subject('written')]
    const id = await register(read, SCHEMA)
    // A foreign writer knows only the bytes: zero, then the schema's number.
    const frame = Buffer.alloc(5)
    frame.writeInt32BE(id, 1)
    const framed = (await fastavro.writeMessages(SCHEMA, ROWS)).map(message => Buffer.concat([frame, message]))
    expect(await register(written, SCHEMA)).toBe(id)
    const { url } = await registry()
    const back = await throughUs(framed, { subject: read, registry: url }, { subject: written, registry: url })
    expect(back.rows).toEqual(ROWS)
    expect(back.messages.every(message => frame.equals(message.subarray(0, 5)))).toBe(true)
    expect(
      await fastavro.readMessages(
        SCHEMA,
        back.messages.map(message => message.subarray(5)),
      ),
    ).toEqual(ROWS)
  })

  it.each([
    ['null', 'uncompressed'],
    ['deflate', 'deflate'],
    ['snappy', 'snappy'],
    ['zstandard', 'zstandard'],
  ])('files hold the same rows both ways, codec %s', async (codec, compression) => {
    const place = mkdtempSync(join(tmpdir(), 'millrace-avro-'))
    const [theirs, ours] = [join(place, 'theirs.avro'), join(place, 'ours.avro')]
    await fastavro.writeFile(theirs, SCHEMA, ROWS, codec)
    await using session = await Session.open()
    const frame = session.read.format('avro').load(theirs)
    expect((await frame.collect()).map(tagged)).toEqual(ROWS)
    await frame.writeFile(ours, { compression, avroSchema: JSON.stringify(SCHEMA) })
    expect(await fastavro.readFile(ours)).toEqual({ codec, rows: ROWS })
    rmSync(place, { recursive: true })
  })
})
