import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Session } from '../../src/index.ts'
import { report } from './report.ts'

const dir = mkdtempSync(join(tmpdir(), 'millrace-idle-'))
for (let i = 0; i < 10_000; i++) writeFileSync(join(dir, `f-${i}.txt`), `${i}\n`)
const session = await Session.open()
const query = await session.readStream.text(dir).writeStream.option('checkpointLocation', join(dir, '.chk')).format('noop').start()
await query.processAllAvailable()
await sleep(2000)
const cpu = process.cpuUsage()
const started = performance.now()
await sleep(Number(process.argv[2] ?? 30) * 1000)
const used = process.cpuUsage(cpu)
const percent = ((used.user + used.system) / 1000 / (performance.now() - started)) * 100
await query.stop()
await session.close()
rmSync(dir, { recursive: true })
report({ percent })
