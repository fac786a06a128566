import type { Platform } from '../platform/index.ts'
import { createProducer } from '../wiring.ts'
import { text, usage } from './arguments.ts'
import { brokersOf, CLIENT, clientOptions } from './brokers.ts'
import { type Command, EXIT } from './command.ts'

/** `millrace produce`. */
export const produce: Command = {
  name: 'produce',
  summary: 'Sends the lines of a file to a Kafka topic, one message a line, and reports what arrived.',
  arguments: [
    { name: 'TOPIC', describe: 'The topic; it must be there.', required: true },
    { name: 'FILE', describe: 'A file of lines: JSON, CSV, text.', required: true },
  ],
  options: {
    ...CLIENT,
    rate: { type: 'string', value: 'N', describe: 'Messages a second; as fast as it goes otherwise.' },
    key: {
      type: 'string',
      value: 'FIELD',
      describe: 'The field of a JSON line, or the column of a CSV line (by number from 1), that is the key.',
    },
    'skip-header': { type: 'boolean', describe: 'Leaves out the first line.' },
    repeat: { type: 'boolean', describe: 'Begins again at the end of the file, until Ctrl-C.' },
  },
  examples: ['millrace produce rides rides.csv --skip-header --rate 10', 'millrace produce clicks clicks.jsonl --key page -b broker:9092'],
  run: async ({ arguments: [topic, file], options, platform, out, signal }) => {
    const rate = text(options, 'rate')
    const perSecond = rate === undefined ? Number.POSITIVE_INFINITY : Number(rate)
    if (!(perSecond > 0)) throw usage(`--rate takes a number above 0, got "${rate}"`, 'produce')
    const keyOf = keyReader(text(options, 'key'))
    let [delivered, sent] = [0, 0]
    const failures: unknown[] = []
    const brokers = brokersOf(options)
    const config = text(options, 'config')
    const producer = await createProducer<string | null, string>({
      topic: topic!,
      ...(brokers !== undefined && { bootstrapServers: brokers }),
      ...(config !== undefined && { configFile: config }),
      ...clientOptions(options),
      flushOnSignal: false,
      onDelivery: report => {
        if (report.error === undefined) delivered += 1
        else failures.push(report.error)
      },
    })
    const from = platform.clock.ticks()
    try {
      do {
        for await (const line of linesOf(file!, platform, options['skip-header'] === true)) {
          if (signal.aborted) break
          await producer.send(keyOf(line), line)
          sent += 1
          const wait = from + (sent / perSecond) * 1000 - platform.clock.ticks()
          if (wait > 0) await platform.clock.sleep(wait, signal).catch(() => undefined)
        }
      } while (options['repeat'] === true && !signal.aborted && sent > 0)
    } finally {
      await producer.close()
    }
    const seconds = (platform.clock.ticks() - from) / 1000
    if (out.json) out.print(JSON.stringify({ topic, sent, delivered, failed: failures.length, seconds }))
    else {
      out.print(`${topic}: ${delivered} of ${sent} messages delivered in ${seconds.toFixed(1)} s`)
      for (const reason of new Set(failures.map(e => (e instanceof Error ? e.message : String(e))))) out.note(out.paint.red(reason))
    }
    return failures.length > 0 ? EXIT.failed : EXIT.ok
  },
}

/** Lines of a file, without empty ones. */
async function* linesOf(file: string, { files }: Platform, skipFirst: boolean): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let skip = skipFirst
  const take = (line: string): string | undefined => {
    const text = line.replace(/\r$/, '')
    if (text === '') return undefined
    if (!skip) return text
    skip = false
    return undefined
  }
  for await (const chunk of files.stream(file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const text = take(line)
      if (text !== undefined) yield text
    }
  }
  const last = take(rest)
  if (last !== undefined) yield last
}

/** @throws COMMAND_USAGE where a line has no such field */
function keyReader(key: string | undefined): (line: string) => string | null {
  if (key === undefined) return () => null
  const missing = (line: string) => usage(`there is no field "${key}" in the line ${line.slice(0, 80)}`, 'produce')
  if (/^\d+$/.test(key))
    return line => {
      const value = line.split(',')[Number(key) - 1]
      if (value === undefined) throw missing(line)
      return value
    }
  return line => {
    let value: unknown
    try {
      value = (JSON.parse(line) as Record<string, unknown>)[key]
    } catch {
      throw usage(`--key ${key} reads JSON lines, and this is none: ${line.slice(0, 80)}`, 'produce')
    }
    if (value === undefined) throw missing(line)
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
