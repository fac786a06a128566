import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/services/describe-with.ts'
import { type OwnBroker, ownBroker } from '../support/services/own-broker.ts'
import { crashKafka } from './kafka.ts'
import { killsWanted, seedWanted } from './kills.ts'
import { PIPELINES } from './pipelines.ts'

/** Around these a batch becomes true; `npm run crash` dies at all others, too. */
const DECISIVE = /^s3\.PutObject\.(checkpoint\.(offsets|commits|millrace\.state\.0)|output(\._spark_metadata)?)$/

describeWith(['kafka', 's3'], 'pipelines into S3 with their checkpoint there, killed again and again', () => {
  let broker: OwnBroker
  beforeAll(async () => {
    broker = await ownBroker()
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  for (const pipeline of PIPELINES.filter(p => p.sink.includes('s3'))) {
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
