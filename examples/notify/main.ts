/** `node examples/notify/main.ts <readings/> <https://hooks.slack.com/services/…>`: alarms of a stream in a chat. Ctrl-C ends it. */
import { Session } from '../../src/index.ts'
import { alarms, notify } from './alarms.ts'

const [readings, hook] = process.argv.slice(2)
if (readings === undefined || hook === undefined)
  throw new Error('usage: node examples/notify/main.ts <directory of readings> <webhook URL>')
const session = await Session.open()
const query = await notify(alarms(session, readings, 500), { readings, hook, checkpoint: '.notify', refused: 'refused' })
process.once('SIGINT', () => query.stop())
await query.awaitTermination()
await session.close()
