import { Connection } from '@platformatic/kafka'
import type { Failpoints } from '../../src/testing/failpoints.ts'

/** The requests our connector sends, by their keys in Kafka's protocol. */
const REQUESTS: Readonly<Record<number, string>> = {
  0: 'Produce',
  1: 'Fetch',
  2: 'ListOffsets',
  3: 'Metadata',
  8: 'OffsetCommit',
  9: 'OffsetFetch',
  10: 'FindCoordinator',
  18: 'ApiVersions',
  22: 'InitProducerId',
  24: 'AddPartitionsToTxn',
  25: 'AddOffsetsToTxn',
  26: 'EndTxn',
  28: 'TxnOffsetCommit',
}

type Answered = (error: Error | null, answer?: unknown) => void
type Send = (key: number, ...rest: unknown[]) => unknown

/**
 * Makes every request to a broker a failpoint `broker.<request>`: before = nothing has left the process; after = the broker has answered, and
 * nobody in the process knows it yet.
 */
export function brokerCalls(points: Failpoints): void {
  const connection = Connection.prototype as unknown as { send: Send }
  const { send } = connection
  connection.send = function (this: unknown, key, ...rest) {
    const answered = rest.pop() as Answered
    const exchange = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        send.call(this, key, ...rest, (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer)))
      })
    points.through(`broker.${REQUESTS[key] ?? `request ${key}`}`, exchange).then(
      answer => answered(null, answer),
      (error: Error) => answered(error),
    )
  }
}
