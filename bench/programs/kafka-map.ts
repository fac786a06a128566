/** The map of the latency bench as a process of its own: `kafka-map.ts BROKERS FROM TO at-least-once|transactional full|os`; prints `ready` and ends when told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { col, expr, fromJson, Session } from '../../src/index.ts'

const [brokers = '', from = '', to = '', delivery, sync] = process.argv.slice(2)
const dir = mkdtempSync(join(tmpdir(), 'millrace-latency-'))
const session = await Session.open({ conf: { 'millrace.checkpoint.sync': String(sync !== 'os') } })
const query = await session.readStream
  .format('kafka')
  .option('kafka.bootstrap.servers', brokers)
  .option('subscribe', from)
  .option('startingOffsets', 'latest')
  .load()
  .select(fromJson(col('value').cast('string'), 'id long, at double, name string').as('j'))
  .select(expr('to_json(struct(j.id AS id, j.at AS at, upper(j.name) AS name))').as('value'))
  .writeStream.format('kafka')
  .option('kafka.bootstrap.servers', brokers)
  .option('topic', to)
  .option('transactional', String(delivery === 'transactional'))
  .option('checkpointLocation', dir)
  .start()
console.log('ready')
process.once('SIGTERM', async () => {
  const { recentProgress } = query
  await query.stop()
  await session.close()
  rmSync(dir, { recursive: true })
  const phases = ['latestOffset', 'getBatch', 'addBatch', 'walCommit', 'commitOffsets', 'triggerExecution']
  const mean = (key: string): number => recentProgress.reduce((n, p) => n + (p.durationMs[key] ?? 0), 0) / recentProgress.length
  console.log(JSON.stringify(Object.fromEntries(phases.map(key => [key, mean(key)]))))
})
await query.awaitTermination()
