import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DataFrame, Session, window } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { memory } from '../../src/testing/index.ts'
import { quantile } from '../figure.ts'
import { report } from './report.ts'

const [kind, count] = [process.argv[2], Number(process.argv[3] ?? 300)]
const dir = mkdtempSync(join(tmpdir(), 'millrace-floor-'))

/** What two fsynced log entries cost on this machine without any engine. */
async function ledger(): Promise<number[]> {
  const store = localStore(join(dir, 'ledger'), nodePlatform)
  const bytes = Buffer.from(`v1\n${'x'.repeat(900)}`)
  const times: number[] = []
  for (let i = 0; i < 200; i++) {
    const t = performance.now()
    await store.writeIfAbsent(`offsets/${i}`, bytes, { run: 'bench', attempt: 0 })
    await store.writeIfAbsent(`commits/${i}`, bytes.subarray(0, 32), { run: 'bench', attempt: 0 })
    times.push(performance.now() - t)
  }
  return times
}

const session = await Session.open({ conf: { 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' } })
const rows = memory(session, 'at timestamp, k string, v int')
const frame: DataFrame =
  kind === 'windowed'
    ? rows.df.withWatermark('at', '10 seconds').groupBy(window('at', '5 seconds')).count()
    : rows.df.where('v >= 0').select('k', 'v')
const query = await frame.writeStream
  .option('checkpointLocation', join(dir, 'checkpoint'))
  .outputMode(kind === 'windowed' ? 'update' : 'append')
  .format('noop')
  .start()
const times: number[] = []
for (let i = 0; i < count; i++) {
  const at = performance.now()
  rows.add(Array.from({ length: 10 }, (_, r) => ({ at: new Date(1_700_000_000_000 + i * 1000 + r), k: `k${r}`, v: r })))
  await query.processAllAvailable()
  times.push(performance.now() - at)
}
await query.stop()
await session.close()
const warm = times.slice(Math.floor(count / 10))
const own = (await ledger()).slice(20)
rmSync(dir, { recursive: true })
report({ p50: quantile(warm, 0.5), p99: quantile(warm, 0.99), ledgerP50: quantile(own, 0.5), ledgerP99: quantile(own, 0.99) })
