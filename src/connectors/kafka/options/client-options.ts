import type { OptionSpec, OptionTable } from '../../contract.ts'

/*
 * What Java's consumers and producers can be set to, by Java's names, without the `kafka.` in front. `side: 'source'` is the consumer's,
 * `'sink'` the producer's. Values mean what they mean in Java (durations are whole milliseconds) and defaults are Java's.
 */
type Side = OptionSpec['side']
const ms = <const D extends string>(describe: string, value: D, side: Side = 'both') =>
  ({ type: 'integer', min: 0, default: value, describe: `${describe} (milliseconds)`, side }) as const
const count = <const D extends string>(describe: string, value: D, side: Side = 'both', min = 0) =>
  ({ type: 'integer', min, default: value, describe, side }) as const
const text = (describe: string, side: Side = 'both') => ({ type: 'string', describe, side }) as const
const secret = (describe: string) => ({ type: 'string', describe, side: 'both', secret: true }) as const
const idle = (withoutEffect: string, side: Side = 'both') =>
  ({ type: 'string', describe: 'Taken from Java programs.', side, withoutEffect }) as const
const refused = (why: string) => ({ type: 'string', describe: 'Not taken.', side: 'both', refused: why }) as const

const CONNECTION = {
  'bootstrap.servers': { ...text('Brokers to ask first, `host:port`, comma separated.'), required: true, example: 'localhost:9092' },
  'client.id': { ...text('The name the brokers see in their logs and quotas.'), default: 'millrace' },
  'default.api.timeout.ms': ms('A call with all its retries: after this long an error names the broker', '60000'),
  'request.timeout.ms': ms('One request', '30000'),
  'socket.connection.setup.timeout.ms': ms('Until a connection stands', '10000'),
  'retry.backoff.ms': ms('Pause before a request is repeated, doubled each time', '100'),
  'retry.backoff.max.ms': ms('The longest such pause', '1000'),
  'reconnect.backoff.ms': ms('Pause before a broker that did not answer is asked again, doubled each time', '50'),
  'reconnect.backoff.max.ms': ms('The longest such pause', '1000'),
  'metadata.max.age.ms': ms('How long new partitions and topics may go unnoticed', '10000'),
} as const satisfies OptionTable

const SECURITY = {
  'security.protocol': {
    type: 'enum',
    values: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    default: 'PLAINTEXT',
    describe: 'What the listener speaks.',
    side: 'both',
  },
  'sasl.mechanism': {
    type: 'enum',
    values: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'],
    describe: 'How to log in.',
    side: 'both',
  },
  'sasl.jaas.config': secret(
    'The login in Java’s form: `….PlainLoginModule required username="…" password="…";` (Plain-, Scram- or OAuthBearerLoginModule).',
  ),
  'sasl.oauthbearer.token.endpoint.url': text('Where OAUTHBEARER fetches its token with the client id and secret of `sasl.jaas.config`.'),
  'ssl.truststore.location': text('File with the authorities to trust: JKS, PKCS12 or PEM.'),
  'ssl.truststore.password': secret('Its password.'),
  'ssl.truststore.type': { type: 'enum', values: ['JKS', 'PKCS12', 'PEM'], describe: 'Its form; the file itself tells.', side: 'both' },
  'ssl.truststore.certificates': text('The authorities themselves, as PEM.'),
  'ssl.keystore.location': text('File with the client’s certificate and key: JKS, PKCS12 or PEM.'),
  'ssl.keystore.password': secret('Its password.'),
  'ssl.keystore.type': { type: 'enum', values: ['JKS', 'PKCS12', 'PEM'], describe: 'Its form; the file itself tells.', side: 'both' },
  'ssl.keystore.certificate.chain': text('The client’s certificate and what signed it, as PEM.'),
  'ssl.keystore.key': secret('The client’s private key, as PEM.'),
  'ssl.key.password': secret('The password of the private key.'),
  'ssl.endpoint.identification.algorithm': {
    type: 'enum',
    values: ['https', ''],
    default: 'https',
    describe: 'Whether the certificate must be the host’s; empty switches that off.',
    side: 'both',
  },
  'ssl.enabled.protocols': { ...text('TLS versions, comma separated.'), default: 'TLSv1.2,TLSv1.3' },
  'ssl.cipher.suites': text('Ciphers to offer, comma separated, by their IANA names.'),
} as const satisfies OptionTable

const READING = {
  'isolation.level': {
    type: 'enum',
    values: ['read_uncommitted', 'read_committed'],
    default: 'read_uncommitted',
    describe: 'Whether records of open and aborted transactions are read.',
    side: 'source',
  },
  'group.id': text('No group is joined, so it changes nothing. Offsets are committed to a group with `commitGroup`.', 'source'),
  'fetch.min.bytes': count('How much a broker waits for before it answers a fetch.', '1', 'source'),
  'fetch.max.bytes': count('The most one fetch brings.', '52428800', 'source', 1),
  'fetch.max.wait.ms': ms('How long a broker waits for `fetch.min.bytes`', '500', 'source'),
  'max.partition.fetch.bytes': count('The most one fetch brings of a partition; a larger record still comes.', '1048576', 'source', 1),
  'check.crcs': { type: 'boolean', default: 'true', describe: 'Whether checksums of records are verified.', side: 'source' },
} as const satisfies OptionTable

const WRITING = {
  acks: {
    type: 'enum',
    values: ['all', '-1', '0', '1'],
    default: 'all',
    describe: 'Which replicas have a record before it counts as written.',
    side: 'sink',
  },
  'enable.idempotence': { type: 'boolean', default: 'true', describe: 'Whether a repeated request leaves one copy.', side: 'sink' },
  'compression.type': {
    type: 'enum',
    values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    default: 'none',
    describe: 'How record batches are compressed.',
    side: 'sink',
  },
  'compression.gzip.level': { type: 'integer', min: -1, describe: 'Level of gzip.', side: 'sink' },
  'compression.lz4.level': { type: 'integer', min: 1, describe: 'Level of lz4.', side: 'sink' },
  'compression.zstd.level': { type: 'integer', describe: 'Level of zstd.', side: 'sink' },
  'linger.ms': ms('How long a producer waits for more records', '5', 'sink'),
  'batch.size': count('Bytes of a record batch.', '16384', 'sink'),
  'max.request.size': count('Bytes of a request, and so of the largest record.', '1048576', 'sink', 1),
  'delivery.timeout.ms': ms('A record with all its retries', '120000', 'sink'),
  'max.in.flight.requests.per.connection': count('Requests on their way to a broker at a time.', '5', 'sink', 1),
  'transaction.timeout.ms': ms('How long the brokers keep a transaction open', '60000', 'sink'),
} as const satisfies OptionTable

const JAVA_ONLY = 'it names a Java class'
const THREADS = 'it tunes buffers of the Java client'
const IDLE = {
  'metric.reporters': idle(JAVA_ONLY),
  'metrics.num.samples': idle('the Java client’s metrics are not kept'),
  'metrics.recording.level': idle('the Java client’s metrics are not kept'),
  'metrics.sample.window.ms': idle('the Java client’s metrics are not kept'),
  'auto.include.jmx.reporter': idle('there is no JMX'),
  'enable.metrics.push': idle('the Java client’s metrics are not kept'),
  'send.buffer.bytes': idle('the operating system sizes the buffers'),
  'receive.buffer.bytes': idle('the operating system sizes the buffers'),
  'connections.max.idle.ms': idle('connections that the broker closed are made again'),
  'client.dns.lookup': idle('every address of a host is tried'),
  'client.rack': idle('fetches go to the leader', 'source'),
  'socket.connection.setup.timeout.max.ms': idle('socket.connection.setup.timeout.ms is each attempt’s'),
  'metadata.max.idle.ms': idle(THREADS, 'sink'),
  'metadata.recovery.strategy': idle('bootstrap servers are always asked again'),
  'metadata.recovery.rebootstrap.trigger.ms': idle('bootstrap servers are always asked again'),
  'max.poll.records': idle('records are read in columns; maxOffsetsPerTrigger limits a batch', 'source'),
  'max.poll.interval.ms': idle('there is no consumer group to leave', 'source'),
  'session.timeout.ms': idle('there is no consumer group to leave', 'source'),
  'heartbeat.interval.ms': idle('there is no consumer group to leave', 'source'),
  'group.instance.id': idle('there is no consumer group to join', 'source'),
  'auto.commit.interval.ms': idle('the checkpoint keeps the offsets', 'source'),
  'exclude.internal.topics': idle('a pattern never matches internal topics', 'source'),
  'allow.auto.create.topics': idle('topics are never created by reading', 'source'),
  'max.block.ms': idle('default.api.timeout.ms ends every call', 'sink'),
  'buffer.memory': idle('a batch is sent as it is encoded', 'sink'),
  retries: idle('delivery.timeout.ms ends the retries', 'sink'),
  'partitioner.ignore.keys': idle('keys always choose the partition', 'sink'),
  'partitioner.adaptive.partitioning.enable': idle('records without a key go round in turn', 'sink'),
  'partitioner.availability.timeout.ms': idle('records without a key go round in turn', 'sink'),
  'transaction.two.phase.commit.enable': idle('the query’s checkpoint is the other phase', 'sink'),
  'enable.ssl.certificate.verification': refused(
    'give the authority in kafka.ssl.truststore.location instead of switching verification off',
  ),
  'ssl.protocol': idle('ssl.enabled.protocols names the versions'),
  'ssl.provider': idle(JAVA_ONLY),
  'ssl.keymanager.algorithm': idle(JAVA_ONLY),
  'ssl.trustmanager.algorithm': idle(JAVA_ONLY),
  'ssl.secure.random.implementation': idle(JAVA_ONLY),
  'sasl.kerberos.service.name': idle('Kerberos is not offered'),
  'sasl.login.refresh.window.factor': idle('a token is fetched for each connection'),
  'sasl.login.refresh.window.jitter': idle('a token is fetched for each connection'),
  'sasl.login.refresh.min.period.seconds': idle('a token is fetched for each connection'),
  'sasl.login.refresh.buffer.seconds': idle('a token is fetched for each connection'),
  'sasl.login.connect.timeout.ms': idle('request.timeout.ms ends the fetch of a token'),
  'sasl.login.read.timeout.ms': idle('request.timeout.ms ends the fetch of a token'),
} as const satisfies OptionTable

const CODEC = 'keys and values are columns of bytes'
const REFUSED = {
  'auto.offset.reset': refused('use startingOffsets: it says where a new query begins'),
  'enable.auto.commit': refused('leave it out: the checkpoint keeps the offsets; commitGroup also commits them to a group'),
  'enable.partition.eof': refused('leave it out: trigger({ availableNow: true }) or a batch read ends where the partitions end'),
  'key.deserializer': refused(`leave it out: ${CODEC}; decode them with cast('key', 'string') or fromAvro`),
  'value.deserializer': refused(`leave it out: ${CODEC}; decode them with cast('value', 'string'), fromJson or fromAvro`),
  'key.serializer': refused(`leave it out: ${CODEC}; make "key" a string or binary column, with toAvro for Avro`),
  'value.serializer': refused(`leave it out: ${CODEC}; make "value" a string or binary column, with toJson or toAvro`),
  'schema.registry.url': refused("give the registry to the codec: toAvro(col, { subject, registry: 'http://…' }), fromAvro likewise"),
  'partition.assignment.strategy': refused('leave it out: one query reads all its partitions'),
  'group.protocol': refused('leave it out: there is no consumer group to join'),
  'group.remote.assignor': refused('leave it out: there is no consumer group to join'),
  'interceptor.classes': refused('leave it out: it names a Java class; work on the columns instead'),
  'partitioner.class': refused('leave it out: keys go where Java’s default partitioner puts them; a "partition" column chooses otherwise'),
  'transactional.id': refused("use .option('transactional', true): the id is made from the query's"),
  'transaction.id': refused("use .option('transactional', true): the id is made from the query's"),
  'sasl.mechanisms': refused('write kafka.sasl.mechanism: sasl.mechanisms is librdkafka’s name, for a configFile'),
  'sasl.username': refused('put it into kafka.sasl.jaas.config (username="…"), or give a configFile with sasl.username'),
  'sasl.password': refused('put it into kafka.sasl.jaas.config (password="…"), or give a configFile with sasl.password'),
  'ssl.ca.location': refused(
    'write kafka.ssl.truststore.location with kafka.ssl.truststore.type PEM, or give a configFile with ssl.ca.location',
  ),
  'ssl.certificate.location': refused(
    'write kafka.ssl.keystore.location with kafka.ssl.keystore.type PEM, or give a configFile with ssl.certificate.location',
  ),
  'ssl.key.location': refused(
    'write kafka.ssl.keystore.location with kafka.ssl.keystore.type PEM, or give a configFile with ssl.key.location',
  ),
  'metadata.broker.list': refused('write kafka.bootstrap.servers'),
  'compression.codec': refused('write kafka.compression.type'),
  'queue.buffering.max.ms': refused('write kafka.linger.ms'),
  'message.max.bytes': refused('write kafka.max.request.size'),
  'sasl.login.callback.handler.class': refused(
    'it names a Java class; register a function with registerTokenProvider and name it in the option tokenProvider',
  ),
  'sasl.client.callback.handler.class': refused(
    'it names a Java class; register a function with registerTokenProvider and name it in the option tokenProvider',
  ),
  'sasl.login.class': refused(
    'it names a Java class; register a function with registerTokenProvider and name it in the option tokenProvider',
  ),
  'security.providers': refused('leave it out: it names a Java class'),
  'ssl.engine.factory.class': refused(
    'leave it out: it names a Java class; kafka.ssl.truststore.* and kafka.ssl.keystore.* say what to trust and show',
  ),
  'config.providers': refused('leave it out: give the values themselves, or a configFile'),
} as const satisfies OptionTable

/** Options of the Kafka client: `kafka.<name>` on readers and writers, `<name>` in a configFile. */
export const CLIENT_OPTIONS = { ...CONNECTION, ...SECURITY, ...READING, ...WRITING, ...IDLE, ...REFUSED } as const satisfies OptionTable

/** What librdkafka calls otherwise, for a configFile. */
export const FILE_OPTIONS = {
  ...CLIENT_OPTIONS,
  'bootstrap.servers': text('Brokers to ask first.'),
  'sasl.username': text('The user to log in as.'),
  'sasl.password': secret('Its password.'),
  'ssl.ca.location': text('PEM file with the authorities to trust.'),
  'ssl.ca.pem': text('The authorities themselves.'),
  'ssl.certificate.location': text('PEM file with the client’s certificate.'),
  'ssl.certificate.pem': text('The certificate itself.'),
  'ssl.key.location': text('PEM file with the client’s key.'),
  'ssl.key.pem': secret('The key itself.'),
} as const satisfies OptionTable

/** Names of librdkafka (and older ones of Java) with Java's for the same thing. */
export const FILE_ALIASES: Readonly<Record<string, string>> = {
  'metadata.broker.list': 'bootstrap.servers',
  'sasl.mechanisms': 'sasl.mechanism',
  'compression.codec': 'compression.type',
  'queue.buffering.max.ms': 'linger.ms',
  'message.max.bytes': 'max.request.size',
  'fetch.wait.max.ms': 'fetch.max.wait.ms',
  'fetch.message.max.bytes': 'max.partition.fetch.bytes',
  'request.required.acks': 'acks',
  'max.in.flight': 'max.in.flight.requests.per.connection',
  'socket.timeout.ms': 'request.timeout.ms',
  'message.timeout.ms': 'delivery.timeout.ms',
}
