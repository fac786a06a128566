import { STORE_PASSWORD, type Stores } from './stores.ts'

/** Who may log in, by every mechanism. */
export const USER = { username: 'alice', password: 'alice-secret' } as const

/** Listener names and the protocol that each speaks. */
export const LISTENERS = {
  PLAINTEXT: 'PLAINTEXT',
  SASL_PLAINTEXT: 'SASL_PLAINTEXT',
  SASL_SSL: 'SASL_SSL',
  SSL: 'SSL',
  /** Asks for a client certificate of the test authority. */
  MUTUAL: 'SSL',
  CONTROLLER: 'PLAINTEXT',
} as const
export type Listener = keyof typeof LISTENERS

const SASL = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const
const MODULES: Readonly<Record<(typeof SASL)[number], string>> = {
  PLAIN: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER.username}="${USER.password}";`,
  'SCRAM-SHA-256': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  // The validator that comes with Kafka: takes unsigned tokens (`alg: none`) that are not expired.
  OAUTHBEARER: 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
}

/** The broker's configuration: one node, broker and controller in one. */
export function serverProperties(data: string, ports: Readonly<Record<Listener, number>>, stores: Stores): string {
  const names = Object.keys(LISTENERS) as Listener[]
  const addresses = (of: readonly Listener[]) => of.map(name => `${name}://127.0.0.1:${ports[name]}`).join(',')
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `log.dirs=${data}`,
    `controller.quorum.voters=1@127.0.0.1:${ports.CONTROLLER}`,
    'controller.listener.names=CONTROLLER',
    `listeners=${addresses(names)}`,
    `advertised.listeners=${addresses(names.filter(name => name !== 'CONTROLLER'))}`,
    `listener.security.protocol.map=${names.map(name => `${name}:${LISTENERS[name]}`).join(',')}`,
    'inter.broker.listener.name=PLAINTEXT',
    `sasl.enabled.mechanisms=${SASL.join(',')}`,
    ...['sasl_plaintext', 'sasl_ssl'].flatMap(listener =>
      SASL.map(mechanism => `listener.name.${listener}.${mechanism.toLowerCase()}.sasl.jaas.config=${MODULES[mechanism]}`),
    ),
    'ssl.keystore.type=JKS',
    `ssl.keystore.location=${stores.serverJks}`,
    `ssl.keystore.password=${STORE_PASSWORD}`,
    `ssl.key.password=${STORE_PASSWORD}`,
    'ssl.truststore.type=JKS',
    `ssl.truststore.location=${stores.truststoreJks}`,
    `ssl.truststore.password=${STORE_PASSWORD}`,
    'listener.name.mutual.ssl.client.auth=required',
    ...SINGLE_NODE,
  ]
  return `${lines.join('\n')}\n`
}

const SINGLE_NODE = [
  'auto.create.topics.enable=false',
  'offsets.topic.replication.factor=1',
  'transaction.state.log.replication.factor=1',
  'transaction.state.log.min.isr=1',
  'share.coordinator.state.topic.replication.factor=1',
  'share.coordinator.state.topic.min.isr=1',
  // Few internal partitions: the first use is quicker.
  'offsets.topic.num.partitions=4',
  'transaction.state.log.num.partitions=4',
  // Saves 3 s on each new group.
  'group.initial.rebalance.delay.ms=0',
  // Tests write records of any time; by default those older than a week are removed half a minute after the start.
  'log.retention.ms=-1',
  'log.cleaner.dedupe.buffer.size=2097152',
  // A killed broker is let in again only when its last session is over: 9 s by default.
  'broker.session.timeout.ms=3000',
  'broker.heartbeat.interval.ms=500',
]

/** Log4j prints errors only by default; the ready line is an INFO. */
export const LOG_PROPERTIES = `rootLogger.level=INFO
rootLogger.appenderRef.o.ref=O
appender.o.type=Console
appender.o.name=O
appender.o.layout.type=PatternLayout
appender.o.layout.pattern=[%d] %p %m (%c)%n
`
