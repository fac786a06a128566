import { conditions } from '../condition.ts'

/** Conditions of records as brokers keep them. */
export const kafkaRecords = conditions({
  KAFKA_CORRUPT_RECORDS: {
    domain: 'external',
    message: (p: { topic: string; partition: number; offset: number; why: string }) =>
      `the record batch at offset ${p.offset} of ${p.topic}-${p.partition} is damaged: ${p.why}`,
    hint: (p: { topic: string; partition: number; offset: number }) =>
      `Look at it with kafka-dump-log.sh on the broker; to go on behind it, start a new checkpoint with startingOffsets beyond ${p.offset}.`,
  },
  KAFKA_OLD_MESSAGE_FORMAT: {
    domain: 'external',
    message: (p: { topic: string; partition: number; offset: number; magic: number }) =>
      `offset ${p.offset} of ${p.topic}-${p.partition} holds messages of format v${p.magic}, which Kafka wrote before 0.11`,
    hint: () => 'Copy the topic with a current client (for example MirrorMaker), which writes format v2, and read the copy.',
  },
})
