import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DataFrame, Session, type StreamingQuery } from '../../src/index.ts'
import { interruption, onInterruption, runProgram } from '../command-line.ts'
import { CONSUMER_USAGE, type ConsumerArguments, readConsumerArguments } from './kafka-arguments.ts'
import { perWindow, readings } from './pipeline.ts'

/** The topic's messages as text, in the column `value`. Broker and login come from the properties file. */
const messages = (session: Session, { topic, group, client, config, dir }: ConsumerArguments): DataFrame<any> =>
  session.readStream
    .format('kafka')
    .option('configFile', config)
    .option('subscribe', topic)
    .option('startingOffsets', 'earliest')
    .option('kafka.client.id', client)
    .option('commitGroup', group)
    // What is no reading ends nothing: it is set aside, with why and where it stood.
    .option('badRecords', { format: 'json', path: join(dir, 'rejected') })
    .load()
    .selectExpr('CAST(value AS STRING) AS value')

async function startQuery(session: Session, args: ConsumerArguments): Promise<StreamingQuery> {
  const [duration, slide] = [`${args.durationSeconds} seconds`, `${args.slideSeconds} seconds`]
  const options = { duration, slide, watermark: duration }
  const storage = join(args.dir, 'storage')
  return await perWindow(readings(messages(session, args), options), options)
    .writeStream.queryName('storage')
    .outputMode('append')
    .option('checkpointLocation', join(args.dir, 'checkpoint'))
    .foreachBatch(async (batch, batchId) => {
      if (await batch.isEmpty()) return
      // The name comes from the batch id alone: a batch that runs again replaces its own file.
      const file = join(storage, `batch_${batchId}.csv.gz`)
      await batch.writeFile(file, { header: true })
      console.log(`${await batch.count()} rows to ${file}`)
    })
    .start()
}

function watch(session: Session): void {
  session.streams.addListener({
    onQueryProgress: ({ progress: p }) => {
      if (p.numInputRows === 0) return
      const watermark = (p.eventTime?.watermark ?? '').slice(0, 19).replace('T', ' ')
      const known = watermark.startsWith('1970') ? 'none yet' : watermark
      const behind = p.sources[0]?.metrics?.['maxOffsetsBehindLatest'] ?? '0'
      console.log(
        `batch ${p.batchId}: ${p.numInputRows} ${p.numInputRows === 1 ? 'message' : 'messages'}, ${behind} behind, watermark ${known}`,
      )
    },
  })
}

async function consume(args: ConsumerArguments): Promise<number> {
  const interrupted = interruption()
  await mkdir(join(args.dir, 'storage'), { recursive: true })
  // The feed's times are UTC.
  const session = await Session.open({ appName: 'turnstiles-consumer', conf: { 'spark.sql.session.timeZone': 'UTC' } })
  try {
    watch(session)
    const query = await startQuery(session, args)
    onInterruption(interrupted, () => void query.stop())
    console.log(
      `consumer running: ${args.topic} in windows of ${args.durationSeconds} s to ${join(args.dir, 'storage')}. Ctrl-C ends it; the same command goes on.`,
    )
    await query.awaitTermination()
  } finally {
    await session.close()
  }
  console.log('end')
  return 0
}

await runProgram(async () => {
  const args = readConsumerArguments(process.argv.slice(2))
  if (args) return consume(args)
  console.log(CONSUMER_USAGE)
  return 0
})
