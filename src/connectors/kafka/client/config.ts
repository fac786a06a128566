import type { Platform } from '../../../platform/index.ts'
import type { OptionValues } from '../../options.ts'
import type { CLIENT_OPTIONS } from '../options/client-options.ts'
import type { ClientConfig, CompressionName } from './contract.ts'
import { loginOf } from './login.ts'
import { tlsOf } from './tls.ts'

/** The client's options read by their table (both sides: what one side lacks has Java's default), and what only properties files say. */
export type ClientValues = OptionValues<typeof CLIENT_OPTIONS>
export interface Besides {
  readonly username?: string
  readonly password?: string
  readonly caFile?: string
  readonly caPem?: string
  readonly certificateFile?: string
  readonly certificatePem?: string
  readonly keyFile?: string
  readonly keyPem?: string
  /** The option `tokenProvider` of the format. */
  readonly tokenProvider?: string
}

/** Leaves out what is not given, for `exactOptionalPropertyTypes`. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
const given = <T extends object>(o: T): Given<T> => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as Given<T>

/** `host:port, [::1]:port, SSL://host:port` as addresses; undefined where one of them is none. */
export function parseBootstrap(text: string): ClientConfig['bootstrap'] | undefined {
  const servers = text
    .split(',')
    .map(s => s.trim())
    .filter(s => s !== '')
  const addresses = servers.flatMap(server => {
    const m = /^(?:[A-Za-z_]+:\/\/)?(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(server)
    const port = Number(m?.[3])
    return m && port > 0 && port < 65536 ? [{ host: m[1] ?? m[2]!, port }] : []
  })
  return servers.length > 0 && addresses.length === servers.length ? addresses : undefined
}

const LEVELS = { gzip: 'compression.gzip.level', lz4: 'compression.lz4.level', zstd: 'compression.zstd.level' } as const

function produceOf(v: ClientValues): ClientConfig['produce'] {
  const compression = v['compression.type'] as CompressionName
  const level = compression in LEVELS ? v[LEVELS[compression as keyof typeof LEVELS]] : undefined
  const acks = v.acks === 'all' ? -1 : (Number(v.acks) as -1 | 0 | 1)
  return {
    acks,
    // As in Java: preset, idempotence gives way to fewer acks; asked for, it does not (options/read.ts refuses that).
    idempotence: v['enable.idempotence'] && acks === -1,
    compression,
    ...(level !== undefined && { compressionLevel: level }),
    lingerMs: v['linger.ms'],
    batchBytes: v['batch.size'],
    maxRequestBytes: v['max.request.size'],
    maxInFlight: v['max.in.flight.requests.per.connection'],
    deliveryTimeoutMs: v['delivery.timeout.ms'],
    transactionTimeoutMs: v['transaction.timeout.ms'],
  }
}

/** Client options as the client takes them. Reads key and trust stores; asks no broker. */
export async function clientConfig(v: ClientValues, besides: Besides, platform: Platform): Promise<ClientConfig> {
  const protocol = v['security.protocol']
  const tls = protocol.endsWith('SSL') ? await tlsOf(tlsSettings(v, besides), platform.files) : undefined
  const sasl = protocol.startsWith('SASL') ? loginOf(loginSettings(v, besides), platform.clock) : undefined
  return Object.freeze({
    bootstrap: parseBootstrap(v['bootstrap.servers']) ?? [],
    clientId: v['client.id'],
    isolation: v['isolation.level'] as ClientConfig['isolation'],
    ...(tls && { tls }),
    ...(sasl && { sasl }),
    defaultTimeoutMs: v['default.api.timeout.ms'],
    requestTimeoutMs: v['request.timeout.ms'],
    connectTimeoutMs: v['socket.connection.setup.timeout.ms'],
    retryBackoffMs: v['retry.backoff.ms'],
    retryBackoffMaxMs: v['retry.backoff.max.ms'],
    reconnectBackoffMs: v['reconnect.backoff.ms'],
    reconnectBackoffMaxMs: v['reconnect.backoff.max.ms'],
    fetch: {
      minBytes: v['fetch.min.bytes'],
      maxBytes: v['fetch.max.bytes'],
      maxWaitMs: v['fetch.max.wait.ms'],
      maxPartitionBytes: v['max.partition.fetch.bytes'],
      checkCrcs: v['check.crcs'],
    },
    produce: produceOf(v),
  })
}

const tlsSettings = (v: ClientValues, b: Besides) => ({
  ...given({
    truststore: v['ssl.truststore.location'] ?? b.caFile,
    truststorePassword: v['ssl.truststore.password'],
    truststorePem: v['ssl.truststore.certificates'] ?? b.caPem,
    keystore: v['ssl.keystore.location'],
    keystorePassword: v['ssl.keystore.password'],
    keyPassword: v['ssl.key.password'],
    chainPem: v['ssl.keystore.certificate.chain'] ?? b.certificatePem,
    keyPem: v['ssl.keystore.key'] ?? b.keyPem,
    certificateFile: b.certificateFile,
    keyFile: b.keyFile,
    ciphers: v['ssl.cipher.suites'],
  }),
  checkHost: v['ssl.endpoint.identification.algorithm'] !== '',
  protocols: v['ssl.enabled.protocols'],
})

const loginSettings = (v: ClientValues, b: Besides) => ({
  ...given({
    mechanism: v['sasl.mechanism'],
    jaas: v['sasl.jaas.config'],
    username: b.username,
    password: b.password,
    tokenProvider: b.tokenProvider,
    tokenUrl: v['sasl.oauthbearer.token.endpoint.url'],
  }),
  timeoutMs: v['request.timeout.ms'],
})
