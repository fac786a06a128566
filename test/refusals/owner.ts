import { Session } from '../../src/index.ts'

/** A process that holds a checkpoint: node owner.ts INPUT CHECKPOINT OUT. Says "ready" when its first batch is committed. */
const [input, checkpoint, out] = process.argv.slice(2) as [string, string, string]
const session = await Session.open()
const query = await session.readStream
  .schema('k string, n int, at timestamp')
  .csv(input)
  .select('k', 'n')
  .writeStream.format('csv')
  .option('checkpointLocation', checkpoint)
  .start(out)
await query.processAllAvailable()
process.stdout.write('ready\n')
await query.awaitTermination()
