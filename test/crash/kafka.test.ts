import { crashStory } from './story.ts'

crashStory({
  services: 'kafka',
  title: 'pipelines over Kafka, killed again and again beside a broker that is killed, too',
  sinks: sink => !/postgresql|snowflake|s3/.test(sink),
  decisive: /^broker\.(Produce|TxnOffsetCommit|EndTxn)$|^(checkpoint\.(offsets|commits)|output\._spark_metadata)\.link$/,
  brokerRestarts: 2,
})
