import { parseArgs } from 'node:util'
import { count, UsageError } from '../command-line.ts'

export const USAGE = `New York's taxi trips: a CSV file as Avro into a Kafka topic of ten partitions, and the topic as Parquet into a lake, every second.

  npm run taxi -- --bootstrap HOST:PORT [options]

  --bootstrap LIST  brokers, or
  --config FILE     client settings, a name=value a line: bootstrap.servers=…, sasl.username=…
  --data FILE       trips as the city publishes them, 17 columns with a header (default: generated ones)
  --rows N          how many trips: the file again and again, or a part of it (default: the file once; 100,000 generated ones)
  --topic TOPIC     default nyc-avro-topic, with --registry nyc-avro-framed; made where it is missing
  --partitions N    of a topic that is made (default 10)
  --registry URL    a schema registry: messages carry the id of their schema, registered as TOPIC-value (default: plain Avro)
  --producer-only   only CSV to Kafka
  --consumer-only   only Kafka to Parquet, until Ctrl-C
  --exit-at-end     with --consumer-only: end when all that is in the topic is written
  --dir DIR         where lake/, checkpoint/ and the generated file live (default: taxi)
  --help`

export interface Arguments {
  /** Connection options of the Kafka source and sink. */
  readonly connection: { readonly bootstrapServers: string } | { readonly configFile: string }
  readonly data: string | undefined
  readonly rows: number | undefined
  readonly topic: string
  readonly partitions: number
  readonly registry: string | undefined
  readonly produces: boolean
  readonly consumes: boolean
  /** The consumer ends with what is there; else it waits for more. */
  readonly ends: boolean
  readonly dir: string
}

const refuse = (why: string): UsageError => new UsageError(`${why}\n\n${USAGE}`)

function parse(argv: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const texts = ['bootstrap', 'config', 'data', 'rows', 'topic', 'partitions', 'registry', 'dir']
  const flags = ['producer-only', 'consumer-only', 'exit-at-end', 'help']
  const options = {
    ...Object.fromEntries(texts.map(name => [name, { type: 'string' } as const])),
    ...Object.fromEntries(flags.map(name => [name, { type: 'boolean' } as const])),
  }
  try {
    return parseArgs({ args: [...argv], options }).values as Record<string, string | boolean | undefined>
  } catch (error) {
    throw refuse((error as Error).message.split('\n')[0]!)
  }
}

/** Reads the command line; undefined = help was asked for. */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  const given = parse(argv)
  if (given['help']) return undefined
  const text = (name: string): string | undefined => given[name] as string | undefined
  const [bootstrap, config] = [text('bootstrap'), text('config')]
  if ((bootstrap === undefined) === (config === undefined)) throw refuse('give --bootstrap or --config, one of them')
  if (given['producer-only'] && given['consumer-only']) throw refuse('--producer-only and --consumer-only leave nothing to do')
  const registry = text('registry')
  return {
    connection: bootstrap !== undefined ? { bootstrapServers: bootstrap } : { configFile: config! },
    data: text('data'),
    rows: text('rows') === undefined ? undefined : count('rows', text('rows')!),
    topic: text('topic') ?? (registry ? 'nyc-avro-framed' : 'nyc-avro-topic'),
    partitions: count('partitions', text('partitions') ?? '10'),
    registry,
    produces: !given['consumer-only'],
    consumes: !given['producer-only'],
    ends: !given['consumer-only'] || given['exit-at-end'] === true,
    dir: text('dir') ?? 'taxi',
  }
}
