import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/services/describe-with.ts'
import { type OwnBroker, ownBroker } from '../support/services/own-broker.ts'
import { crashKafka } from './kafka.ts'
import { killsWanted, seedWanted } from './kills.ts'
import { PIPELINES } from './pipelines.ts'

export interface CrashStory {
  readonly services: Parameters<typeof describeWith>[0]
  readonly title: string
  /** Which pipelines, by their sink. */
  readonly sinks: (sink: string) => boolean
  /** The calls around which a batch becomes true; `npm run crash` dies at all others, too. */
  readonly decisive: RegExp
  readonly brokerRestarts: number
}

/** Each pipeline is killed at its decisive calls and at random, and then its sink holds what it must. */
export function crashStory({ services, title, sinks, decisive, brokerRestarts }: CrashStory): void {
  describeWith(services, title, () => {
    let broker: OwnBroker
    beforeAll(async () => {
      broker = await ownBroker()
    })
    afterAll(() => broker[Symbol.asyncDispose]())

    for (const pipeline of PIPELINES.filter(p => sinks(p.sink))) {
      test(`${pipeline.title}: nothing lost, nothing twice`, { timeout: 600_000 }, async () => {
        const seed = seedWanted()
        const lines: string[] = []
        const { differences } = await crashKafka({
          pipeline,
          broker,
          seed,
          kills: killsWanted(10),
          failpoints: call => decisive.test(call),
          brokerRestarts,
          progress: line => lines.push(line),
        })
        expect(differences, `SEED=${seed}\n${lines.join('\n')}`).toEqual([])
      })
    }
  })
}
