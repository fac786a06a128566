import {
  batchFromRows,
  field,
  type RowBatch,
  type StructType,
  stringType,
  structType,
  Timestamp,
  timestampType,
} from '../../types/index.ts'
import { ArrivalLog } from '../arrivals/log.ts'
import type { Arrival } from '../arrivals/segment.ts'
import { ArrivalSource, type Feed, type FeedHost } from '../arrivals/source.ts'
import type { SourceContext } from '../contract.ts'
import { lineFeed } from './lines.ts'

export const socketSchema = (includeTimestamp: boolean): StructType =>
  structType([field('value', stringType), ...(includeTimestamp ? [field('timestamp', timestampType)] : [])])

/** Lines in the log before the sender is kept waiting: nobody asks for a bound here, so it is a large one. */
const MAX_LOG_BYTES = 1 << 30

const decoder = new TextDecoder()
const rowsOf =
  (schema: StructType) =>
  (arrivals: readonly Arrival[]): RowBatch =>
    batchFromRows(
      schema,
      arrivals.map(({ at, body }) => [decoder.decode(body), Timestamp.fromMicros(BigInt(at) * 1000n)].slice(0, schema.fields.length)),
    )

interface Address {
  readonly host: string
  readonly port: number
}

/** Lines that come once and cannot be asked for again: they are in the log of the checkpoint before they are planned, so a restart reads the same ones. */
export async function openSocket({ host, port }: Address, schema: StructType, { log: place, platform, warn }: SourceContext) {
  const log = await ArrivalLog.open(place, platform, warn)
  const encoder = new TextEncoder()
  const openFeed = async (query: FeedHost): Promise<Feed> => {
    const closing = new AbortController()
    const feed = await lineFeed(host, port, {
      // what cannot be written ends the log, and with it the query
      line: text => void log.append([{ at: platform.clock.now(), head: '', body: encoder.encode(text) }]).catch(() => {}),
      chunk: () => {
        if (query.room() > 0) return
        feed.pause()
        void query.hasRoom(closing.signal).then(feed.resume)
      },
      end: query.changed,
    })
    const close = async () => {
      closing.abort()
      feed.close()
    }
    return { failed: feed.failed, close }
  }
  const description = `TextSocketV2[host: ${host}, port: ${port}]`
  return ArrivalSource.open({ description, schema, log, openFeed, rowsOf: rowsOf(schema), maxLogBytes: MAX_LOG_BYTES, mayBeLost: true })
}
