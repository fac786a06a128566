import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataFrame, Session } from '../../src/index.ts'
import { type Frozen, readRides } from './0.1/programs.ts'

/** Stands for the directory a checkpoint was made in; the source's log and the plan name files by their full path. */
const HOME = '/HOME'
/** Times of files are part of a checkpoint and no part of a checkout. */
const MTIME = Date.UTC(2026, 0, 1) / 1000
const isText = (path: string): boolean => !/\.(parquet|gz)$/.test(path)

/** Copies a frozen directory to where it is to live on, or freezes a living one. */
export function transplant(from: string, to: string, how: 'freeze' | 'thaw'): void {
  cpSync(from, to, { recursive: true, filter: path => !/\.crc$|\.tmp$/.test(path) })
  for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' })) {
    const path = join(to, name)
    if (!statSync(path).isFile()) continue
    if (isText(path)) {
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, how === 'freeze' ? text.replaceAll(from, HOME) : text.replaceAll(HOME, to))
    }
    utimesSync(path, MTIME, MTIME)
  }
}

/** Lands one file in `in/`, whole and at the frozen time. */
export function land(home: string, name: string, text: string): void {
  mkdirSync(join(home, 'in'), { recursive: true })
  const hidden = join(home, `.${name}`)
  writeFileSync(hidden, text)
  utimesSync(hidden, MTIME, MTIME)
  renameSync(hidden, join(home, 'in', name))
}

/** Runs the program on everything that waits, and answers the rows of its batches (of a file sink: of the directory) as sorted JSON. */
export async function run(program: Frozen, home: string): Promise<readonly string[]> {
  const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
  const rows: unknown[] = []
  try {
    const writer = program
      .frame(readRides(session, join(home, 'in')))
      .writeStream.outputMode(program.mode)
      .option('checkpointLocation', join(home, 'checkpoint'))
      .trigger({ availableNow: true })
    const query = program.format
      ? await writer.format(program.format).start(join(home, 'out'))
      : await writer.foreachBatch(async (batch: DataFrame) => void rows.push(...(await batch.collect()))).start()
    await query.awaitTermination()
    if (program.format) rows.push(...(await session.read.schema('STATION string, ENTRIES int').csv(join(home, 'out')).collect()))
  } finally {
    await session.close()
  }
  return rows.map(row => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))).sort()
}
