import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findMillraceError, Session } from '../../src/index.ts'
import { aggMessages, consume, parseMessages, turnstilesSchema } from './turnstile-consumer.ts'
import { logData, weblogs } from './weblogs.ts'
import { archive, wordCount, wordCounts } from './word-count.ts'

let dir: string
let session: Session
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-ported-'))
  await mkdir(join(dir, 'in'))
  session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
})
afterEach(async () => {
  await session.close()
  await rm(dir, { recursive: true, force: true })
})
/** Appears whole, as a file for a stream should. */
async function land(name: string, text: string): Promise<void> {
  await writeFile(join(dir, name), text)
  await rename(join(dir, name), join(dir, 'in', name))
}
const chk = (): string => join(dir, 'checkpoint')

describe('the word count', () => {
  test('counts words as files come, and the batch reads the same', async () => {
    await land('a.txt', 'To be, or not to be\n')
    const query = await wordCount(session, join(dir, 'in'), chk())
    await query.processAllAvailable()
    await land('b.txt', 'that is the question, -\n')
    await query.processAllAvailable()
    await query.stop()
    const streamed = await (await session.table('word_count')).orderBy('word').collect()
    const batch = await wordCounts(session.read.format('text').load(join(dir, 'in')))
      .orderBy('word')
      .collect()
    expect(streamed).toEqual(batch)
    expect(batch.find(row => row.word === 'be')?.count).toBe(2n)
    expect(batch.some(row => row.word === '-')).toBe(false)
  })

  test('a job with one file a batch stops after as many batches, and read files move to the archive', async () => {
    for (const n of [1, 2, 3]) await land(`${n}.txt`, `line ${n}\n`)
    const query = await archive(session, join(dir, 'in'), join(dir, 'archive'), join(dir, 'out'), chk())
    await query.awaitTermination()
    expect(query.lastProgress?.batchId).toBe(2)
    expect(query.name).toBe('bronze-layer')
    expect(await session.read.parquet(join(dir, 'out')).count()).toBe(3)
  })
})

const message = (minute: number, entries: number, id: number): string =>
  `A002,R051,02-00-00,59 ST,NQR456W,BMT,09-23-23,16:${String(minute).padStart(2, '0')}:00,REGULAR,${entries},10,${id},"2023-09-23 16:${String(minute).padStart(2, '0')}:00"\n`

describe('the turnstile consumer', () => {
  test('sums five-minute windows into csv.gz files named by the batch', async () => {
    await land('1.csv', message(1, 140, 1) + message(2, 3, 2) + message(2, 3, 2))
    const query = await consume(session, join(dir, 'in'), join(dir, 'storage'), chk())
    await query.processAllAvailable()
    await land('2.csv', message(30, 1, 3))
    await query.processAllAvailable()
    await query.stop()
    const files = await readdir(join(dir, 'storage'))
    expect(files).toHaveLength(1)
    const text = gunzipSync(await readFile(join(dir, 'storage', files[0]!))).toString('utf8')
    expect(text.trim().split('\n')).toEqual([
      'CA,UNIT,SCP,STATION,LINENAME,DIVISION,DATE,TIME,DESC,ENTRIES,EXITS',
      'A002,R051,02-00-00,59 ST,NQR456W,BMT,09-23-23,16:05:00,REGULAR,143,20',
    ])
  })

  test("the article's own sample line has eleven fields: the query ends, and the error shows the line, its file and the fix", async () => {
    await land('1.csv', message(1, 140, 1))
    const query = await consume(session, join(dir, 'in'), join(dir, 'storage'), chk())
    await query.processAllAvailable()
    await land('2.csv', `${message(2, 1, 2)}A001,R001,02-00-00,Test-Station,456NQR,BMT,09-23-23,REGULAR,16:54:00,140,153\n`)
    const error = await query.processAllAvailable().then(
      () => undefined,
      e => e as Error,
    )
    const cause = findMillraceError((error as Error).cause)
    expect(['INVALID_ARRAY_INDEX', 'CAST_INVALID_INPUT']).toContain(cause?.condition)
    const told = `${error?.message}\n${cause?.message}`
    expect(told).toContain('2.csv')
    expect(told).toContain('Test-Station')
    // Nothing is lost: mend the file's line with the try functions, start again, and the rest arrives.
  })

  test('a frame built in a loop shows its schema', async () => {
    const frame = parseMessages(session.readStream.format('text').load(join(dir, 'in')), turnstilesSchema)
    expect(await frame.columns()).toEqual(turnstilesSchema.fields.map(f => f.name))
    expect((await aggMessages(frame, '5 minutes', '5 minutes').dtypes()).at(-1)).toEqual(['EXITS', 'bigint'])
  })
})

describe('the web logs', () => {
  const line = (status: number): string =>
    `2023-01-01 10:00:00 10.0.0.1 - W3SVC1 WEB01 10.0.0.2 80 GET /index.html - ${status} 15 HTTP/1.1 host Mozilla -\n`
  test('seventeen columns, comment lines left out', async () => {
    await land('u_ex.log', `#Fields: date time c-ip\n${line(200)}${line(404)}`)
    const query = await weblogs(session, join(dir, 'in'), join(dir, 'out'), chk(), '0 seconds')
    await query.processAllAvailable()
    await query.stop()
    const rows = await session.read.parquet(join(dir, 'out')).orderBy('sc_status').collect()
    expect(rows.map((r: any) => r.sc_status)).toEqual([200, 404])
    expect(Object.keys(rows[0] as object)).toHaveLength(17)
  })

  test('a #Fields: line that is not left out ends the query and is named', async () => {
    await land('u_ex.log', `${line(200)}#Fields: date time c-ip\n`)
    const records = session.readStream.format('text').load(join(dir, 'in')).selectExpr("CAST(split(value, ' ')[7] as int) as s_port")
    const query = await records.writeStream.format('noop').option('checkpointLocation', chk()).start()
    const error = (await query.awaitTermination().then(
      () => undefined,
      e => e,
    )) as Error
    const cause = findMillraceError(error.cause)
    expect(cause?.condition).toBe('INVALID_ARRAY_INDEX')
    expect(`${cause?.message}`).toContain('#Fields:')
    expect(logData).toBeTypeOf('function')
  })
})
