import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { col, explode, lower, Session, split } from '../../src/index.ts'
import { report } from './report.ts'

const chk = mkdtempSync(join(tmpdir(), 'millrace-words-'))
const session = await Session.open()
const cpu = process.cpuUsage()
const started = performance.now()
const query = await session.readStream
  .text(process.argv[2]!)
  .select(explode(split(lower(col('value')), ' ')).as('word'))
  .where("word <> ''")
  .groupBy('word')
  .count()
  .writeStream.outputMode('complete')
  .option('checkpointLocation', join(chk, 'checkpoint'))
  .trigger({ availableNow: true })
  .format('noop')
  .start()
await query.awaitTermination()
const ms = performance.now() - started
const used = process.cpuUsage(cpu)
await session.close()
rmSync(chk, { recursive: true })
report({ ms, cpuMs: (used.user + used.system) / 1000 })
