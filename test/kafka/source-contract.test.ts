import { test } from 'vitest'
import { sourceContract } from '../../src/testing/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, topic } from '../support/services/kafka.ts'
import { openSource, place, rowsIn, text } from './open-source.ts'
import { send } from './records.ts'

describeWith('kafka', 'the Kafka source keeps the promises of a source', () => {
  let n = 0
  const cases = sourceContract({
    name: 'kafka',
    // in the order in which they came, whatever partition they came to
    rows: async scan => (await rowsIn(scan)).sort((a, b) => Number(text(a.value)) - Number(text(b.value))),
    open: async () => {
      const name = await createTopic(topic('contract'), { partitions: 2 })
      const checkpoint = place()
      const open = async () => (await openSource({ subscribe: name, startingOffsets: 'earliest' }, { checkpoint })).source
      return {
        source: await open(),
        again: open,
        arrive: () =>
          send(name, [
            { value: `${n++}`, partition: 0 },
            { value: `${n++}`, partition: 1, key: 'k' },
          ]),
      }
    },
  })
  for (const { name, skip, run } of cases) test.skipIf(skip)(name, run)
})
