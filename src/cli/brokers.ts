import { names, text, usage } from './arguments.ts'
import type { OptionDoc, Options } from './command.ts'

/** How commands that know no project reach Kafka. */
export const BROKERS: Readonly<Record<string, OptionDoc>> = {
  'bootstrap-servers': { type: 'string', short: 'b', value: 'HOST:PORT', default: 'localhost:9092', describe: 'The brokers.' },
}
/** Further client options, and a file of them. */
export const CLIENT: Readonly<Record<string, OptionDoc>> = {
  ...BROKERS,
  config: { type: 'string', short: 'c', value: 'FILE', describe: 'A properties file with client options: security.protocol, sasl.…' },
  option: {
    type: 'string',
    value: 'NAME=VALUE',
    multiple: true,
    describe: 'A client option by its Java name: --option compression.type=zstd.',
  },
}

/** `localhost:9092` where neither an option nor a file names brokers. */
export function brokersOf(options: Options): string | undefined {
  return text(options, 'bootstrap-servers') ?? (text(options, 'config') === undefined ? 'localhost:9092' : undefined)
}

/** `kafka.NAME` by value. @throws COMMAND_USAGE */
export const clientOptions = (options: Options): Readonly<Record<`kafka.${string}`, string>> =>
  Object.fromEntries(
    names(options, 'option').map(one => {
      const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(one) ?? []
      if (name === undefined) throw usage(`--option takes NAME=VALUE, got "${one}"`)
      return [`kafka.${name.replace(/^kafka\./, '')}`, value!]
    }),
  )
