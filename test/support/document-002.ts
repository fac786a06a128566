const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required serviceName="kafka" username="alice" password="geheim-42";'

/** Document 002's SparkSettings as they stand there, for these brokers. */
export const sparkSettings = (brokers: string): Readonly<Record<string, string>> => ({
  'kafka.bootstrap.servers': brokers,
  subscribe: 'mta-turnstile',
  startingOffsets: 'earliest',
  failOnDataLoss: 'false',
  'client.id': 'app1',
  'group.id': 'spark_group',
  'auto.offset.reset': 'earliest',
  checkpointLocation: 'checkpoint',
  minPartitions: '2',
  'enable.auto.commit': 'false',
  'enable.partition.eof': 'true',
  'kafka.sasl.mechanisms': 'PLAIN',
  'kafka.security.protocol': 'SASL_SSL',
  'kafka.sasl.username': 'alice',
  'kafka.sasl.password': 'geheim-42',
  'kafka.sasl.jaas.config': JAAS,
})
