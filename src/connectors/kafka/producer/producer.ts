import { MillraceError } from '../../../errors/index.ts'
import { nodePlatform, type Platform } from '../../../platform/index.ts'
import type { Warning } from '../../contract.ts'
import { openKafkaClient } from '../client/cluster.ts'
import type { KafkaClient } from '../client/contract.ts'
import { readKafkaOptions } from '../options/read.ts'
import type { Delivered, RecordProducer } from './contract.ts'
import { partitionOfKey, StickyPartition } from './partitioner.ts'
import { openRecordProducer } from './record-producer.ts'
import { SERIALIZERS, type Serializer, type SerializerName, serialize } from './serializer.ts'

/** What became of one message. */
export interface DeliveryReport<K> {
  /** Why it did not arrive; absent when it did. */
  readonly error?: unknown
  readonly key: K
  readonly topic: string
  /** Where it came to lie; absent on an error. */
  readonly partition?: number
  /** Absent on an error; -1 with acks 0. */
  readonly offset?: number
}

export interface MessageOptions {
  readonly headers?: Readonly<Record<string, string | Uint8Array | null>>
  /** Epoch milliseconds; absent = now. */
  readonly timestamp?: number | Date
  /** Instead of the one the key chooses. */
  readonly partition?: number
}

export interface ProducerOptions<K, V> {
  readonly topic: string
  /** `host:port`, comma separated; may stand in `configFile` instead. */
  readonly bootstrapServers?: string
  /** A properties file with client options, by Java's or librdkafka's names; options given here win. */
  readonly configFile?: string
  /** The name under which `registerTokenProvider` was given a function that fetches OAUTHBEARER tokens. */
  readonly tokenProvider?: string
  /** Client options by their Java names: `kafka.acks`, `kafka.compression.type`, `kafka.linger.ms`, … */
  readonly [option: `kafka.${string}`]: string | number | boolean | undefined
  /** Preset: `string`. */
  readonly keySerializer?: SerializerName | Serializer<K>
  /** Preset: `string`. */
  readonly valueSerializer?: SerializerName | Serializer<V>
  /** Told once of each message. Without it, `flush` and `close` reject with the first failure. */
  readonly onDelivery?: (report: DeliveryReport<K>) => void
  /** Told of options that change nothing; preset: a line on standard error. */
  readonly onWarning?: (warning: Warning) => void
  /** Send what waits and close on Ctrl-C and SIGTERM; `stopped` then aborts. Preset: true. */
  readonly flushOnSignal?: boolean
}

/**
 * Sends messages to one topic: gathered for `kafka.linger.ms`, sent in the background, repeated without doubling, in order by key.
 */
export interface Producer<K, V> extends AsyncDisposable {
  readonly topic: string
  /** Aborts when the producer is closed, also by Ctrl-C: for loops that should end then. */
  readonly stopped: AbortSignal
  /**
   * Takes one message. Resolves as soon as it is in the buffer (waits while that is full); what becomes of it is reported.
   * Rejects for a value that cannot be serialized and after `close`.
   */
  send(key: K, value: V, options?: MessageOptions): Promise<void>
  /** Resolves when everything sent so far was reported. */
  flush(): Promise<void>
  /** Flushes, then closes. */
  close(): Promise<void>
}

/** `createProducer` of the package's front door. */
export async function openProducer<K = string | null, V = string | null>(
  options: ProducerOptions<K, V>,
  platform: Platform = nodePlatform,
): Promise<Producer<K, V>> {
  const warn = options.onWarning ?? ((warning: Warning) => void process.stderr.write(`${warning.message}\n`))
  const settings = await readKafkaOptions({ options: clientOptions(options), platform, warn }, { side: 'sink', mode: 'batch' })
  const client = await openKafkaClient(settings.config, platform)
  try {
    const records = await openRecordProducer(client, platform)
    await records.partitionsOf(options.topic, { signal: NEVER })
    return new TopicProducer(options, client, records, platform)
  } catch (error) {
    await client.close()
    throw error
  }
}

const NEVER = new AbortController().signal

/** As the options of `format('kafka')`. */
function clientOptions(
  options: ProducerOptions<never, never> | ProducerOptions<never, unknown> | object,
): Readonly<Record<string, string>> {
  const given = options as ProducerOptions<unknown, unknown>
  const kafka = Object.entries(given).filter(([name, value]) => name.startsWith('kafka.') && value !== undefined)
  return {
    ...Object.fromEntries(kafka.map(([name, value]) => [name, String(value)])),
    topic: given.topic,
    ...(given.bootstrapServers !== undefined && { 'kafka.bootstrap.servers': given.bootstrapServers }),
    ...(given.configFile !== undefined && { configFile: given.configFile }),
    ...(given.tokenProvider !== undefined && { tokenProvider: given.tokenProvider }),
  }
}

const serializerOf = <T>(given: SerializerName | Serializer<T> | undefined): Serializer<T> =>
  typeof given === 'function' ? given : (SERIALIZERS[given ?? 'string'] as Serializer<T>)

const encoder = new TextEncoder()
const headersOf = (headers: MessageOptions['headers'] = {}): readonly (readonly [string, Uint8Array | null])[] =>
  Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? encoder.encode(value) : value])

class TopicProducer<K, V> implements Producer<K, V> {
  readonly topic: string
  readonly #options: ProducerOptions<K, V>
  readonly #client: KafkaClient
  readonly #records: RecordProducer
  readonly #key: Serializer<K>
  readonly #value: Serializer<V>
  readonly #sticky: StickyPartition
  readonly #stopped = new AbortController()
  readonly #deafen: () => void
  /** Messages taken and not reported yet. */
  #open = 0
  #idle: (() => void)[] = []
  #failure: { readonly error: unknown } | undefined
  #closing: Promise<void> | undefined

  constructor(options: ProducerOptions<K, V>, client: KafkaClient, records: RecordProducer, platform: Platform) {
    this.topic = options.topic
    this.#options = options
    this.#client = client
    this.#records = records
    this.#key = serializerOf(options.keySerializer)
    this.#value = serializerOf(options.valueSerializer)
    this.#sticky = new StickyPartition(Math.floor(platform.ids.random() * 0x10000), client.config.produce.batchBytes)
    const onStop = (): void => void this.close().catch(() => {})
    this.#deafen = options.flushOnSignal === false ? () => {} : platform.process.onStopRequest(onStop)
  }

  get stopped(): AbortSignal {
    return this.#stopped.signal
  }

  async send(key: K, value: V, options: MessageOptions = {}): Promise<void> {
    if (this.#closing) throw new MillraceError('KAFKA_PRODUCER_CLOSED', { topic: this.topic })
    const keyBytes = await serialize('key', this.#key, key, this.topic)
    const valueBytes = await serialize('value', this.#value, value, this.topic)
    await this.#records.room({ signal: NEVER })
    this.#open++
    try {
      const partition = await this.#partitionOf(keyBytes, valueBytes, options.partition)
      const { timestamp, headers } = options
      const record = {
        key: keyBytes,
        value: valueBytes,
        headers: headersOf(headers),
        ...(timestamp !== undefined && { timestampMs: Number(timestamp) }),
      }
      this.#records.sendOne(this.topic, partition, record, { signal: NEVER }).then(
        delivered => this.#arrived(key, delivered),
        (error: unknown) => this.#failed(key, error),
      )
    } catch (error) {
      this.#failed(key, error)
    }
  }

  async #partitionOf(key: Uint8Array | null, value: Uint8Array | null, chosen: number | undefined): Promise<number> {
    const partitions = await this.#records.partitionsOf(this.topic, { signal: NEVER })
    if (chosen === undefined) return key === null ? this.#sticky.next(partitions, value?.length ?? 0) : partitionOfKey(partitions, key)
    if (Number.isInteger(chosen) && chosen >= 0 && chosen < partitions) return chosen
    throw new MillraceError('KAFKA_UNKNOWN_TOPIC_PARTITION', { topic: this.topic, partition: chosen })
  }

  #arrived(key: K, { partition, baseOffset }: Delivered): void {
    this.#report({ key, topic: this.topic, partition, offset: baseOffset })
  }

  #failed(key: K, error: unknown): void {
    if (!this.#options.onDelivery) this.#failure ??= { error }
    this.#report({ error, key, topic: this.topic })
  }

  #report(report: DeliveryReport<K>): void {
    try {
      this.#options.onDelivery?.(report)
    } catch (error) {
      this.#failure ??= { error }
    }
    if (--this.#open > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const wake of idle) wake()
  }

  async flush(): Promise<void> {
    while (this.#open > 0) {
      const idle = new Promise<void>(resolve => this.#idle.push(resolve))
      await this.#records.flush({ signal: NEVER })
      await idle
    }
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#deafen()
    this.#stopped.abort()
    try {
      await this.flush()
    } finally {
      await this.#records.close()
      await this.#client.close()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
