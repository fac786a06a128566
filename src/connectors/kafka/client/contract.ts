import type { ConnectionOptions, SASLOptions } from '@platformatic/kafka'
import type { KafkaLibrary } from './library.ts'

/** One broker of the cluster as clients reach it. */
export interface BrokerAddress {
  readonly id: number
  readonly host: string
  readonly port: number
}

/** A topic as the cluster has it now. `id` (a UUID in text) changes when a topic is deleted and made again. */
export interface Topic {
  readonly name: string
  readonly id: string
  readonly partitions: readonly Partition[]
}
export interface Partition {
  readonly partition: number
  /** Broker id of the leader; -1 while there is none. */
  readonly leader: number
  readonly leaderEpoch: number
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Offsets are numbers: exact to 2^53, and as JSON what Spark writes. */
export type KafkaOffset = number

/** Where in a partition: its first record, behind its last one, or the first record with a timestamp at or after `timestampMs`. */
export type OffsetAt = 'earliest' | 'latest' | { readonly timestampMs: number }

export interface CallOptions {
  readonly signal: AbortSignal
  /** Give up after so many milliseconds, retries included; absent = `ClientConfig.defaultTimeoutMs`. */
  readonly timeoutMs?: number
}

/**
 * One request of the Kafka protocol. `write` makes the body, `read` takes the answer's body; both are ours or the client library's,
 * so that Fetch and Produce travel in our own columns.
 */
export interface ApiCall<T> {
  readonly key: number
  readonly version: number
  /** For messages: `Fetch`, `Produce`, … */
  readonly name: string
  readonly write: () => unknown
  readonly read: (correlationId: number, apiKey: number, apiVersion: number, reader: unknown) => T
  /** Flexible versions carry tagged fields in their headers. */
  readonly requestTagged: boolean
  readonly responseTagged: boolean
  /** The broker answers nothing (`acks=0`). */
  readonly noAnswer?: boolean
}

/**
 * The cluster as the rest of the Kafka room sees it: metadata that is kept fresh, requests to brokers, and one meaning of errors.
 * Every promise ends: with its answer, with `signal`'s reason, or, once the time is up, with a MillraceError that names broker and topic-partition.
 * Transient errors (leader moved, broker gone, time-out, coordinator loading) are retried inside with backoff and fresh metadata.
 */
export interface KafkaClient {
  readonly config: ClientConfig
  /** Topics by name, asked now; those that do not exist are absent. 'all' leaves out the cluster's internal topics. */
  topics(names: readonly string[] | 'all', options: CallOptions): Promise<ReadonlyMap<string, Topic>>
  /** One answer an entry; null = no record at or after the timestamp. `latest` is the last stable offset under read_committed. */
  offsets(wanted: readonly (TopicPartition & { readonly at: OffsetAt })[], options: CallOptions): Promise<readonly (KafkaOffset | null)[]>
  /** The broker that leads the partition now, from what is known; asks when it is not. */
  leaderOf(
    at: TopicPartition,
    options: CallOptions,
  ): Promise<{ readonly broker: number; readonly leaderEpoch: number; readonly topicId: string }>
  /** What is known of the topic's leaders is stale: the next `leaderOf` asks again. */
  forgetLeaders(topic: string): void
  /** Some broker of the cluster, for requests that any of them takes. */
  anyBroker(options: CallOptions): Promise<number>
  /** The broker that coordinates a consumer group or a transactional id. */
  coordinatorOf(kind: 'group' | 'transaction', key: string, options: CallOptions): Promise<number>
  forgetCoordinator(kind: 'group' | 'transaction', key: string): void
  /**
   * One request to one broker, sent once: no retry. Rejects with what the library or the broker said as it is; `retryable(error)` tells whether to try again.
   * `lane` keeps long polls (Fetch) off the connection of short requests. A request ends after `request.timeout.ms`; `timeoutMs` is not looked at.
   */
  send<T>(broker: number, call: ApiCall<T>, options: CallOptions & { readonly lane?: 'fetch' | 'produce' | 'other' }): Promise<T>
  /** Runs `work` until it succeeds, the time is up or the error is not transient; backs off in between. `work` gets the time that is left. */
  retrying<T>(what: string, work: (left: Required<CallOptions>) => Promise<T>, options: CallOptions): Promise<T>
  /** The newest version of a request that the broker understands, out of `oldest` to `newest`; KAFKA_BROKER_TOO_OLD where there is none. */
  versionOf(
    broker: number,
    api: { readonly key: number; readonly name: string; readonly oldest: number; readonly newest: number },
    options: CallOptions,
  ): Promise<number>
  /** An error code of an answer as an error that `retryable` and `kafkaErrorOf` (client/failure.ts) understand; undefined for 0. */
  brokerError(code: number, detail?: string | null): Error | undefined
  /** The library's wire protocol (Reader, Writer, API functions), loaded. */
  readonly library: KafkaLibrary
  close(): Promise<void>
}

/** The client's settings after translation of `kafka.*`, the properties file and the defaults. Never printed: holds secrets. */
export interface ClientConfig {
  readonly bootstrap: readonly { readonly host: string; readonly port: number }[]
  readonly clientId: string
  readonly isolation: 'read_uncommitted' | 'read_committed'
  /** The library's own shapes of TLS and SASL. */
  readonly tls?: NonNullable<ConnectionOptions['tls']>
  readonly sasl?: SASLOptions
  /** `default.api.timeout.ms`: a whole call with its retries. */
  readonly defaultTimeoutMs: number
  /** `request.timeout.ms`: one request. */
  readonly requestTimeoutMs: number
  /** `socket.connection.setup.timeout.ms`: until a connection stands. */
  readonly connectTimeoutMs: number
  /** `retry.backoff.ms` and `.max.ms`: the pause before a request is repeated. */
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** `reconnect.backoff.ms` and `.max.ms`: the pause when nobody answered. */
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
  readonly fetch: {
    readonly minBytes: number
    readonly maxBytes: number
    readonly maxWaitMs: number
    /** `max.partition.fetch.bytes` */
    readonly maxPartitionBytes: number
    readonly checkCrcs: boolean
  }
  readonly produce: {
    readonly acks: -1 | 0 | 1
    readonly idempotence: boolean
    readonly compression: CompressionName
    readonly compressionLevel?: number
    readonly lingerMs: number
    readonly batchBytes: number
    readonly maxRequestBytes: number
    /** Requests on their way to one broker at a time. */
    readonly maxInFlight: number
    readonly deliveryTimeoutMs: number
    readonly transactionTimeoutMs: number
  }
}
export type CompressionName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
