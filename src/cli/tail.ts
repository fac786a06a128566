import { Session } from '../api/index.ts'
import { text, usage } from './arguments.ts'
import { brokersOf, CLIENT, clientOptions } from './brokers.ts'
import { type Command, EXIT } from './command.ts'

/** `millrace tail`. */
export const tail: Command = {
  name: 'tail',
  summary: 'Shows the messages of a Kafka topic as they come.',
  arguments: [{ name: 'TOPIC', describe: 'The topic; a comma separates several.', required: true }],
  options: {
    ...CLIENT,
    from: { type: 'string', value: 'WHERE', default: 'latest', describe: 'earliest or latest.' },
    limit: { type: 'string', short: 'n', value: 'N', describe: 'Ends after so many messages; at Ctrl-C otherwise.' },
  },
  examples: ['millrace tail clicks', 'millrace tail clicks --from earliest -n 10 --json | jq .value'],
  run: async ({ arguments: [topic], options, out, signal }) => {
    const from = text(options, 'from') ?? 'latest'
    if (!['earliest', 'latest'].includes(from)) throw usage(`--from takes earliest or latest, got "${from}"`, 'tail')
    const limit = text(options, 'limit')
    if (limit !== undefined && !/^[1-9]\d*$/.test(limit)) throw usage(`--limit takes a whole number from 1 up, got "${limit}"`, 'tail')
    await using session = await Session.open()
    const brokers = brokersOf(options)
    const config = text(options, 'config')
    const messages = session.readStream
      .format('kafka')
      .options({
        ...(brokers !== undefined && { 'kafka.bootstrap.servers': brokers }),
        ...(config !== undefined && { configFile: config }),
        ...clientOptions(options),
        subscribe: topic!,
        startingOffsets: from,
      } as Record<string, string>)
      .load()
      .selectExpr('topic', 'partition', 'offset', 'timestamp', 'CAST(key AS STRING) AS key', 'CAST(value AS STRING) AS value')
    let left = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
    const { promise: enough, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve(), { once: true })
    const query = await messages.writeStream
      .foreach(row => {
        if (left <= 0) return
        left -= 1
        const { topic, partition, offset, timestamp, key, value } = row as Record<string, any>
        if (out.json) out.print(JSON.stringify({ topic, partition, offset: Number(offset), timestamp, key, value }))
        else out.print(`${out.paint.dim(`${topic}-${partition} @${offset}`)} ${key === null ? '' : `${key}: `}${value ?? '(null)'}`)
        if (left <= 0) resolve()
      })
      .start()
    if (!out.json) out.note(`waiting for messages of ${topic}; Ctrl-C ends it`)
    await Promise.race([enough, query.awaitTermination()])
    await query.stop()
    return EXIT.ok
  },
}
