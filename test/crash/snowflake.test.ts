import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/services/describe-with.ts'
import { type OwnBroker, ownBroker } from '../support/services/own-broker.ts'
import { crashKafka } from './kafka.ts'
import { killsWanted, seedWanted } from './kills.ts'
import { PIPELINES } from './pipelines.ts'

/** Around these a batch becomes true; `npm run crash` dies at all others, too. */
const DECISIVE = /^snowflake\.(COPY|INSERT|MERGE|UPDATE|COMMIT)$|^checkpoint\.(offsets|commits)\.link$/

describeWith(['kafka', 'fakesnow'], 'pipelines into Snowflake, killed again and again', () => {
  let broker: OwnBroker
  beforeAll(async () => {
    broker = await ownBroker()
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  for (const pipeline of PIPELINES.filter(p => p.sink.includes('snowflake'))) {
    test(`${pipeline.title}: nothing lost, nothing twice`, { timeout: 600_000 }, async () => {
      const seed = seedWanted()
      const lines: string[] = []
      const { differences } = await crashKafka({
        pipeline,
        broker,
        seed,
        kills: killsWanted(10),
        failpoints: call => DECISIVE.test(call),
        brokerRestarts: 0,
        progress: line => lines.push(line),
      })
      expect(differences, `SEED=${seed}\n${lines.join('\n')}`).toEqual([])
    })
  }
})
