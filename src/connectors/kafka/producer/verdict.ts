/**
 * What a broker's answer means for what was sent.
 * - done: it is there; duplicate: it was there already
 * - again: try again soon; moved: another broker is in charge now
 * - too-large: the batch, not necessarily a record; sequence: not the batch the broker waits for
 * - fenced: somebody took over; refused: it would fail again the same way
 */
export type Verdict = 'done' | 'duplicate' | 'again' | 'moved' | 'too-large' | 'sequence' | 'fenced' | 'refused'

interface Meaning {
  readonly name: string
  readonly verdict: Verdict
}
const is = (name: string, verdict: Verdict): Meaning => ({ name, verdict })

/** Error codes of Produce and of the transaction requests; all others are refusals. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  0: is('NONE', 'done'),
  2: is('CORRUPT_MESSAGE', 'again'),
  3: is('UNKNOWN_TOPIC_OR_PARTITION', 'moved'),
  5: is('LEADER_NOT_AVAILABLE', 'moved'),
  6: is('NOT_LEADER_OR_FOLLOWER', 'moved'),
  7: is('REQUEST_TIMED_OUT', 'again'),
  9: is('REPLICA_NOT_AVAILABLE', 'moved'),
  10: is('MESSAGE_TOO_LARGE', 'too-large'),
  13: is('NETWORK_EXCEPTION', 'moved'),
  14: is('COORDINATOR_LOAD_IN_PROGRESS', 'again'),
  15: is('COORDINATOR_NOT_AVAILABLE', 'moved'),
  16: is('NOT_COORDINATOR', 'moved'),
  18: is('RECORD_LIST_TOO_LARGE', 'too-large'),
  19: is('NOT_ENOUGH_REPLICAS', 'again'),
  20: is('NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'again'),
  22: is('ILLEGAL_GENERATION', 'refused'),
  29: is('TOPIC_AUTHORIZATION_FAILED', 'refused'),
  30: is('GROUP_AUTHORIZATION_FAILED', 'refused'),
  31: is('CLUSTER_AUTHORIZATION_FAILED', 'refused'),
  32: is('INVALID_TIMESTAMP', 'refused'),
  44: is('POLICY_VIOLATION', 'refused'),
  45: is('OUT_OF_ORDER_SEQUENCE_NUMBER', 'sequence'),
  46: is('DUPLICATE_SEQUENCE_NUMBER', 'duplicate'),
  47: is('INVALID_PRODUCER_EPOCH', 'fenced'),
  48: is('INVALID_TXN_STATE', 'refused'),
  49: is('INVALID_PRODUCER_ID_MAPPING', 'refused'),
  50: is('INVALID_TRANSACTION_TIMEOUT', 'refused'),
  51: is('CONCURRENT_TRANSACTIONS', 'again'),
  53: is('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'refused'),
  55: is('OPERATION_NOT_ATTEMPTED', 'refused'),
  56: is('KAFKA_STORAGE_ERROR', 'moved'),
  59: is('UNKNOWN_PRODUCER_ID', 'sequence'),
  74: is('FENCED_LEADER_EPOCH', 'moved'),
  75: is('UNKNOWN_LEADER_EPOCH', 'moved'),
  76: is('UNSUPPORTED_COMPRESSION_TYPE', 'refused'),
  87: is('INVALID_RECORD', 'refused'),
  88: is('UNSTABLE_OFFSET_COMMIT', 'again'),
  89: is('THROTTLING_QUOTA_EXCEEDED', 'again'),
  90: is('PRODUCER_FENCED', 'fenced'),
  120: is('TRANSACTION_ABORTABLE', 'refused'),
}

/** Kafka's name of an error code, and what it means for what was sent. */
export const meaningOf = (errorCode: number): Meaning => MEANINGS[errorCode] ?? is(`error ${errorCode}`, 'refused')
