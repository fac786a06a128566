import { expect, it } from 'vitest'
import { createTopic, deleteTopic, growTopic, kafka, topic } from './kafka.ts'

it('starts a broker once and gives out topics', { timeout: 180_000 }, async () => {
  const broker = await kafka()
  expect(await kafka()).toEqual(broker)
  const name = await createTopic(topic('orders'), { partitions: 3, config: { 'retention.ms': '100000' } })
  await growTopic(name, 5)
  await deleteTopic(name)
})
