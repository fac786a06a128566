import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWith } from '../../../test/support/services/describe-with.ts'
import { guardedRegistry } from '../../../test/support/services/guarded-registry.ts'
import { register, registry, subject } from '../../../test/support/services/registry.ts'
import { fromAvro, lit, Session, struct, toAvro, unhex } from '../../index.ts'

const FIRST = {
  type: 'record',
  name: 'Ride',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'zone', type: 'string' },
  ],
}
const SECOND = {
  type: 'record',
  name: 'Ride',
  fields: [
    { name: 'zone', type: 'string' },
    { name: 'id', type: 'long' },
    { name: 'fare', type: 'double', default: -1 },
  ],
}
const framed = (id: number, hex: string): string => `00${id.toString(16).padStart(8, '0')}${hex}`

async function rows(
  values: readonly string[],
  at: Parameters<typeof fromAvro>[1],
  options?: Parameters<typeof fromAvro>[2],
): Promise<unknown[]> {
  await using session = await Session.open()
  const frame = session.createDataFrame(
    values.map((value, at) => ({ at, value })),
    'at int, value string',
  )
  const all = await frame
    .select('at', fromAvro(unhex('value'), at as never, options).as('t'))
    .orderBy('at')
    .collect()
  return all.map(r => r.t)
}

describeWith('registry', 'Avro with a schema registry', () => {
  it('reads what several versions of a schema wrote, in one batch, by the latest', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    const [one, two] = [await register(rides, FIRST), await register(rides, SECOND)]
    const values = [framed(one, '0e0458' + '59'), framed(two, '025a12' + '000000000000f83f'), framed(one, '0002' + '51')]
    expect(await rows(values, { subject: rides, registry: url })).toEqual([
      { zone: 'XY', id: 7n, fare: -1 },
      { zone: 'Z', id: 9n, fare: 1.5 },
      { zone: 'Q', id: 0n, fare: -1 },
    ])
    expect(await rows([values[0]!], { subject: rides, registry: url, version: 1 })).toEqual([{ id: 7, zone: 'XY' }])
  })

  it('gives nulls for a poison record in PERMISSIVE and names it in FAILFAST', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    const id = await register(rides, FIRST)
    const other = await register(subject('notes'), { type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] })
    const at = { subject: rides, registry: url }
    const none = { id: null, zone: null }
    const poison = ['00', '7b2261223a317d', framed(2_000_000_000, '0e02' + '58'), framed(other, '0258'), framed(id, '0eff')]
    const good = framed(id, '0e0258')
    expect(await rows([good, ...poison, good], at, { mode: 'PERMISSIVE' })).toEqual([
      { id: 7, zone: 'X' },
      ...poison.map(() => none),
      { id: 7, zone: 'X' },
    ])
    for (const one of poison) await expect(rows([one], at)).rejects.toMatchObject({ condition: 'MALFORMED_AVRO_MESSAGE' })
    await expect(rows(['0e0c' + '616263646566'], at, { mode: 'PERMISSIVE' })).rejects.toMatchObject({ condition: 'AVRO_LOOKS_PLAIN' })
  })

  it('reads schemas that refer to others', async () => {
    const { url } = await registry()
    const [zones, rides] = [subject('zones'), subject('rides')]
    await register(zones, { type: 'record', name: 'geo.Zone', fields: [{ name: 'name', type: 'string' }] })
    const ride = {
      type: 'record',
      name: 'Ride',
      fields: [
        { name: 'from', type: 'geo.Zone' },
        { name: 'to', type: ['null', 'geo.Zone'] },
      ],
    }
    const id = await register(rides, ride, { references: [{ name: 'geo.Zone', subject: zones, version: 1 }] })
    expect(await rows([framed(id, '025800')], { subject: rides, registry: url })).toEqual([{ from: { name: 'X' }, to: null }])
  })

  it('writes with the id of the subject’s schema, registers only where told to, and only what is compatible', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    await using session = await Session.open()
    const row = session.range(1).select(struct(lit(7).as('id'), lit('X').as('zone')).as('ride'))
    const written = async (options: object): Promise<string> => {
      const [only] = await row.select(toAvro('ride', { subject: rides, registry: url, ...options }).as('v')).collect()
      return Buffer.from(only!.v).toString('hex')
    }
    await expect(written({})).rejects.toMatchObject({ condition: 'SUBJECT_NOT_FOUND' })
    const first = await written({ autoRegister: true })
    const id = Number.parseInt(first.slice(2, 10), 16)
    expect(first).toBe(framed(id, '0e0258'))
    expect(await written({})).toBe(first)
    const other = session.range(1).select(toAvro(struct(lit('7').as('id')), { subject: rides, registry: url, autoRegister: true }))
    await expect(other.collect()).rejects.toMatchObject({ condition: 'SCHEMA_NOT_COMPATIBLE' })
    const unfit = session.range(1).select(toAvro(struct(lit('7').as('id'), lit('X').as('zone')), { subject: rides, registry: url }))
    await expect(unfit.collect()).rejects.toMatchObject({ condition: 'AVRO_INCOMPATIBLE_TYPE' })
  })

  it('logs in, and never shows the password', async () => {
    await using guarded = await guardedRegistry(`Basic ${Buffer.from('alice:s3cret-word').toString('base64')}`)
    const rides = subject('rides')
    const id = await register(rides, FIRST)
    const at = { subject: rides, registry: guarded.url, username: 'alice' }
    expect(await rows([framed(id, '0e0258')], { ...at, password: 's3cret-word' })).toEqual([{ id: 7, zone: 'X' }])
    const refused = rows([framed(id, '0e0258')], { ...at, password: 's3cret-wrong' })
    await expect(refused).rejects.toMatchObject({ condition: 'SCHEMA_REGISTRY_LOGIN' })
    await expect(refused).rejects.toThrow(/^(?![\s\S]*s3cret)/)
  })
})

it('tries the next address, and again after a failure, and says at last that nobody answers', async () => {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    if (asked === 1) response.writeHead(503).end()
    else if (request.url === '/subjects/s/versions/latest') response.end(JSON.stringify({ id: 3, version: 1, schema: '"int"' }))
    else response.end(JSON.stringify({ schema: '"int"' }))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  try {
    const both = `http://127.0.0.1:1,http://127.0.0.1:${port}`
    expect(await rows([framed(3, '0e')], { subject: 's', registry: both })).toEqual([7])
    const nobody = rows([framed(3, '0e')], { subject: 's', registry: 'http://127.0.0.1:1', retries: 1 })
    await expect(nobody).rejects.toMatchObject({ condition: 'SCHEMA_REGISTRY_UNREACHABLE', params: { attempts: 2 } })
  } finally {
    server.close()
  }
})

it('refuses options it does not know', async () => {
  const at = { subject: 's', registry: 'http://127.0.0.1:1' }
  await expect(rows([], { ...at, pasword: 'x' })).rejects.toMatchObject({ condition: 'UNKNOWN_OPTION' })
  await expect(rows([], { ...at, schemaEvolution: 'newest' as never })).rejects.toMatchObject({ condition: 'INVALID_OPTION' })
  await expect(rows([], { ...at, registry: 'registry:8081' })).rejects.toMatchObject({ condition: 'INVALID_OPTION' })
  await expect(rows([], { ...at, registry: 'http://u:p@r' })).rejects.toMatchObject({ condition: 'INVALID_OPTION' })
})

it('counts each message of a stream once, though ids are looked up between attempts of a batch', async () => {
  const schemas: Readonly<Record<string, string>> = {
    1: JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'k', type: 'string' }] }),
    2: JSON.stringify({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'n', type: 'int' },
        { name: 'k', type: 'string' },
      ],
    }),
  }
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const schema = schemas[/ids\/(\d+)/.exec(request.url!)?.[1] ?? '1']
    if (schema) response.end(JSON.stringify({ id: 1, version: 1, schema }))
    else response.writeHead(404).end('{"error_code":40403,"message":"Schema not found"}')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const directory = mkdtempSync(join(tmpdir(), 'registry-'))
  try {
    await using session = await Session.open()
    const counts = session.readStream
      .format('text')
      .load(directory)
      .select(fromAvro(unhex('value'), { subject: 'r', registry: url }, { mode: 'PERMISSIVE' }).as('r'))
      .select('r.*')
      .groupBy('k')
      .count()
    const seen: unknown[] = []
    const query = await counts.writeStream
      .outputMode('complete')
      .foreachBatch(async batch => void seen.push((await batch.orderBy('k').collect()).map(r => [r.k, r.count])))
      .start()
    writeFileSync(join(directory, '1'), `${framed(1, '0261')}\n${framed(1, '0262')}\n`)
    await query.processAllAvailable()
    writeFileSync(join(directory, '2'), `${framed(1, '0261')}\n${framed(2, '0e0261')}\n${framed(9, '0261')}\n`)
    await query.processAllAvailable()
    await query.stop()
    expect(seen).toEqual([
      [
        ['a', 1n],
        ['b', 1n],
      ],
      [
        [null, 1n],
        ['a', 3n],
        ['b', 1n],
      ],
    ])
    expect(asked).toEqual(['/subjects/r/versions/latest', '/schemas/ids/2', '/schemas/ids/9'])
  } finally {
    server.close()
    rmSync(directory, { recursive: true, force: true })
  }
})
