import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session, schema } from '../../src/index.ts'
import { openTestSession } from '../../src/testing/index.ts'

const Ride = schema({ CA: 'string', STATION: 'string', ENTRIES: 'int', EXITS: 'int', TS: 'timestamp', address: 'string' })

/** Files the examples read. */
export async function layOutFiles(home: string): Promise<void> {
  await mkdir(join(home, 'in'))
  await mkdir(join(home, 'books'))
  await writeFile(
    join(home, 'in', 'rides.csv'),
    `STATION,ENTRIES,EXITS,TS
59 ST,10,1,2026-01-01T08:01:00Z
59 ST,5,2,2026-01-01T08:03:00Z
CANAL,7,3,2026-01-01T08:04:59Z
59 ST,1,1,2026-01-01T08:05:00Z
CANAL,1,1,2026-01-01T08:30:00Z
`,
  )
  await writeFile(join(home, 'books', 'one.txt'), 'It was the best of times, it was the worst of times\n')
}

/** What an example may speak of without making it. */
export async function given(home: string) {
  const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC', 'spark.sql.warehouse.dir': join(home, 'warehouse') } })
  const row = { CA: 'A002', STATION: ' 59 ST', ENTRIES: 3, EXITS: 1, TS: new Date('2026-01-01T08:00:00Z'), address: '5 Av' }
  const frame = session.createDataFrame([row], Ride)
  const stream = session.readStream
    .schema('STATION string, ENTRIES int, EXITS int, TS timestamp')
    .option('header', true)
    .csv(join(home, 'in'))
  return {
    session,
    Ride,
    frame,
    row: (await frame.collect())[0]!,
    stream,
    query: await stream.writeStream.format('noop').start(),
    geocode: async (addresses: Iterable<unknown>, _signal: AbortSignal) => ({
      lat: [...addresses].map(() => 40.7),
      lon: [...addresses].map(() => -74),
    }),
    t: await openTestSession(),
  }
}
export type Given = Awaited<ReturnType<typeof given>>
