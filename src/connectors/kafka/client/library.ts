import { MillraceError } from '../../../errors/index.ts'

/** The Kafka client library: its wire protocol, connections and login mechanisms. Its clients (Consumer, Producer, Admin) are not used. */
export type KafkaLibrary = typeof import('@platformatic/kafka')

let loaded: Promise<KafkaLibrary> | undefined

/** Loads the library on first use: a program that touches no Kafka never pays for it. */
export function kafkaLibrary(): Promise<KafkaLibrary> {
  loaded ??= import('@platformatic/kafka').catch((cause: unknown) => {
    loaded = undefined
    throw new MillraceError('MISSING_DEPENDENCY', { package: '@platformatic/kafka', for: 'format "kafka"' }, { cause })
  })
  return loaded
}
