import { setTimeout as sleep } from 'node:timers/promises'
import { createProducer, type DeliveryReport } from '../../src/index.ts'
import { runProgram } from '../command-line.ts'
import { makeTopic } from '../topic.ts'
import { feedMessage } from './feed.ts'
import { PRODUCER_USAGE, type ProducerArguments, readProducerArguments } from './kafka-arguments.ts'

/** One line a message, whatever became of it: one that failed does not end the feed. */
function deliveryReport({ error, key, topic, partition, offset }: DeliveryReport<string>): void {
  if (error === undefined) console.log(`Record ${key} produced to ${topic} [${partition}] at offset ${offset}`)
  else console.error(`Message delivery failed: ${error instanceof Error ? error.message : error}`)
}

async function produce(args: ProducerArguments): Promise<number> {
  const { topic, config } = args
  await makeTopic(topic, { configFile: config })
  await using producer = await createProducer<string, string>({ topic, configFile: config, onDelivery: deliveryReport })
  console.log(`publisher running: a message to ${topic} every ${args.intervalSeconds} s. Ctrl-C ends it.`)
  for (let sent = 0; sent < args.count && !producer.stopped.aborted; sent++) {
    if (sent > 0) await sleep(args.intervalSeconds * 1000, undefined, { signal: producer.stopped }).catch(() => {})
    if (producer.stopped.aborted) break
    const { key, value } = feedMessage(Math.random, Date.now() / 1000)
    await producer.send(key, value)
    await producer.flush()
    console.log(`Sent message: ${value}`)
  }
  await producer.close()
  console.log('publisher end')
  return 0
}

await runProgram(async () => {
  const args = readProducerArguments(process.argv.slice(2))
  if (args) return produce(args)
  console.log(PRODUCER_USAGE)
  return 0
})
