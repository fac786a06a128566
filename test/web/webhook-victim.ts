/** A program that is killed again and again: `node webhook-victim.ts <port> <directory> [drain]`. Events of a webhook go into a lake of JSON files. */
import { Session } from '../../src/index.ts'

const [port, directory, drain] = process.argv.slice(2)
const session = await Session.open()
const query = await session.readStream
  .format('webhook')
  .options({ port: port!, maxEventsPerTrigger: 50 })
  .load()
  .selectExpr('id', 'body')
  .writeStream.format('json')
  .option('checkpointLocation', `${directory}/chk`)
  .trigger(drain ? { availableNow: true } : { processingTime: 0 })
  .start(`${directory}/lake`)
process.stdout.write('listening\n')
await query.awaitTermination()
await session.close()
