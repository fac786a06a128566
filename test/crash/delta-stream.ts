/** A stream that never ends, to be killed: `delta-stream.ts <directory> <append|update>`. */
import { join } from 'node:path'
import { type DataFrame, expr, Session } from '../../src/index.ts'

const [directory, mode] = process.argv.slice(2) as [string, 'append' | 'update']
const session = await Session.open()
const rows = session.readStream.format('rate-micro-batch').option('rowsPerBatch', 10).load()
const frame: DataFrame<any, any> =
  mode === 'append'
    ? rows.select('value')
    : rows.groupBy(expr('value % 7').as('k')).agg(expr('count(*)').as('n'), expr('max(value)').as('last'))
const query = await frame.writeStream
  .format('delta')
  .outputMode(mode)
  .options({
    checkpointLocation: join(directory, 'checkpoint'),
    compactAfter: 6,
    ...(mode === 'update' && { keyColumns: 'k' }),
  })
  .start(join(directory, 'table'))
await query.awaitTermination()
