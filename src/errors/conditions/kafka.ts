import { conditions } from '../condition.ts'

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`
const tail = (tried: readonly string[]): string => (tried.length === 0 ? '' : `: ${tried.join('; ')}`)

/** Conditions of `connectors/kafka/`. */
export const kafka = conditions({
  KAFKA_UNREACHABLE: {
    domain: 'external',
    message: (p: { brokers: readonly string[]; what: string; timeoutMs: number; tried: readonly string[] }) =>
      `no broker of ${p.brokers.join(', ')} answered within ${seconds(p.timeoutMs)} (${p.what})${tail(p.tried)}`,
    hint: () =>
      'Check that the broker runs, that kafka.bootstrap.servers names one of its listeners and that kafka.security.protocol is that listener’s.',
  },
  KAFKA_TIMEOUT: {
    domain: 'external',
    message: (p: { what: string; timeoutMs: number; tried: readonly string[] }) =>
      `Kafka could not ${p.what} within ${seconds(p.timeoutMs)}${tail(p.tried)}`,
    hint: () => 'Look at the brokers named; a longer kafka.default.api.timeout.ms waits for them longer.',
  },
  KAFKA_AUTHENTICATION_FAILED: {
    domain: 'external',
    message: (p: { broker: string; mechanism: string; reason: string }) => `${p.broker} refused the ${p.mechanism} login: ${p.reason}`,
    hint: () =>
      'Check user and password in kafka.sasl.jaas.config (or sasl.username and sasl.password of the configFile) and that the broker allows this kafka.sasl.mechanism.',
  },
  KAFKA_TLS_FAILED: {
    domain: 'external',
    message: (p: { broker: string; reason: string }) => `no TLS connection to ${p.broker}: ${p.reason}`,
    hint: () =>
      'Give the authority that signed the broker’s certificate in kafka.ssl.truststore.location, a client certificate in kafka.ssl.keystore.location where the broker asks for one, and kafka.security.protocol SSL or SASL_SSL for a TLS listener only.',
  },
  KAFKA_NOT_AUTHORIZED: {
    domain: 'external',
    message: (p: { what: string; error: string }) => `the broker does not let this user ${p.what} (${p.error})`,
    hint: () => 'Grant the user the missing access (kafka-acls.sh), or log in as another user.',
  },
  KAFKA_REQUEST_FAILED: {
    domain: 'external',
    message: (p: { what: string; error: string; reason: string }) =>
      `Kafka could not ${p.what}: ${p.reason}${p.error === '' ? '' : ` (${p.error})`}`,
    hint: () => 'It would fail again the same way; mend what the message names and start again.',
  },
  KAFKA_UNKNOWN_TOPIC_PARTITION: {
    domain: 'external',
    message: (p: { topic: string; partition: number }) => `the cluster has no partition ${p.topic}-${p.partition}`,
    hint: (p: { topic: string }) => `Create topic "${p.topic}", or check its name and its number of partitions.`,
  },
  KAFKA_BROKER_TOO_OLD: {
    domain: 'external',
    message: (p: { broker: string; api: string; wanted: string; offered: string }) =>
      `${p.broker} speaks ${p.api} ${p.offered}, version ${p.wanted} is needed`,
    hint: () => 'Use Apache Kafka 2.8 or newer.',
  },
  KAFKA_CLIENT_CLOSED: {
    domain: 'internal',
    message: () => 'the Kafka client is closed',
    hint: () => 'Please report it with the program that led here.',
  },
  KAFKA_OPTIONS: {
    domain: 'user',
    message: (p: { door: string; problems: readonly { readonly option: string; readonly verdict: string }[] }) =>
      `format "kafka" cannot take ${p.problems.map(x => `"${x.option}"`).join(', ')} as given to ${p.door}`,
    hint: (p: { problems: readonly unknown[] }) =>
      p.problems.length === 1 ? 'Change it as said above.' : `Change these ${p.problems.length} options as said above.`,
  },
  KAFKA_CONFIG_FILE: {
    domain: 'user',
    message: (p: { at: string; reason: string }) => `${p.at}: ${p.reason}`,
    hint: () => 'Write one name=value a line; # begins a comment.',
  },
  KAFKA_LOGIN_INVALID: {
    domain: 'user',
    message: (p: { option: string; reason: string }) => `"${p.option}" does not say how to log in: ${p.reason}`,
    hint: () =>
      'Write, for example, org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…"; with kafka.sasl.mechanism PLAIN.',
  },
  KAFKA_TOKEN_PROVIDER: {
    domain: 'user',
    /** `passing`: it may work again later. */
    message: (p: { name: string; reason: string; passing: boolean }) => `no OAUTHBEARER token from ${p.name}: ${p.reason}`,
    hint: () =>
      'Register the function with registerTokenProvider(name, fn) before the query starts, or check the token endpoint and its client.',
  },
  KAFKA_STORE_UNREADABLE: {
    domain: 'user',
    message: (p: { option: string; path: string; reason: string }) => `cannot read "${p.option}" ${p.path}: ${p.reason}`,
    hint: () => 'Give the path and password of a JKS, PKCS12 or PEM file; keytool -list -keystore FILE shows what is in it.',
  },
})
