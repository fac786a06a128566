/** A lake of many small batches, compacted beside the stream, against the same rows in a few large files: `small-files.ts <batches>`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Session } from '../../src/index.ts'
import { median } from '../figure.ts'
import { report } from './report.ts'

const batches = Number(process.argv[2] ?? 1000)
const dir = mkdtempSync(join(tmpdir(), 'millrace-small-files-'))
const [small, large] = [join(dir, 'small'), join(dir, 'large')]
await using session = await Session.open()
const began = performance.now()
const query = await session.readStream
  .format('rate-micro-batch')
  .option('rowsPerBatch', 100)
  .load()
  .writeStream.format('delta')
  .options({ compactAfter: 50, checkpointLocation: join(dir, 'chk') })
  .start(small)
while ((query.lastProgress?.batchId ?? 0) < batches) await sleep(20)
await query.stop()
const writing = performance.now() - began
await session.read.format('delta').load(small).write.format('delta').save(large)

const time = async (path: string): Promise<number> => {
  const times: number[] = []
  for (let i = 0; i < 7; i++) {
    const from = performance.now()
    await session.read.format('delta').load(path).selectExpr('count(*)', 'sum(value)', 'max(timestamp)').collect()
    times.push(performance.now() - from)
  }
  return median(times)
}
const [smallMs, largeMs] = [await time(small), await time(large)]
// What a last compaction would still put together.
const left = (await session.catalog.optimize(small)).filesRemoved
rmSync(dir, { recursive: true })
report({ batchMs: writing / batches, smallMs, largeMs, left })
