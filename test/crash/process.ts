/**
 * A process of a pipeline that is to die: `process.ts LIFE` (JSON). Says `loaded`, waits for `go` on standard input, says `started`; on `finish` it
 * works off all there is, says what it called, and ends. A failpoint kills it with SIGKILL, after a last word on where.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { useWiring } from '../../src/api/index.ts'
import { isMillraceError, Session } from '../../src/index.ts'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { type CrashAt, failpoints } from '../../src/testing/failpoints.ts'
import { wires } from '../../src/wiring.ts'
import { brokerCalls } from './broker-calls.ts'
import { type PipelineName, type Place, pipelineNamed } from './pipelines.ts'
import { postgresCalls } from './postgres-calls.ts'
import { s3Calls } from './s3-calls.ts'
import { snowflakeCalls } from './snowflake-calls.ts'

export interface LifeArguments {
  readonly pipeline: PipelineName
  readonly at: Place
  readonly crash?: CrashAt
  /** No lock keeps a second process from the checkpoint, as on two machines. */
  readonly unlocked?: boolean
}

/** So that snapshots, compactions and purges come often. */
const OFTEN = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.streaming.minBatchesToRetain': '40',
  'spark.sql.streaming.stateStore.minDeltasForSnapshot': '3',
  'spark.sql.streaming.fileSink.log.compactInterval': '3',
}

const life = JSON.parse(process.argv[2]!) as LifeArguments
// Written at once: what stands in a buffer dies with the process.
const say = (word: string, what: unknown = null): void => void writeSync(1, `${JSON.stringify({ word, what })}\n`)

const points = failpoints({
  roots: { checkpoint: life.at.checkpoint, output: life.at.output },
  kill: failpoint => {
    say('dies', failpoint)
    process.kill(process.pid, 'SIGKILL')
  },
})
brokerCalls(points)
postgresCalls(points)
snowflakeCalls(points)
if (life.at.s3) await s3Calls(points)
const wrapped = points.platform(nodePlatform)
const platform: Platform = life.unlocked
  ? { ...wrapped, locks: { take: () => Promise.resolve({ kind: 'taken', release: () => Promise.resolve() }) } }
  : wrapped

const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
// Loads what a first query needs, so that a life begins with its query.
await import('../../src/engine/embedded/index.ts')
say('loaded')
if ((await orders.next()).done) process.exit()
useWiring(wires({ platform }))
try {
  const session = await Session.open({ conf: { ...OFTEN, ...life.at.s3?.conf }, stopOnSignal: true })
  if (life.crash) points.arm(life.crash)
  const query = await pipelineNamed(life.pipeline).start(session, life.at)
  say('started')
  void orders.next().then(async order => {
    // Nobody is left to give orders.
    if (order.done) process.exit()
    await query.processAllAvailable()
    await query.stop()
  })
  await query.awaitTermination()
  await session.close()
  say('ended', counted(points.calls))
} catch (error) {
  say('failed', told(error))
  process.exitCode = 1
}
process.stdin.destroy()

function counted(calls: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const call of calls) counts[call] = (counts[call] ?? 0) + 1
  return counts
}

function told(error: unknown): { conditions: string[]; message: string } {
  const chain: Error[] = []
  for (let e = error; e instanceof Error; e = e.cause) chain.push(e)
  return {
    conditions: chain.flatMap(e => (isMillraceError(e) ? [e.condition] : [])),
    message: chain.map(e => e.stack ?? e.message).join('\ncaused by '),
  }
}
