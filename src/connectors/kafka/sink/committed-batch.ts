import { MillraceError } from '../../../errors/index.ts'
import type { ApiCall, CallOptions, KafkaClient } from '../client/contract.ts'
import { meaningOf } from '../producer/verdict.ts'
import { Wire } from '../producer/wire.ts'

/** What stands beside the group's offset: whose batch it is. The offset itself is the batch's id. */
export const metadataOf = (queryId: string, batchId: number): string => JSON.stringify({ query: queryId, batch: batchId })

interface Committed {
  readonly errorCode: number
  readonly offsets: readonly { readonly errorCode: number; readonly metadata: string | null }[]
}

/** OffsetFetch of everything a group has; offsets of transactions that are not settled yet make it say so. */
const offsetFetchCall = (wire: Wire, group: string): ApiCall<Committed> =>
  wire.call(
    { key: 9, version: 7, name: 'OffsetFetch' },
    w =>
      w
        .appendString(group)
        .appendArray(null, () => {})
        .appendBoolean(true),
    r => {
      r.readInt32()
      const offsets = r.readArray(t => {
        t.readString()
        return t.readArray(p => {
          p.readInt32()
          p.readInt64()
          p.readInt32()
          const metadata = p.readNullableString()
          return { metadata, errorCode: p.readInt16() }
        })
      })
      return { offsets: offsets.flat(), errorCode: r.readInt16() }
    },
  )

function batchIn(metadata: string | null, queryId: string): number | undefined {
  try {
    const said = JSON.parse(metadata ?? '') as { query?: unknown; batch?: unknown } | null
    return said?.query === queryId && Number.isSafeInteger(said.batch) ? (said.batch as number) : undefined
  } catch {
    return undefined
  }
}

/**
 * The last batch of the query whose transaction was committed, by what the group holds; undefined when it holds nothing (no batch yet, or its
 * offsets have expired). Waits for transactions that are being settled.
 */
export async function committedBatch(
  client: KafkaClient,
  group: string,
  queryId: string,
  options: CallOptions,
): Promise<number | undefined> {
  const call = offsetFetchCall(new Wire(client.library), group)
  const answer = await client.retrying(
    `read the offsets of group "${group}"`,
    async left => {
      const broker = await client.coordinatorOf('group', group, left)
      const said = await client.send(broker, call, left).catch((error: unknown) => {
        client.forgetCoordinator('group', group)
        throw error
      })
      const code = [said.errorCode, ...said.offsets.map(o => o.errorCode)].find(c => c !== 0)
      if (code === undefined) return said
      const { name, verdict } = meaningOf(code)
      if (verdict === 'moved') client.forgetCoordinator('group', group)
      if (verdict === 'moved' || verdict === 'again') throw client.brokerError(code)
      throw new MillraceError('KAFKA_REQUEST_FAILED', { what: `read the offsets of group "${group}"`, error: name, reason: 'refused' })
    },
    options,
  )
  const batches = answer.offsets.flatMap(o => batchIn(o.metadata, queryId) ?? [])
  return batches.length === 0 ? undefined : Math.max(...batches)
}
