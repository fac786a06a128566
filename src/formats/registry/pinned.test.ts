import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../test/support/services/describe-with.ts'
import { register, registry, remove, subject } from '../../../test/support/services/registry.ts'
import { fromAvro, Session, struct, toAvro, unhex } from '../../index.ts'

const ride = (...more: readonly object[]) => ({ type: 'record', name: 'Ride', fields: [{ name: 'id', type: 'int' }, ...more] })
const FARE = { name: 'fare', type: 'double', default: -1 }
const framed = (id: number, hex: string): string => `00${id.toString(16).padStart(8, '0')}${hex}`

describeWith('registry', 'a query keeps the schemas its checkpoint began with', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pinned-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  /** One life of a query over the lines there are: what it read, and what it said. */
  async function life(name: string, at: Parameters<typeof fromAvro>[1]) {
    await using session = await Session.open()
    const rows: unknown[] = []
    const query = await session.readStream
      .format('text')
      .load(join(directory, name, 'in'))
      .select(fromAvro(unhex('value'), at).as('r'))
      .writeStream.option('checkpointLocation', join(directory, name, 'checkpoint'))
      .trigger({ availableNow: true })
      .foreachBatch(async batch => void rows.push(...(await batch.collect()).map(row => row.r)))
      .start()
    await query.awaitTermination()
    return { rows, codes: query.warnings.map(w => w.code).filter(code => code !== 'PLAN_CHANGED') }
  }
  const line = (name: string, file: string, text: string): void => {
    const to = join(directory, name, 'in')
    mkdirSync(to, { recursive: true })
    writeFileSync(join(to, file), `${text}\n`)
  }

  it('goes on with its version, says that there is a newer one, and takes that where it is told to', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    const at = { subject: rides, registry: url }
    const first = await register(rides, ride())
    line('version', '1', framed(first, '02'))
    expect(await life('version', at)).toEqual({ rows: [{ id: 1 }], codes: [] })
    line('version', '2', framed(first, '04'))
    expect(await life('version', at)).toEqual({ rows: [{ id: 2 }], codes: [] })
    const second = await register(rides, ride(FARE))
    line('version', '3', framed(second, '06000000000000f83f'))
    expect(await life('version', at)).toEqual({ rows: [{ id: 3 }], codes: ['NEWER_SCHEMA_VERSION'] })
    line('version', '4', framed(first, '08'))
    expect(await life('version', { ...at, schemaEvolution: 'latest' })).toEqual({ rows: [{ id: 4, fare: -1 }], codes: [] })
    line('version', '5', framed(second, '0a000000000000f83f'))
    expect(await life('version', at)).toEqual({ rows: [{ id: 5, fare: 1.5 }], codes: [] })
  })

  it('goes on when the subject was removed, and when the registry is away', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    const id = await register(rides, ride())
    line('removed', '1', framed(id, '02'))
    await life('removed', { subject: rides, registry: url })
    await remove(rides)
    line('removed', '2', framed(id, '04'))
    expect(await life('removed', { subject: rides, registry: url })).toEqual({ rows: [{ id: 2 }], codes: ['SUBJECT_GONE'] })
    line('removed', '3', framed(id, '06'))
    const away = { subject: rides, registry: 'http://127.0.0.1:1', retries: 0 }
    expect(await life('removed', away)).toEqual({ rows: [{ id: 3 }], codes: ['SCHEMA_REGISTRY_UNREACHABLE'] })
  })

  it('refuses at its start what the registry would not let it write', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    await using session = await Session.open()
    const start = (more: object) =>
      session.readStream
        .format('rate')
        .load()
        .selectExpr('cast(value as string) as id')
        .select(toAvro(struct('id'), { subject: rides, registry: url, ...more }).as('value'))
        .writeStream.format('noop')
        .start()
    await expect(start({})).rejects.toMatchObject({ condition: 'SUBJECT_NOT_FOUND' })
    await register(rides, ride())
    await expect(start({})).rejects.toMatchObject({ condition: 'AVRO_INCOMPATIBLE_TYPE' })
    await expect(start({ autoRegister: true })).rejects.toMatchObject({ condition: 'SCHEMA_NOT_COMPATIBLE' })
  })

  it('writes with the id it began with, whatever has come to the subject since', async () => {
    const { url } = await registry()
    const rides = subject('rides')
    const id = await register(rides, ride())
    const written = async (): Promise<string[]> => {
      await using session = await Session.open()
      const values: string[] = []
      const query = await session.readStream
        .format('text')
        .load(join(directory, 'writes', 'in'))
        .selectExpr('cast(value as int) as id')
        .select(toAvro(struct('id'), { subject: rides, registry: url }).as('value'))
        .writeStream.option('checkpointLocation', join(directory, 'writes', 'checkpoint'))
        .trigger({ availableNow: true })
        .foreachBatch(async batch => void values.push(...(await batch.collect()).map(row => Buffer.from(row.value).toString('hex'))))
        .start()
      await query.awaitTermination()
      return values
    }
    line('writes', '1', '1')
    expect(await written()).toEqual([framed(id, '02')])
    await register(rides, ride({ name: 'fare', type: 'double', default: 0 }))
    line('writes', '2', '2')
    expect(await written()).toEqual([framed(id, '04')])
  })
})
