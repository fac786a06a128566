/**
 * `npm run crash [-- PIPELINE…]`: the crash suites with their full counts; prints a table and writes it to docs/guarantees.md, a line as soon as
 * its pipeline is through. KILLS (at random moments, a pipeline) and SEED as in the tests; FAILPOINTS, a regular expression, chooses the calls to die at.
 */
import { ownBroker } from '../support/services/own-broker.ts'
import { crashDelta, type DeltaMode } from './delta.ts'
import { crashKafka } from './kafka.ts'
import { killsWanted, seedWanted } from './kills.ts'
import { PIPELINES } from './pipelines.ts'
import { type CrashRow, tableOf, writeRows } from './table.ts'
import { crashTurnstiles } from './turnstiles.ts'

interface Result {
  readonly row: CrashRow
  readonly differences: readonly string[]
}
const seed = seedWanted()
const failpoints = new RegExp(process.env['FAILPOINTS'] ?? '')

const turnstiles = async (): Promise<Result> => {
  const { kills, batches, lost, twice, differences, summary } = await crashTurnstiles({ kills: killsWanted(50), seed })
  return {
    row: {
      pipeline: 'turnstiles: files → dropDuplicates → window sums → csv.gz through foreachBatch',
      atFailpoints: 0,
      atRandom: kills,
      brokerRestarts: 0,
      batches,
      records: summary.sent.rows,
      lost,
      twice,
      seed: `${seed}`,
    },
    differences,
  }
}
const delta = (mode: DeltaMode, title: string) => async (): Promise<Result> => {
  const { kills, batches, records, lost, twice, differences } = await crashDelta({ mode, kills: killsWanted(100), seed })
  const row = { pipeline: title, atFailpoints: 0, atRandom: kills, brokerRestarts: 0, batches, records, lost, twice, seed: `${seed}` }
  return { row, differences }
}
const suites: Readonly<Record<string, () => Promise<Result>>> = {
  turnstiles,
  'delta-append': delta('append', 'rate → Delta, append, compacting beside it'),
  'delta-update': delta('update', 'rate → groups, update → Delta, merged by key'),
  ...Object.fromEntries(
    PIPELINES.map(pipeline => [
      pipeline.name,
      async () => {
        await using broker = await ownBroker()
        const progress = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`)
        return await crashKafka({
          pipeline,
          broker,
          kills: killsWanted(100),
          seed,
          failpoints: call => failpoints.test(call),
          brokerRestarts: 5,
          progress,
        })
      },
    ]),
  ),
}

// By `exit` the broker and the processes go, too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites)
const unknown = wanted.filter(name => !(name in suites))
if (unknown.length > 0) {
  console.error(`no crash suite is called ${unknown.join(', ')}: there are ${Object.keys(suites).join(', ')}`)
  process.exit(2)
}
console.log(`seed ${seed}: ${wanted.join(', ')}`)
const rows: CrashRow[] = []
for (const name of wanted) {
  const { row, differences } = await suites[name]!()
  rows.push(row)
  await writeRows([row])
  for (const difference of differences) console.error(`${name}: ${difference}`)
  if (differences.length > 0) process.exitCode = 1
}
console.log(`\n${tableOf(rows)}`)
