import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import avsc from 'avsc'
import { afterAll, expect, test } from 'vitest'
import { Session } from '../../index.ts'
import { readHeader } from './container-header.ts'

const directory = mkdtempSync(join(tmpdir(), 'avro-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const fixture = (name: string): string => new URL(`../../../test/fixtures/avro/${name}`, import.meta.url).pathname
const at = (name: string): string => join(directory, name)
const rowsOf = async (path: string, options = {}): Promise<Record<string, unknown>[]> => {
  await using session = await Session.open()
  return (await session.read.format('avro').options(options).load(path).collect()) as Record<string, unknown>[]
}

// 300 rows in blocks of 4,000 bytes, written by fastavro 1.13; snappy and zstandard by Java's Avro 1.12.
for (const codec of ['null', 'deflate', 'snappy', 'zstandard']) {
  test(`a file of another writer, codec ${codec}`, async () => {
    const rows = await rowsOf(fixture(`rides-${codec}.avro`))
    expect(rows).toHaveLength(300)
    expect(JSON.stringify(rows[1], (_, v) => (typeof v === 'bigint' ? String(v) : v instanceof Map ? [...v] : v))).toBe(
      '{"id":"4611686018427387905","zone":"z1","at":"2024-01-01T00:00:00.001Z","day":"1969-12-31","fare":-12345678901234.56,"kind":"B",' +
        '"tags":[["x",[1.5,1]]],"u":"00000000-0000-0000-0000-000000000001","any":{"member0":null,"member1":"s"}}',
    )
    expect(rows[299]).toMatchObject({ id: 2n ** 62n + 299n, zone: 'z299', any: null })
  })
}

for (const codec of ['uncompressed', 'deflate', 'snappy', 'zstandard']) {
  test(`what is written is read again, and the same rows give the same bytes, codec ${codec}`, async () => {
    await using session = await Session.open()
    const frame = session
      .range(20_000)
      .selectExpr(
        'id',
        "case when id % 3 = 0 then null else concat('z', id) end as zone",
        'cast(id as decimal(12,2)) as fare',
        'array(id, null) as list',
      )
    const [one, two] = [at(`one-${codec}.avro`), at(`two-${codec}.avro`)]
    for (const path of [one, two]) await frame.writeFile(path, { compression: codec, recordName: 'Ride', recordNamespace: 'a.b' })
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
    const back = session.read.format('avro').load(one)
    expect(await back.collect()).toEqual(await frame.collect())
    expect(await back.selectExpr('sum(id) as s').collect()).toEqual([{ s: 199_990_000n }])
    expect(readHeader(readFileSync(one), one)).toMatchObject({
      codec: codec === 'uncompressed' ? 'null' : codec,
      schema: { name: 'a.b.Ride' },
    })
  })
}

test('another reader reads what is written', async () => {
  await using session = await Session.open()
  const path = at('foreign.avro')
  await session.range(5000).selectExpr('cast(id as int) as id', "concat('z', id) as zone").writeFile(path, { compression: 'deflate' })
  const rows = await new Promise<unknown[]>((done, failed) => {
    const all: unknown[] = []
    avsc
      .createFileDecoder(path)
      .on('data', row => all.push({ ...row }))
      .on('end', () => done(all))
      .on('error', failed)
  })
  expect(rows).toEqual(Array.from({ length: 5000 }, (_, id) => ({ id, zone: `z${id}` })))
})

test('a reader’s schema renames and fills in; a declared one picks', async () => {
  const avroSchema = JSON.stringify({
    type: 'record',
    name: 'Ride',
    fields: [
      { name: 'place', aliases: ['zone'], type: ['null', 'string'] },
      { name: 'tip', type: 'double', default: 0.5 },
    ],
  })
  expect((await rowsOf(fixture('rides-null.avro'), { avroSchema }))[1]).toEqual({ place: 'z1', tip: 0.5 })
  await using session = await Session.open()
  const declared = session.read.format('avro').schema('ID long, missing string').load(fixture('rides-deflate.avro'))
  expect((await declared.limit(1).collect())[0]).toEqual({ ID: 2n ** 62n, missing: null })
})

test('files that are damaged are named', async () => {
  const whole = readFileSync(fixture('rides-null.avro'))
  const damaged: Readonly<Record<string, Uint8Array>> = {
    'cut.avro': whole.subarray(0, whole.length - 30),
    'text.avro': Buffer.from('id,zone\n'),
    'mark.avro': Buffer.from(whole).fill(0, whole.length - 3),
    'empty.avro': Buffer.alloc(0),
    'packed.avro': Buffer.concat([
      whole.subarray(0, 4),
      Buffer.from([2, 20]),
      Buffer.from('avro.codec'),
      Buffer.from([10]),
      Buffer.from('bzip2'),
    ]),
  }
  for (const [name, bytes] of Object.entries(damaged)) {
    writeFileSync(at(name), bytes)
    const condition = name === 'empty.avro' ? 'UNABLE_TO_INFER_SCHEMA' : 'INVALID_AVRO_FILE'
    await expect(rowsOf(at(name)), name).rejects.toMatchObject({ condition })
  }
})

test('a stream reads and writes Avro files', async () => {
  await using session = await Session.open()
  await session.range(10).write.format('avro').save(at('in'))
  const stream = session.readStream.format('avro').schema('id long').option('ignoreExtension', false).load(at('in'))
  const query = await stream.writeStream
    .format('avro')
    .option('checkpointLocation', at('chk'))
    .option('compression', 'zstandard')
    .trigger({ availableNow: true })
    .start(at('out'))
  await query.awaitTermination()
  expect((await session.read.format('avro').load(at('out')).orderBy('id').collect()).map(r => r.id)).toEqual([
    0n,
    1n,
    2n,
    3n,
    4n,
    5n,
    6n,
    7n,
    8n,
    9n,
  ])
})

test('codecs that are not written are refused before anything is', async () => {
  await using session = await Session.open()
  const written = session.range(1).write.format('avro').option('compression', 'bzip2').save(at('bzip2'))
  await expect(written).rejects.toMatchObject({ condition: 'INVALID_OPTION' })
})

const POSITIONAL = JSON.stringify({
  type: 'record',
  name: 'Ride',
  fields: [
    { name: 'ride_id', type: ['null', 'long'] },
    { name: 'place', type: { type: 'record', name: 'Place', fields: [{ name: 'zone_name', type: ['null', 'string'] }] } },
  ],
})

test('positionalFieldMatching matches columns and fields by their places, both ways; without it names must fit', async () => {
  await using session = await Session.open()
  const frame = session.range(2).selectExpr('id', "named_struct('zone', concat('z', id)) as at")
  const path = at('positional.avro')
  await expect(frame.writeFile(path, { avroSchema: POSITIONAL })).rejects.toMatchObject({ condition: 'AVRO_FIELD_NOT_MATCHED' })
  await frame.writeFile(path, { avroSchema: POSITIONAL, positionalFieldMatching: 'true' })
  expect(await rowsOf(path)).toEqual([0, 1].map(n => ({ ride_id: BigInt(n), place: { zone_name: `z${n}` } })))
  const read = session.read.format('avro').schema('n bigint, at struct<zone: string>, more int')
  const [row] = await read.option('positionalFieldMatching', true).load(path).where('n = 1').collect()
  expect(row).toEqual({ n: 1n, at: { zone: 'z1' }, more: null })
  const [unmatched] = await read.load(path).where('n is null').collect()
  expect(unmatched).toEqual({ n: null, at: null, more: null })
})

test('avroSchemaUrl is a file with the schema, for reading and for writing; avroSchema wins over it', async () => {
  await using session = await Session.open()
  const fields = [{ name: 'id', type: 'long' }]
  writeFileSync(at('ride.avsc'), JSON.stringify({ type: 'record', name: 'Ride', fields }))
  const path = at('by-url.avro')
  await session.range(1).writeFile(path, { avroSchemaUrl: at('ride.avsc') })
  expect(readHeader(readFileSync(path), path)).toMatchObject({ schema: { name: 'Ride' } })
  const newer = { type: 'record', name: 'Ride', fields: [...fields, { name: 'fare', type: 'double', default: 1.5 }] }
  writeFileSync(at('newer.avsc'), JSON.stringify(newer))
  expect(await rowsOf(path, { avroSchemaUrl: at('newer.avsc') })).toEqual([{ id: 0n, fare: 1.5 }])
  expect(await rowsOf(path, { avroSchemaUrl: at('newer.avsc'), avroSchema: readFileSync(at('ride.avsc'), 'utf8') })).toEqual([{ id: 0n }])
  await expect(rowsOf(path, { avroSchemaUrl: at('nowhere.avsc') })).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' })
})
