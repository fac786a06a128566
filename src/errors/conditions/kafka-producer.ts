import { conditions } from '../condition.ts'

const at = (p: { topic: string; partition: number }): string => `${p.topic}-${p.partition}`

/** Conditions of the Kafka room's writing side: producer, sink, topics. */
export const kafkaProducer = conditions({
  KAFKA_DELIVERY_TIMEOUT: {
    domain: 'external',
    message: (p: { topic: string; partition: number; broker: string; timeoutMs: number; reason: string }) =>
      `${p.broker} did not take records for ${at(p)} within ${p.timeoutMs} ms${p.reason === '' ? '' : `: ${p.reason}`}`,
    hint: () => 'Check that the broker runs and can be reached; a longer kafka.delivery.timeout.ms waits for it longer.',
  },
  KAFKA_DELIVERY_REFUSED: {
    domain: 'external',
    message: (p: { topic: string; partition: number; error: string; reason: string }) =>
      `the broker refused records for ${at(p)} with ${p.error}${p.reason === '' ? '' : `: ${p.reason}`}`,
    hint: () => 'Sending them again would fail the same way: mend what the error names (access, topic settings, the records).',
  },
  KAFKA_RECORD_TOO_LARGE: {
    domain: 'user',
    message: (p: { topic: string; partition: number; bytes: number; limit: string }) =>
      `a record of ${p.bytes} bytes for ${at(p)} is larger than ${p.limit} allows`,
    hint: (p: { limit: string }) => `Make the record smaller, or raise ${p.limit}.`,
  },
  KAFKA_PRODUCER_FENCED: {
    domain: 'external',
    message: (p: { transactionalId: string }) => `another producer took over the transactional id "${p.transactionalId}"`,
    hint: () =>
      'Run only one query on a checkpoint: stop the other process, or this one for good. Where there is no other, the transaction took longer than kafka.transaction.timeout.ms: raise it, or make batches smaller.',
  },
  KAFKA_TRANSACTION_FAILED: {
    domain: 'external',
    message: (p: { transactionalId: string; step: string; error: string }) =>
      `could not ${p.step} in the transaction of "${p.transactionalId}": ${p.error}`,
    hint: () => 'The transaction is aborted, its records are never seen; start the query again and the batch is written anew.',
  },
  KAFKA_NULL_TOPIC_IN_DATA: {
    domain: 'user',
    sparkClass: 'KAFKA_NULL_TOPIC_IN_DATA',
    message: (p: { row: number }) => `row ${p.row} of the batch has a null "topic"`,
    hint: () => "Give each row a topic, or all of them with option('topic', …).",
  },
  KAFKA_SINK_NO_VALUE: {
    domain: 'user',
    message: (p: { columns: readonly string[] }) => `the Kafka sink needs a column "value", got ${p.columns.map(c => `"${c}"`).join(', ')}`,
    hint: () => "Name the column with .select(… .as('value')), for example toJson(struct('*')).as('value').",
  },
  KAFKA_SINK_NO_TOPIC: {
    domain: 'user',
    message: () => 'the Kafka sink knows no topic: there is neither an option "topic" nor a column "topic"',
    hint: () => "Add .option('topic', 'name'), or a string column named topic.",
  },
  KAFKA_SINK_COLUMN_TYPE: {
    domain: 'user',
    message: (p: { column: string; expected: string; actual: string }) =>
      `column "${p.column}" of the Kafka sink must be ${p.expected}, not ${p.actual}`,
    hint: (p: { column: string; expected: string }) => `Cast "${p.column}" to ${p.expected.split(' or ')[0]} before writing.`,
  },
  KAFKA_SINK_PARTITION_BY: {
    domain: 'user',
    message: (p: { columns: readonly string[] }) =>
      `partitionBy(${p.columns.join(', ')}) has no meaning for Kafka: topics have partitions of their own`,
    hint: () => 'Leave partitionBy out; a column "key" puts equal keys into one partition, a column "partition" chooses it.',
  },
  KAFKA_SINK_SAVE_MODE: {
    domain: 'user',
    message: (p: { mode: string }) => `a topic cannot be saved to in mode "${p.mode}": records are only ever added`,
    hint: () => "Use mode('append') or leave the mode out.",
  },
  KAFKA_TOPIC_FILE: {
    domain: 'user',
    message: (p: { file: string; line: number; problem: string }) => `${p.file}:${p.line}: ${p.problem}`,
    hint: () => 'Write each topic as a Strimzi KafkaTopic: metadata.name, spec.partitions, spec.replicas, spec.config.',
  },
  KAFKA_TOPIC_CHANGE: {
    domain: 'user',
    message: (p: { topic: string; what: string; wanted: number; actual: number }) =>
      `topic "${p.topic}" has ${p.actual} ${p.what}, ${p.wanted} were asked for`,
    hint: (p: { what: string; actual: number }) =>
      p.what === 'partitions'
        ? `Partitions cannot be taken away: write ${p.actual} or more, or make a new topic.`
        : `Replicas are moved with kafka-reassign-partitions: write ${p.actual}, or move them first.`,
  },
  KAFKA_TOPIC_CREATION_FAILED: {
    domain: 'external',
    message: (p: { topic: string; error: string; reason: string }) => `topic "${p.topic}" was refused with ${p.error}: ${p.reason}`,
    hint: () => 'Mend what the broker names: replicas need as many brokers, settings must be ones it knows, and the user needs the access.',
  },
  KAFKA_SERIALIZER_FAILED: {
    domain: 'user',
    message: (p: { part: string; topic: string; reason: string }) => `the ${p.part} serializer failed for topic "${p.topic}": ${p.reason}`,
    hint: () => 'Mend the value or the serializer; nothing was sent for this message.',
  },
  KAFKA_PRODUCER_CLOSED: {
    domain: 'user',
    message: (p: { topic: string }) => `the producer for topic "${p.topic}" is closed`,
    hint: () => 'Send before close(), or create another producer.',
  },
})
