import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomFrom } from '../examples/turnstiles/random.ts'

const ROOT = process.env['MILLRACE_BENCH_DATA'] ?? join(tmpdir(), 'millrace-bench')

/** Writes `files` files of `rows` lines each into a directory of that name, once. */
async function directory(
  name: string,
  files: number,
  rows: number,
  extension: string,
  header: string,
  line: (random: () => number) => string,
): Promise<string> {
  const dir = join(ROOT, name)
  if (existsSync(join(ROOT, `${name}.done`))) return dir
  mkdirSync(dir, { recursive: true })
  console.error(`making ${dir} …`)
  for (let f = 0; f < files; f++) {
    const random = randomFrom(f + 1)
    const path = join(dir, `part-${String(f).padStart(4, '0')}.${extension}`)
    const out = createWriteStream(`${path}.tmp`)
    let text = header
    for (let r = 0; r < rows; r++) {
      text += line(random)
      if (text.length > 1 << 20) {
        if (!out.write(text)) await once(out, 'drain')
        text = ''
      }
    }
    out.end(text)
    await once(out, 'finish')
    renameSync(`${path}.tmp`, path)
  }
  mkdirSync(join(ROOT, `${name}.done`))
  return dir
}

export const bytesIn = (dir: string, files: number, extension: string): number =>
  Array.from({ length: files }, (_, f) => statSync(join(dir, `part-${String(f).padStart(4, '0')}.${extension}`)).size).reduce(
    (a, b) => a + b,
    0,
  )

/** Lines of ten words from about 98,500, often ones more often; 64 MB a file. */
export const words = (files: number): Promise<string> =>
  directory(`words-${files}`, files, 950_000, 'txt', '', random => {
    let line = ''
    for (let i = 0; i < 10; i++)
      line += `${i === 0 ? '' : ' '}${Math.floor(98_500 * random() ** 3)
        .toString(36)
        .padStart(5, 'w')}`
    return `${line}\n`
  })

const two = (n: number): string => String(n).padStart(2, '0')
/** Taxi rides as the city publishes them: 17 columns, 12-hour clock; 1 M rows (about 92 MB) a file, event time rising through the file. */
export const taxi = (files: number): Promise<string> => {
  let row = 0
  const header =
    'VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,trip_distance,RatecodeID,store_and_fwd_flag,PULocationID,DOLocationID,payment_type,fare_amount,extra,mta_tax,tip_amount,tolls_amount,improvement_surcharge,total_amount\n'
  const clock = (seconds: number): string => {
    const d = new Date(1_517_443_200_000 + seconds * 1000)
    const h = d.getUTCHours()
    return `${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${d.getUTCFullYear()} ${two(h % 12 === 0 ? 12 : h % 12)}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${h < 12 ? 'AM' : 'PM'}`
  }
  return directory(`taxi-${files}`, files, 1_000_000, 'csv', header, random => {
    const at = Math.floor((row++ * 250_000) / 1_000_000)
    const fare = 3 + Math.floor(random() * 80) / 2
    const tip = Math.floor(random() * 1000) / 100
    return `${1 + Math.floor(random() * 2)},${clock(at)},${clock(at + 120 + Math.floor(random() * 2400))},${1 + Math.floor(random() * 5)},${(random() * 15).toFixed(2)},1,N,${1 + Math.floor(random() * 263)},${1 + Math.floor(random() * 263)},${1 + Math.floor(random() * 2)},${fare},0.5,0.5,${tip},0,0.3,${(fare + 1.3 + tip).toFixed(2)}\n`
  })
}
