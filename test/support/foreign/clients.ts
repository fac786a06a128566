import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { command, lacking } from '../../../scripts/services/command.ts'
import { installed, isInstalled } from '../../../scripts/services/install.ts'
import { kafkaClasspath } from '../../../scripts/services/kafka.ts'
import { PYTHON_HINT, pythonWith } from '../../../scripts/services/python.ts'
import type { Installable } from '../services/describe-with.ts'
import { kafka } from '../services/kafka.ts'

/** A record that a foreign client is to write. */
export interface ForeignRecord {
  readonly topic: string
  readonly partition?: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: readonly (readonly [string, Buffer | null])[]
  /** Epoch milliseconds; absent = now. */
  readonly timestamp?: number
}
export interface Written {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
}
/** A record that a foreign client has read. */
export interface Seen extends Written {
  /** 0 = the producer's time, 1 = the broker's. */
  readonly timestampType: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [string, Buffer | null])[]
}
/** From here on by the producer of this name, opened with these settings where it is not open yet. All are closed at the end. */
export interface Producing {
  readonly producer: string
  readonly settings?: ClientSettings
}
/** A transaction's steps need a producer with `transactional.id`. */
export type Step = ForeignRecord | Producing | 'begin' | 'commit' | 'abort' | 'flush'
/** The client's own settings; `bootstrap.servers` is the broker of this run where it is not given. */
export type ClientSettings = Readonly<Record<string, string>>

/** A Kafka client that is not ours. It runs as a process and is over when the promise resolves. */
export interface ForeignClient extends Installable {
  readonly name: string
  /** Gives where each record came to lie, in order. The first step names the producer. */
  write(steps: readonly Step[], settings?: ClientSettings): Promise<Written[]>
  /** Everything the topics hold, by partition in offset order; `isolation.level` as in the settings. */
  read(topics: readonly string[], settings?: ClientSettings): Promise<Seen[]>
}

const JAVA_SOURCE = join(import.meta.dirname, 'KafkaForeign.java')
const PYTHON_SOURCE = join(import.meta.dirname, 'kafka_foreign.py')
const LIBRDKAFKA = ['confluent-kafka==2.16.1']
const CLASSES = `foreign-java-${createHash('sha256').update(readFileSync(JAVA_SOURCE)).digest('hex').slice(0, 12)}`
const JDK_HINT = 'install a JDK 17 (Debian: apt-get install openjdk-17-jdk-headless)'

type Run = (mode: 'read' | 'write', input: string) => Promise<string>

const classes = (): Promise<string> =>
  installed(CLASSES, async directory => {
    copyFileSync(JAVA_SOURCE, join(directory, 'KafkaForeign.java'))
    const jars = await kafkaClasspath()
    await command('javac', ['-cp', jars, '-d', directory, join(directory, 'KafkaForeign.java')], { hint: JDK_HINT })
  })

/** The producer and consumer of Apache Kafka itself. */
export const javaClient: ForeignClient = {
  name: 'Java',
  missing: () => lacking({ java: JDK_HINT, ...(isInstalled(CLASSES) ? {} : { javac: JDK_HINT }) }),
  install: classes,
  ...talking(async (mode, input) => {
    const quick = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
    const path = [await classes(), await kafkaClasspath()].join(delimiter)
    return command('java', [...quick, '-cp', path, 'KafkaForeign', mode], { input, hint: JDK_HINT })
  }),
}

/** librdkafka, by the Python package of Confluent. */
export const librdkafka: ForeignClient = {
  name: 'librdkafka',
  missing: () => lacking({ python3: PYTHON_HINT }),
  install: () => pythonWith(LIBRDKAFKA),
  ...talking(async (mode, input) => {
    const python = await pythonWith(LIBRDKAFKA)
    return command(python.program, [PYTHON_SOURCE, mode], { input, env: python.env })
  }),
}

function talking(run: Run): Pick<ForeignClient, 'read' | 'write'> {
  const talk = async (mode: 'read' | 'write', settings: ClientSettings, lines: readonly unknown[]): Promise<unknown[]> => {
    const config = { 'bootstrap.servers': settings['bootstrap.servers'] ?? (await kafka()).plaintext, ...settings }
    const input = [{ config }, ...lines].map(line => `${JSON.stringify(line)}\n`).join('')
    const output = await run(mode, input)
    // A logger may write to standard output, too.
    return output
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as unknown)
  }
  return {
    write: async (steps, settings = {}) => (await talk('write', settings, steps.map(lineOf))) as Written[],
    read: async (topics, settings = {}) => ((await talk('read', settings, [{ topics }])) as SeenLine[]).map(seenIn).sort(byPlace),
  }
}

type SeenLine = Written & { timestampType: number; key: string | null; value: string | null; headers: [string, string | null][] }

const encoded = (bytes: Buffer | null): string | null => bytes?.toString('base64') ?? null
const decoded = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'))
const byPlace = (a: Written, b: Written): number => a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset

function lineOf(step: Step): unknown {
  if (typeof step === 'string') return { do: step }
  if ('producer' in step) return { producer: step.producer, config: step.settings ?? {} }
  const headers = (step.headers ?? []).map(([name, value]) => [name, encoded(value)])
  return { record: { ...step, key: encoded(step.key), value: encoded(step.value), headers } }
}

const seenIn = (line: SeenLine): Seen => ({
  ...line,
  key: decoded(line.key),
  value: decoded(line.value),
  headers: line.headers.map(([name, value]) => [name, decoded(value)]),
})
