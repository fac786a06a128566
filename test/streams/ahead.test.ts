import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { expr, Session } from '../../src/index.ts'

const place = mkdtempSync(join(tmpdir(), 'millrace-ahead-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Five files of three words, one a batch, in the order of their times. */
function files(dir: string): string {
  for (let i = 0; i < 5; i++) {
    const path = join(dir, `${i}.txt`)
    writeFileSync(path, `a\nb${i}\nc${i % 2}\n`)
    utimesSync(path, 1000 + i, 1000 + i)
  }
  return dir
}

test('the state a batch leaves is its own, though the next one has changed the tables by then', async () => {
  const input = files(mkdtempSync(join(place, 'in-')))
  const checkpoint = mkdtempSync(join(place, 'chk-'))
  const session = await Session.open()
  const computed: string[] = []
  const seen = (word: string | null): string | null => {
    computed.push(String(word))
    return word
  }
  session.udf.register('seen', seen, { args: ['string'], returns: 'string' })
  const counts = session.readStream.format('text').option('maxFilesPerTrigger', 1).load(input)
    .select(expr('seen(value)').as('word')).groupBy('word').count()
  const came = new Map<number, Record<string, unknown>>()
  const start = (at: (batchId: number) => Promise<void>) =>
    counts.writeStream.outputMode('update').option('checkpointLocation', checkpoint).trigger({ availableNow: true })
      .foreachBatch(async (batch, batchId) => {
        await at(batchId)
        came.set(batchId, Object.fromEntries((await batch.collect()).map(row => [String(row['word']), row['count']])))
      })
      .start()

  const until = async (ready: () => boolean): Promise<void> => {
    while (!ready()) await new Promise(resolve => setTimeout(resolve, 1))
  }
  const failing = await start(async batchId => {
    // batch 1 is read, and committed, after batch 2 was merged into the tables
    if (batchId === 1) await until(() => computed.includes('b2'))
    if (batchId === 2) throw new Error('boom')
  })
  await expect(failing.awaitTermination()).rejects.toThrow('boom')
  expect([...came.keys()]).toEqual([0, 1])

  await (await start(async () => {})).awaitTermination()
  await session.close()
  expect([...came].sort(([a], [b]) => a - b).map(([, counts]) => counts)).toEqual([
    { a: 1n, b0: 1n, c0: 1n },
    { a: 2n, b1: 1n, c1: 1n },
    { a: 3n, b2: 1n, c0: 2n },
    { a: 4n, b3: 1n, c1: 2n },
    { a: 5n, b4: 1n, c0: 3n },
  ])
})
