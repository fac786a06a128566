import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { UsageError } from '../command-line.ts'
import type { Reading } from './reading.ts'

const WANTED = ['CA', 'UNIT', 'SCP', 'STATION', 'LINENAME', 'DIVISION', 'DATE', 'TIME', 'DESC', 'ENTRIES', 'EXITS'] as const

async function text(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`)
  })
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8')
  try {
    return gunzipSync(bytes).toString('utf8')
  } catch (error) {
    throw new UsageError(`${path} is not a whole gzip file: ${(error as Error).message}. Fetch it again.`)
  }
}

function seconds(date: string, time: string): number {
  const m = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2})$/.exec(`${date} ${time}`)
  return m ? Date.UTC(Number(m[3]), Number(m[1]) - 1, Number(m[2]), Number(m[4]), Number(m[5]), Number(m[6])) / 1000 : Number.NaN
}

/**
 * Reads a weekly turnstile file as the MTA publishes it, plain or gzipped. Columns are found by the header (`C/A` or `CA`), so an index column
 * in front or blanks around a name do no harm. A line that does not fit is an error that names it: a week is replayed whole or not at all.
 */
export async function readWeeklyFile(path: string): Promise<Reading[]> {
  const lines = (await text(path)).split(/\r?\n/)
  const header = lines[0]!.split(',').map(h => h.trim().replace('/', '').toUpperCase())
  const at = WANTED.map(name => header.indexOf(name))
  if (at.includes(-1)) {
    const missing = WANTED.filter((_, i) => at[i] === -1).join(', ')
    throw new UsageError(`${path} is not a weekly turnstile file: its first line has no ${missing}`)
  }
  const readings: Reading[] = []
  for (let i = 1; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue
    const fields = lines[i]!.split(',')
    const f = at.map(a => (fields[a] ?? '').trim())
    const reading: Reading = {
      controlArea: f[0]!,
      unit: f[1]!,
      scp: f[2]!,
      station: f[3]!,
      lines: f[4]!,
      division: f[5]!,
      seconds: seconds(f[6]!, f[7]!),
      description: f[8]!,
      entries: Number(f[9]),
      exits: Number(f[10]),
    }
    if (
      fields.length !== header.length ||
      !Number.isInteger(reading.seconds) ||
      !Number.isInteger(reading.entries) ||
      !Number.isInteger(reading.exits)
    )
      throw new UsageError(`${path}, line ${i + 1} is not a reading: ${lines[i]!.slice(0, 120)}`)
    readings.push(reading)
  }
  if (readings.length === 0) throw new UsageError(`${path} holds no readings`)
  return readings
}
