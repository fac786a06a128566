import type { OptionTable } from './connectors/contract.ts'
import type { Producer, ProducerOptions } from './connectors/kafka/producer/producer.ts'
import type { TopicDone, TopicsConnection } from './connectors/kafka/topics/create-topics.ts'
import type { OptionProblem, OptionUse, OptionValues } from './connectors/options.ts'
import type { Engine, EngineHost, OpenEngine } from './engine/contract.ts'
import type { EmbeddedConfig } from './engine/embedded/config.ts'
import { MillraceError } from './errors/index.ts'
import { nodePlatform, type Platform } from './platform/index.ts'
import type { FileStore, Places, RemoteStores } from './storage/index.ts'
import type { RowBatch, StructType } from './types/index.ts'
import type { WatchHost, Watching, WatchSessionOptions } from './watch/index.ts'

export type { OptionSpec, OptionTable } from './connectors/contract.ts'
export type { DeliveryReport, MessageOptions, Producer, ProducerOptions } from './connectors/kafka/producer/producer.ts'
export type { Serializer, SerializerName } from './connectors/kafka/producer/serializer.ts'
export type { TopicDone, TopicsConnection } from './connectors/kafka/topics/create-topics.ts'
export type { OptionValues } from './connectors/options.ts'
export * from './connectors/public.ts'
export { registerTokenProvider, type TokenProvider } from './connectors/token-providers.ts'
export { type CredentialProvider, registerCredentialProvider, type S3Credentials } from './storage/credentials.ts'
export type { Places } from './storage/index.ts'
export type * from './watch/index.ts'

/**
 * Opens a producer for one Kafka topic, as `confluent_kafka.Producer` or `KafkaProducer` does: messages are gathered, sent in the background,
 * repeated without doubling and reported one by one. The topic is looked up first: a broker that does not answer within
 * `kafka.default.api.timeout.ms` and a topic that does not exist reject here, by name.
 *
 * @example
 * const producer = await createProducer({
 *   topic: 'mta-turnstile',
 *   configFile: 'localhost.properties',
 *   onDelivery: r => console.log(r.error ? `failed: ${r.error}` : `${r.key} -> ${r.topic} [${r.partition}] at ${r.offset}`),
 * })
 * await producer.send('A001', 'A001,R001,02-00-00,Test-Station')
 * await producer.close()
 */
export async function createProducer<K = string | null, V = string | null>(options: ProducerOptions<K, V>): Promise<Producer<K, V>> {
  return (await import('./connectors/kafka/producer/producer.ts')).openProducer(options)
}

/**
 * Makes the Kafka topics of a YAML file (or text) of Strimzi `KafkaTopic` documents: creates those that are missing, adds partitions, sets settings that
 * differ. May be run again: what is as wanted is left alone. Everything is checked before anything is changed.
 *
 * @throws KAFKA_TOPIC_FILE with file and line; KAFKA_TOPIC_CHANGE where partitions would shrink or replicas change; KAFKA_TOPIC_CREATION_FAILED
 * @example
 * await createTopics('kafka-topic.yaml', { bootstrapServers: 'localhost:9092' })
 * // [{ topic: 'mta-turnstile', did: 'created' }]
 */
export async function createTopics(yaml: string, connection: TopicsConnection): Promise<readonly TopicDone[]> {
  return (await import('./connectors/kafka/topics/create-topics.ts')).makeTopics(yaml, connection)
}

/** What may be known of a connector without opening it: for catalogs, commands and pages. */
export interface ConnectorDescription {
  readonly name: string
  readonly summary: string
  readonly options: OptionTable
  /** What families of names among them (`kafka.*`) hold, without the prefix. */
  readonly families: Readonly<Record<string, OptionTable>>
  readonly doors: readonly ('read' | 'readStream' | 'write' | 'writeStream')[]
  /** A stream into it may run without a checkpoint location. */
  readonly temporaryCheckpoint: boolean
  /** Everything that is wrong with options, by option; nothing is opened. */
  examine(given: Readonly<Record<string, string>>, use: Omit<OptionUse, 'format'>): readonly (MillraceError & { readonly option: string })[]
  /** The schema where it needs no look at the data. @throws what the connector refuses about its options */
  fixedSchema(given: Readonly<Record<string, string>>): StructType | undefined
  /** Options as they may be shown: secrets masked. */
  shown(given: Readonly<Record<string, string>>): Readonly<Record<string, string>>
}

/** Names of the connectors of this package. */
export async function connectorNames(): Promise<readonly string[]> {
  return Object.keys(await describable())
}

/** One connector by name, or undefined. Names do not regard case. */
export async function describeConnector(name: string): Promise<ConnectorDescription | undefined> {
  const load = (await describable())[name.toLowerCase()]
  if (!load) return undefined
  const [c, { examineOptions, showOptions }, { withoutBadRecords }] = await Promise.all([
    load(),
    import('./connectors/options.ts'),
    import('./connectors/bad-records.ts'),
  ])
  const doors = { read: c.scan, readStream: c.source, write: c.save, writeStream: c.sink }
  return {
    name: c.name,
    summary: c.summary,
    options: c.options,
    families: c.families ?? {},
    doors: (Object.keys(doors) as (keyof typeof doors)[]).filter(door => doors[door]),
    temporaryCheckpoint: c.temporaryCheckpoint === true,
    examine: (given, use) =>
      errorsOf(examineOptions(c.options, use.side === 'source' ? withoutBadRecords(given) : given, { format: c.name, ...use }).problems),
    fixedSchema: given => c.fixedSchema?.({ options: withoutBadRecords(given), streaming: true }),
    shown: given => showOptions(c.options, given),
  }
}

const errorsOf = (problems: readonly OptionProblem[]) =>
  problems.map(({ condition, params }) => Object.assign(new MillraceError(condition, params as never), { option: params.option }))

/** Options by a table of one's own, as connectors read theirs: values typed, defaults filled in, and everything that is wrong with them. */
export async function readOptionTable<const T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, string>>,
  use: OptionUse,
): Promise<{
  readonly values: OptionValues<T>
  readonly problems: ReturnType<typeof errorsOf>
  readonly shown: Readonly<Record<string, string>>
}> {
  const { examineOptions, showOptions } = await import('./connectors/options.ts')
  const { values, problems } = examineOptions(table, given, use)
  return { values, problems: errorsOf(problems), shown: showOptions(table, given) }
}

const describable = async () => {
  const [{ builtins }, { MemoryTables }] = await Promise.all([import('./connectors/builtin.ts'), import('./connectors/memory/tables.ts')])
  return builtins({ memoryTables: new MemoryTables(), print: () => {} })
}

/** What a test may put in the place of the real thing. */
export interface Replaced {
  readonly platform?: Platform
  readonly print?: (text: string) => void
  readonly printError?: (text: string) => void
}

/** Parses texts of a frame's one column. Options: keys in lower case. */
export interface TextReader {
  header(batches: AsyncIterable<RowBatch>, options: Readonly<Record<string, string>>): Promise<string | undefined>
  infer(batches: AsyncIterable<RowBatch>, options: Readonly<Record<string, string>>, header: string | undefined): Promise<StructType>
  parser(schema: StructType, options: Readonly<Record<string, string>>, header: string | undefined): (batch: RowBatch) => RowBatch
}

/** What the API is given: the way to an engine, and the few taps to the outside it needs. */
export interface Wiring {
  readonly openEngine: OpenEngine
  /** Rejects when aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
  /** What reads csv and JSON texts of a frame; refuses options the format does not have. */
  readonly texts: (format: 'csv' | 'json', options: Readonly<Record<string, string>>) => Promise<TextReader>
  /** The stores of a session: the same for the same host. */
  readonly stores: (host: EngineHost) => Stores
  /** Calls back on Ctrl-C and SIGTERM, which then no longer end the process; gives how to stop listening. */
  readonly onStopRequest: (callback: () => void) => () => void
  /** Turns on what a session asks for to be watched; undefined where that is nothing. @throws WATCH_OPTION, ALERT_INVALID, HTTP_LISTEN_FAILED */
  readonly watch: (options: WatchSessionOptions, host: Omit<WatchHost, 'platform'>) => Promise<Watching | undefined>
}

const toStandardOutput = (text: string): void => void process.stdout.write(text)
const toStandardError = (text: string): void => void process.stderr.write(text)

/**
 * The fuse box: the only file that knows engines, connectors and stores by name. Each is loaded when it is first needed,
 * so that importing Millrace loads neither DuckDB nor any connector.
 */
export const wires = ({ platform = nodePlatform, print = toStandardOutput, printError = toStandardError }: Replaced = {}): Wiring => ({
  openEngine: host => openEngine(host, platform, print),
  sleep: (ms, signal) => platform.clock.sleep(ms, signal),
  now: () => platform.clock.now(),
  random: () => platform.ids.random(),
  print,
  printError,
  texts: (format, options) => textReader(format, options, platform),
  stores: host => storesOf(host, platform),
  onStopRequest: callback => platform.process.onStopRequest(callback),
  watch: async (options, host) => {
    const asked = [options.watch, options.alerts, options.tracer, options.lineage].some(o => o !== undefined)
    return asked ? (await import('./watch/index.ts')).openWatching(options, { ...host, platform }) : undefined
  },
})

/** The embedded engine, for a session or for whoever runs plans without one. */
export async function openEngine(host: EngineHost, platform: Platform, print: (text: string) => void): Promise<Engine> {
  const { embeddedEngine } = await import('./engine/embedded/index.ts')
  return embeddedEngine(await embeddedConfig(host, platform, print))
}

async function embeddedConfig(host: EngineHost, platform: Platform, print: (text: string) => void): Promise<EmbeddedConfig> {
  const [{ Registry }, { builtins }, { MemoryTables }, { TableCatalog }] = await Promise.all([
    import('./connectors/registry.ts'),
    import('./connectors/builtin.ts'),
    import('./connectors/memory/tables.ts'),
    import('./tables/index.ts'),
  ])
  const memoryTables = new MemoryTables()
  const connectors = new Registry()
  for (const [name, load] of Object.entries(builtins({ memoryTables, print }))) connectors.add(name, load)
  const store: EmbeddedConfig['store'] = uri => storesOf(host, platform).open(uri)
  const tables = new TableCatalog({ conf: host.conf, store, platform })
  return { ...host, platform, connectors, memoryTables, tables, store }
}

async function textReader(format: 'csv' | 'json', options: Readonly<Record<string, string>>, platform: Platform): Promise<TextReader> {
  const [{ readOptions }, { fileOptions }, texts] = await Promise.all([
    import('./connectors/options.ts'),
    import('./connectors/files/options.ts'),
    import('./formats/text-rows.ts'),
  ])
  readOptions(fileOptions(format), options, { format, side: 'source', mode: 'batch' })
  const today = (): number => Math.floor(platform.clock.now() / 86_400_000)
  return {
    header: (batches, given) => texts.headerOfTexts(format, batches, given),
    infer: (batches, given, header) => texts.inferTexts(format, batches, given, header, platform),
    parser: (schema, given, header) => texts.parserOfTexts(format, schema, given, header, today),
  }
}

/** The stores of one session. */
export interface Stores {
  /** A place by its URI or path, `mounts` applied. @throws UNKNOWN_SCHEME, INVALID_STORE_URI, MISSING_DEPENDENCY, STORAGE_NO_CREDENTIALS */
  open(uri: string): Promise<FileStore>
  /** Files by URI, for `session.fs`. */
  places(): Promise<Places>
  close(): Promise<void>
}

/** One for each host: a session's engine and its `fs` share connections. */
const stores = new WeakMap<EngineHost, Stores>()

function storesOf(host: EngineHost, platform: Platform): Stores {
  const known = stores.get(host)
  if (known) return known
  let remote: RemoteStores | undefined
  const made: Stores = {
    open: async given => {
      const { localStore, schemeOf, bucketPlace, mounted, remoteStores, KNOWN_SCHEMES } = await import('./storage/index.ts')
      const uri = mounted(given, host.mounts ?? {})
      const scheme = schemeOf(uri) ?? 'file'
      if (scheme === 'file') {
        const sync = host.conf('millrace.checkpoint.sync') === 'false' ? 'os' : 'full'
        return localStore(uri, platform, { sync, onNoLinks: message => host.warn({ code: 'NO_HARD_LINKS', message }) })
      }
      if (!bucketPlace(uri)) throw new MillraceError('UNKNOWN_SCHEME', { scheme, uri, known: KNOWN_SCHEMES })
      remote ??= remoteStores(host.conf, platform)
      return remote.open(uri)!
    },
    places: async () => new (await import('./storage/index.ts')).Places(made.open, platform),
    close: async () => remote?.close(),
  }
  stores.set(host, made)
  return made
}
