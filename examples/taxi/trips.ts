import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { access, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { randomFrom } from '../turnstiles/random.ts'

/** The columns of a file of trips, as Spark's DDL: document 003's types. */
export const TRIP =
  'VendorID bigint, tpep_pickup_datetime string, tpep_dropoff_datetime string, passenger_count double, trip_distance double, RatecodeID double, store_and_fwd_flag string, PULocationID bigint, DOLocationID bigint, payment_type bigint, fare_amount double, extra double, mta_tax double, tip_amount double, tolls_amount double, improvement_surcharge double, total_amount double'

export const COLUMNS: readonly string[] = TRIP.split(', ').map(column => column.split(' ')[0]!)

const AVRO_TYPES: Readonly<Record<string, string>> = { bigint: 'long', double: 'double', string: 'string' }

/** The same columns as an Avro schema; any of them may be missing in a trip. */
export const TRIP_AVRO = {
  type: 'record',
  name: 'Trip',
  namespace: 'nyc.taxi',
  fields: TRIP.split(', ').map(column => {
    const [name, type] = column.split(' ') as [string, string]
    return { name, type: ['null', AVRO_TYPES[type]!], default: null }
  }),
}

const two = (n: number): string => String(n).padStart(2, '0')
/** `02/08/2018 05:07:37 AM`. */
function clock(seconds: number): string {
  const d = new Date(seconds * 1000)
  const h = d.getUTCHours()
  const date = `${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${d.getUTCFullYear()}`
  return `${date} ${two(h % 12 === 0 ? 12 : h % 12)}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${h < 12 ? 'AM' : 'PM'}`
}

const FIRST_PICKUP = Date.UTC(2018, 1, 1) / 1000
function line(random: () => number, row: number): string {
  const pickup = FIRST_PICKUP + row
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const cents = (most: number): number => Math.floor(random() * most * 100) / 100
  const fare = whole(3, 60) + 0.5
  const tip = cents(10)
  const dropoff = pickup + whole(120, 2400)
  const ride = `${clock(pickup)},${clock(dropoff)},${whole(1, 5)},${cents(15)}`
  return `${whole(1, 2)},${ride},1,N,${whole(1, 263)},${whole(1, 263)},${whole(1, 2)},${fare},0.5,0.5,${tip},0,0.3,${(fare + 1.3 + tip).toFixed(2)}\n`
}

const SEED = 2018
export const GENERATED_ROWS = 100_000

/** Writes generated trips into the directory, once, and gives the file's path. The same file for everybody. */
export async function generateTrips(dir: string): Promise<string> {
  const path = join(dir, 'trips.csv')
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return path
  await mkdir(dir, { recursive: true })
  const random = randomFrom(SEED)
  const out = createWriteStream(`${path}.part`)
  out.write(`${COLUMNS.join(',')}\n`)
  for (let row = 0; row < GENERATED_ROWS; row++) if (!out.write(line(random, row))) await once(out, 'drain')
  out.end()
  await once(out, 'close')
  await rename(`${path}.part`, path)
  return path
}
