import { readFileSync } from 'node:fs'

/** `name=value` a line, as the article's `read_config` reads it. */
function readConfig(path: string): Readonly<Record<string, string>> {
  const lines = readFileSync(path, 'utf8').split('\n')
  const entries = lines.filter(line => line.includes('=') && !line.startsWith('#'))
  return Object.fromEntries(entries.map(line => line.split(/=(.*)/, 2).map(part => part.trim()) as [string, string]))
}

/**
 * The article's settings class, key by key as it stands there. Spark takes most of these without a word and without effect, and logs in by two of
 * them; here they are refused, all at once, each with what to write instead (`test/refusals/kafka.test.ts` has every verdict).
 */
export class SparkSettings {
  readonly kafkaOptions: Readonly<Record<string, string>>

  constructor(configPath: string, topic: string, groupId: string, clientId: string) {
    const settings = readConfig(configPath)
    const user = settings['sasl.username']!
    const password = settings['sasl.password']!
    const login = {
      'kafka.sasl.mechanisms': settings['sasl.mechanism']!,
      'kafka.security.protocol': settings['security.protocol']!,
      'kafka.sasl.username': user,
      'kafka.sasl.password': password,
      'kafka.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required serviceName="kafka" username="${user}" password="${password}";`,
    }
    this.kafkaOptions = {
      'kafka.bootstrap.servers': settings['bootstrap.servers']!,
      subscribe: topic,
      startingOffsets: 'earliest',
      failOnDataLoss: 'false',
      'client.id': clientId,
      'group.id': groupId,
      'auto.offset.reset': 'earliest',
      checkpointLocation: 'checkpoint',
      minPartitions: '2',
      'enable.auto.commit': 'false',
      'enable.partition.eof': 'true',
      ...(settings['sasl.mechanism'] !== undefined && login),
    }
  }
}

/**
 * What the class means, as options that are taken: the properties file is handed over as it is, broker, login and all; the group is committed to after
 * each batch. The checkpoint belongs to the query, `writeStream.option('checkpointLocation', …)`.
 */
export const kafkaSettings = (configPath: string, topic: string, groupId: string, clientId: string) =>
  ({
    configFile: configPath,
    subscribe: topic,
    startingOffsets: 'earliest',
    failOnDataLoss: 'false',
    'kafka.client.id': clientId,
    commitGroup: groupId,
  }) as const
