import { parseArgs } from 'node:util'
import { count, seconds, UsageError } from '../command-line.ts'

export const PRODUCER_USAGE = `Sends a turnstile's message to a Kafka topic every few seconds, until Ctrl-C.

  npm run producer -- --topic TOPIC --config FILE [options]

  --topic TOPIC     where to send; made, with the broker's presets, where it is missing
  --config FILE     client settings, a name=value a line: bootstrap.servers=…, sasl.username=…
  --interval N      between two messages: "10s", "100 ms", or a bare number of seconds (default 10)
  --count N         end after so many messages
  --help`

export const CONSUMER_USAGE = `Sums the riders of a Kafka topic per window and writes each closed window once, as storage/batch_<id>.csv.gz, until Ctrl-C.

  npm run consumer -- --topic TOPIC --group GROUP --client ID --config FILE [options]

  --topic TOPIC     what to read, from its beginning
  --group GROUP     consumer group to which offsets are committed after each batch, for lag monitors
  --client ID       client id, as brokers log it
  --config FILE     client settings, a name=value a line: bootstrap.servers=…, sasl.username=…
  --duration N      length of a window: "90 seconds", or a bare number of minutes (default 5)
  --slide N         windows begin every N (default: the duration)
  --dir DIR         where storage/, rejected/ (messages that are no readings) and checkpoint/ live (default: here)
  --help`

export interface ProducerArguments {
  readonly topic: string
  readonly config: string
  readonly intervalSeconds: number
  readonly count: number
}

export interface ConsumerArguments {
  readonly topic: string
  readonly group: string
  readonly client: string
  readonly config: string
  readonly durationSeconds: number
  readonly slideSeconds: number
  readonly dir: string
}

/** Reads the command line; undefined = help was asked for. */
export function readProducerArguments(argv: readonly string[]): ProducerArguments | undefined {
  const given = parse(argv, ['topic', 'config'], ['interval', 'count'], PRODUCER_USAGE)
  return (
    given && {
      topic: given.topic!,
      config: given.config!,
      intervalSeconds: seconds('interval', given.interval ?? '10', 'second'),
      count: given.count === undefined ? Number.POSITIVE_INFINITY : count('count', given.count),
    }
  )
}

/** Reads the command line; undefined = help was asked for. */
export function readConsumerArguments(argv: readonly string[]): ConsumerArguments | undefined {
  const given = parse(argv, ['topic', 'group', 'client', 'config'], ['duration', 'slide', 'dir'], CONSUMER_USAGE)
  if (!given) return undefined
  const durationSeconds = seconds('duration', given.duration ?? '5')
  const slideSeconds = given.slide === undefined ? durationSeconds : seconds('slide', given.slide)
  if (slideSeconds > durationSeconds) throw new UsageError('--slide must not be longer than --duration')
  return {
    topic: given.topic!,
    group: given.group!,
    client: given.client!,
    config: given.config!,
    durationSeconds,
    slideSeconds,
    dir: given.dir ?? '.',
  }
}

function parse<Needed extends string, Other extends string>(
  argv: readonly string[],
  needed: readonly Needed[],
  others: readonly Other[],
  usage: string,
): Partial<Record<Needed | Other, string>> | undefined {
  const refuse = (why: string): UsageError => new UsageError(`${why}\n\n${usage}`)
  const texts = Object.fromEntries([...needed, ...others].map(name => [name, { type: 'string' } as const]))
  let values: Partial<Record<Needed | Other | 'help', string | boolean>>
  try {
    values = parseArgs({ args: [...argv], options: { ...texts, help: { type: 'boolean' } } }).values as typeof values
  } catch (error) {
    throw refuse((error as Error).message.split('\n')[0]!)
  }
  if (values.help) return undefined
  const missing = needed.filter(name => !values[name])
  if (missing.length > 0) throw refuse(`${missing.map(name => `--${name}`).join(', ')} missing`)
  return values as Partial<Record<Needed | Other, string>>
}
