import { join } from 'node:path'
import { Session } from '../../src/index.ts'
import { interruption, onInterruption, runProgram } from '../command-line.ts'
import { type Arguments, readArguments, USAGE } from './arguments.ts'
import { createTable, weblogs } from './pipeline.ts'

function watch(session: Session): void {
  session.streams.addListener({
    onQueryProgress: ({ progress: p }) => {
      if (p.numInputRows > 0) console.log(`batch ${p.batchId}: ${p.numInputRows} lines to ${p.sink.description}`)
    },
  })
}

async function run(args: Arguments): Promise<number> {
  const interrupted = interruption()
  await using session = await Session.open({ appName: 'weblogs' })
  watch(session)
  const { snowflake, table, every } = args
  const query = await weblogs(session, args, { snowflake, table, every, checkpoint: join(args.dir, 'checkpoint') })
  console.log(`${table} grows every ${every}. Ctrl-C ends it; the same command goes on.`)
  onInterruption(interrupted, () => void query.stop())
  if (args.ends) {
    await query.processAllAvailable()
    await query.stop()
  }
  await query.awaitTermination()
  return 0
}

await runProgram(async () => {
  const args = readArguments(process.argv.slice(2))
  if (args && !args.ddl) return run(args)
  console.log(args ? `${createTable(args.table)};` : USAGE)
  return 0
})
