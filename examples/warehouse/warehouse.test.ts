import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Session, schema } from '../../src/index.ts'
import { describeWith } from '../../test/support/services/describe-with.ts'
import { type Database, database } from '../../test/support/services/postgresql.ts'
import { loadWarehouse } from './load.ts'

const TRIP = schema(
  'trip_id bigint, vendor string, zone string, borough string, picked_up timestamp, passengers int, fare double, changed timestamp',
)
const trip = (trip_id: number, vendor: string, zone: string, fare: number, changed = '2026-01-01T00:00:00Z') => ({
  trip_id: BigInt(trip_id),
  vendor,
  zone,
  borough: 'Queens',
  picked_up: new Date('2026-01-01T10:00:00Z'),
  passengers: 1,
  fare,
  changed: new Date(changed),
})

describeWith('postgresql', 'the warehouse', () => {
  let db: Database
  let session: Session
  const directory = mkdtempSync(join(tmpdir(), 'millrace-warehouse-'))
  const lake = join(directory, 'lake')
  beforeAll(async () => {
    db = await database()
    session = await Session.open()
  })
  afterAll(async () => {
    await session.close()
    await db[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true })
  })

  const arrive = (...trips: readonly object[]) => session.createDataFrame(trips, TRIP).write.mode('append').parquet(lake)
  const load = () => loadWarehouse(session, { lake, ...db.options })
  const star = () =>
    db.run(
      `SELECT f.trip_id::int AS id, v.name AS vendor, z.name AS zone, f.fare::text AS fare FROM warehouse.fact_trip f
       JOIN warehouse.dim_vendor v USING (vendor_id) JOIN warehouse.dim_zone z USING (zone_id) ORDER BY 1`,
    )

  it('takes new files only, corrects what comes again, and changes nothing when it runs twice', async () => {
    await arrive(trip(1, 'Yellow', 'Astoria', 10), trip(2, 'Green', 'Corona', 20.5))
    expect((await load()).changed).toBe(2 + 2 + 2)
    const first = await star()
    expect(first).toEqual([
      { id: 1, vendor: 'Yellow', zone: 'Astoria', fare: '10.00' },
      { id: 2, vendor: 'Green', zone: 'Corona', fare: '20.50' },
    ])
    expect(await load()).toEqual({ files: 0, changed: 0 })
    await arrive(trip(2, 'Green', 'Corona', 21, '2026-01-02T00:00:00Z'), trip(3, 'Yellow', 'Corona', 5))
    expect(await load()).toEqual({ files: 1, changed: 2 })
    expect((await star()).map(t => t['fare'])).toEqual(['10.00', '21.00', '5.00'])
    expect(await load()).toEqual({ files: 0, changed: 0 })
  })

  it('leaves the star as it was when it dies before the end, and does all of it the next time', async () => {
    await arrive(trip(4, 'Blue', 'Bayside', 7))
    const before = await star()
    // The last statement of the transaction fails.
    await db.run("ALTER TABLE warehouse.loaded_file ADD CONSTRAINT never CHECK (loaded_at < now() - interval '1 hour') NOT VALID")
    await expect(load()).rejects.toThrow(/never/)
    expect(await star()).toEqual(before)
    await db.run('ALTER TABLE warehouse.loaded_file DROP CONSTRAINT never')
    await load()
    expect((await star()).at(-1)).toEqual({ id: 4, vendor: 'Blue', zone: 'Bayside', fare: '7.00' })
  })
})
