import { createTopics } from '../wiring.ts'
import { text } from './arguments.ts'
import { BROKERS } from './brokers.ts'
import { type Command, EXIT } from './command.ts'
import { table } from './output.ts'

/** `millrace topics apply`. */
export const topicsApply: Command = {
  name: 'topics apply',
  summary: 'Makes the Kafka topics of a YAML file of Strimzi KafkaTopic documents; may be run again.',
  arguments: [{ name: 'FILE', describe: 'The YAML file.', required: true }],
  options: BROKERS,
  examples: ['millrace topics apply kafka-topic.yaml --bootstrap-servers localhost:9092'],
  run: async ({ arguments: [file], options, out }) => {
    const done = await createTopics(file!, { bootstrapServers: text(options, 'bootstrap-servers') ?? 'localhost:9092' })
    out.print(
      out.json
        ? JSON.stringify(done)
        : table(
            ['topic', 'did'],
            done.map(d => [d.topic, d.did]),
          ),
    )
    return EXIT.ok
  },
}
