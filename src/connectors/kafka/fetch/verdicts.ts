/** What an error code of a partition asks for. */
export type Verdict =
  /** The leader is elsewhere or not ready: ask who leads, come again. */
  | 'look-again'
  /** The offset is not in the log: find out what is. */
  | 'check-offset'
  /** The broker does not know the topic: find out whether it is gone. */
  | 'check-topic'

/** Kafka's error codes of Fetch. What is not here is judged by what the client says of it: tried again, or the end of the read. */
export const VERDICTS: Readonly<Record<number, Verdict>> = {
  1: 'check-offset', // OFFSET_OUT_OF_RANGE
  3: 'check-topic', // UNKNOWN_TOPIC_OR_PARTITION
  5: 'look-again', // LEADER_NOT_AVAILABLE
  6: 'look-again', // NOT_LEADER_OR_FOLLOWER
  9: 'look-again', // REPLICA_NOT_AVAILABLE
  56: 'look-again', // KAFKA_STORAGE_ERROR
  74: 'look-again', // FENCED_LEADER_EPOCH
  76: 'look-again', // UNKNOWN_LEADER_EPOCH
  78: 'look-again', // OFFSET_NOT_AVAILABLE
  100: 'check-topic', // UNKNOWN_TOPIC_ID
  103: 'check-topic', // INCONSISTENT_TOPIC_ID
}
