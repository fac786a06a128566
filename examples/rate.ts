/** `npm run rate`: the smallest stream. Ten rows a second, counted in windows of ten seconds; every two seconds the windows that changed. Ctrl-C ends it. */
import { Session, window } from '../src/index.ts'

const session = await Session.open()
const query = await session.readStream
  .format('rate')
  .option('rowsPerSecond', 10)
  .load()
  .groupBy(window('timestamp', '10 seconds'))
  .count()
  .select('window.start', 'window.end', 'count')
  .writeStream.outputMode('update')
  .format('console')
  .option('truncate', false)
  .trigger({ processingTime: '2 seconds' })
  .start()
process.once('SIGINT', () => query.stop())
await query.awaitTermination()
await session.close()
