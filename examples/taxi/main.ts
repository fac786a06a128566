import { join } from 'node:path'
import { Session, type StreamingQuery } from '../../src/index.ts'
import { interruption, onInterruption, runProgram } from '../command-line.ts'
import { makeTopic } from '../topic.ts'
import { type Arguments, readArguments, USAGE } from './arguments.ts'
import { consumeTrips, countMessages, produceTrips, readTrips } from './pipeline.ts'
import { generateTrips } from './trips.ts'

/** Rows of one write: often enough for a line of progress. */
const ROWS_AT_ONCE = 1_000_000

const number = (n: number): string => Math.round(n).toLocaleString('en-US')
const perSecond = (rows: number, ms: number): string => `${number((rows * 1000) / ms)} rows/s`

interface Sending {
  readonly session: Session
  readonly args: Arguments
  readonly interrupted: AbortSignal
  /** Called once something is in the topic: by then its schema is registered. */
  readonly begun: () => Promise<void>
}

/** Writes the file's trips to the topic, again from its beginning until the rows are enough; gives how many were sent. */
async function send({ session, args, interrupted, begun }: Sending): Promise<number> {
  const file = args.data ?? (await generateTrips(args.dir))
  const inFile = await readTrips(session, file).count()
  const wanted = inFile === 0 ? 0 : (args.rows ?? inFile)
  const atOnce = Math.max(1, Math.floor(ROWS_AT_ONCE / Math.max(1, inFile)))
  const started = performance.now()
  let sent = 0
  while (sent < wanted && !interrupted.aborted) {
    const times = Math.min(atOnce, Math.ceil((wanted - sent) / inFile))
    const rows = Math.min(times * inFile, wanted - sent)
    const trips = readTrips(session, file, times)
    await produceTrips(rows < times * inFile ? trips.limit(rows) : trips, args)
    if (sent === 0) await begun()
    sent += rows
    console.log(`sent ${number(sent)} of ${number(wanted)} rows, ${perSecond(sent, performance.now() - started)}`)
  }
  return sent
}

function watch(session: Session): void {
  session.streams.addListener({
    onQueryProgress: ({ progress: p }) => {
      if (p.numInputRows === 0) return
      const behind = p.sources[0]?.metrics?.['maxOffsetsBehindLatest'] ?? '0'
      console.log(
        `batch ${p.batchId}: ${number(p.numInputRows)} rows, ${number(p.processedRowsPerSecond ?? 0)} rows/s, at most ${behind} behind`,
      )
    },
  })
}

async function run(args: Arguments): Promise<number> {
  const interrupted = interruption()
  await makeTopic(args.topic, args.connection, args.partitions)
  await using session = await Session.open({ appName: 'taxi' })
  watch(session)
  const started = performance.now()
  let query: StreamingQuery | undefined
  const consume = async (): Promise<void> => {
    if (!args.consumes) return
    query = await consumeTrips(session, args)
    onInterruption(interrupted, () => void query!.stop())
  }
  const sent = args.produces ? await send({ session, args, interrupted, begun: consume }) : undefined
  if (!query) await consume()
  if (!query) return 0
  if (!args.ends) console.log(`${args.topic} to ${join(args.dir, 'lake')} every second. Ctrl-C ends it; the same command goes on.`)
  if (args.ends && !interrupted.aborted) {
    await query.processAllAvailable()
    await query.stop()
  }
  await query.awaitTermination()
  const ms = performance.now() - started
  return args.ends && !interrupted.aborted ? await summarize(session, args, sent, ms) : 0
}

/** Counted once more from both ends: the topic, and the lake's files. */
async function summarize(session: Session, args: Arguments, sent: number | undefined, ms: number): Promise<number> {
  const inTopic = await countMessages(session, args)
  const written = await session.read.parquet(join(args.dir, 'lake')).count()
  if (sent !== undefined) console.log(`sent now      ${number(sent).padStart(14)} rows, ${perSecond(sent, ms)} through both`)
  console.log(`in the topic  ${number(inTopic).padStart(14)} rows`)
  console.log(`in the lake   ${number(written).padStart(14)} rows`)
  console.log(written === inTopic ? 'rows in = rows out' : 'THE ROWS DO NOT BALANCE')
  return written === inTopic ? 0 : 1
}

await runProgram(async () => {
  const args = readArguments(process.argv.slice(2))
  if (args) return run(args)
  console.log(USAGE)
  return 0
})
