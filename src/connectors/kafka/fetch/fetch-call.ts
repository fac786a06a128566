import type { Reader, Writer } from '@platformatic/kafka'
import type { ApiCall, KafkaOffset } from '../client/contract.ts'
import type { KafkaLibrary } from '../client/library.ts'
import { type FetchAnswer, parseFetchAnswer, TOPIC_IDS_FROM } from './parse-response.ts'

/** Versions that are understood: topics by name (12) or by id (13 and up). */
export const FETCH = { key: 1, name: 'Fetch', oldest: 12, newest: 17 } as const
/** From here on who is no replica does not say so. */
const NO_REPLICA_FROM = 15

/** One partition of a request. */
export interface FetchPart {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly leaderEpoch: number
  readonly offset: KafkaOffset
  readonly maxBytes: number
}
export interface FetchRequest {
  readonly version: number
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly readCommitted: boolean
  readonly parts: readonly FetchPart[]
}

/** An answer and the buffer that its records are views of. */
export type FetchedBody = FetchAnswer & { readonly body: Uint8Array }

/**
 * Fetch, outside any fetch session: each request names its partitions, so that an answer lost on the way loses nothing.
 * The answer is put together in a buffer that `take` gives, with the raw record batches in it.
 */
export const fetchCall = (
  library: Pick<KafkaLibrary, 'Writer'>,
  request: FetchRequest,
  take: (length: number) => Uint8Array,
): ApiCall<FetchedBody> => ({
  key: FETCH.key,
  version: request.version,
  name: FETCH.name,
  write: () => body(library.Writer.create(), request),
  read: (_correlation, _key, version, reader) => {
    const { buffers, length } = (reader as Reader).buffer
    const body = take(length)
    let at = 0
    for (const piece of buffers) {
      body.set(piece, at)
      at += piece.length
    }
    return { ...parseFetchAnswer(body.subarray(0, length), version), body }
  },
  requestTagged: true,
  responseTagged: true,
})

function body(writer: Writer, { version, maxWaitMs, minBytes, maxBytes, readCommitted, parts }: FetchRequest): Writer {
  if (version < NO_REPLICA_FROM) writer.appendInt32(-1)
  writer.appendInt32(maxWaitMs).appendInt32(minBytes).appendInt32(maxBytes)
  writer
    .appendInt8(readCommitted ? 1 : 0)
    .appendInt32(0)
    .appendInt32(-1)
  // Grouped in order of first appearance: who stands first is served first when the answer is full.
  writer.appendArray([...Map.groupBy(parts, p => p.topic).values()], (w, ofTopic) => {
    if (version >= TOPIC_IDS_FROM) w.appendUUID(ofTopic[0]!.topicId)
    else w.appendString(ofTopic[0]!.topic)
    w.appendArray([...ofTopic], (p, part) => {
      p.appendInt32(part.partition).appendInt32(part.leaderEpoch).appendInt64(BigInt(part.offset))
      p.appendInt32(-1).appendInt64(-1n).appendInt32(part.maxBytes)
    })
  })
  return writer
    .appendArray([], () => {})
    .appendString('')
    .appendTaggedFields()
}
