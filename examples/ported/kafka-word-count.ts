import { type DataFrame, expr, type Session, type StreamingQuery } from '../../src/index.ts'
import { wordCounts } from './word-count.ts'

/** What the notebook keeps in a dictionary, and the trust store it made with keytool. */
export interface KafkaConnectOpt {
  readonly bootstrapServer: string
  readonly user: string
  readonly password: string
  readonly truststore: string
  readonly truststorePassword: string
}

/** The topic's messages as lines, with the notebook's options as they stand there: SASL_SSL, SCRAM, a JKS trust store, ten offsets a batch. */
export function kafkaLines(session: Session, topic: string, opt: KafkaConnectOpt): DataFrame<{ value: string }, any> {
  const jaasConfig = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${opt.user}" password="${opt.password}";`
  return session.readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', opt.bootstrapServer)
    .option('kafka.security.protocol', 'SASL_SSL')
    .option('kafka.sasl.mechanism', 'SCRAM-SHA-256')
    .option('kafka.sasl.jaas.config', jaasConfig)
    .option('subscribe', topic)
    .option('kafka.ssl.truststore.type', 'jks')
    .option('kafka.ssl.endpoint.identification.algorithm', '')
    .option('kafka.ssl.truststore.location', opt.truststore)
    .option('kafka.ssl.truststore.password', opt.truststorePassword)
    .option('maxOffsetsPerTrigger', 10)
    .option('startingTimestamp', 0)
    .load()
    .select(expr('CAST(value AS STRING)').as('value'))
}

/** The same transformations as over files: only how the lines came to be differs. */
export async function kafkaWordCount(session: Session, topic: string, opt: KafkaConnectOpt, checkpoint: string): Promise<StreamingQuery> {
  return await wordCounts(kafkaLines(session, topic, opt))
    .writeStream.option('checkpointLocation', checkpoint)
    .outputMode('complete')
    .format('memory')
    .queryName('kafka_word_count')
    .start()
}
