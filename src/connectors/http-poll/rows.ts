import { jsonDecoder } from '../../formats/index.ts'
import type { Platform } from '../../platform/index.ts'
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
import type { Arrival } from '../arrivals/segment.ts'

/** Without a schema: the row as it came, and when. */
export const TEXT_SCHEMA = structType([field('value', stringType, false), field('receivedAt', timestampType, false)])

const decoder = new TextDecoder()
const LINE_END = new Uint8Array([0x0a])
const DAY_MS = 86_400_000

/** Rows that came as columns: parsed by a declared schema as json files are, else as texts. */
export function polledRows(
  schema: StructType | undefined,
  options: Readonly<Record<string, string>>,
  platform: Platform,
): (arrivals: readonly Arrival[]) => RowBatch {
  if (!schema) {
    return arrivals =>
      batchFromRows(
        TEXT_SCHEMA,
        arrivals.map(({ at, body }) => [decoder.decode(body), Timestamp.fromMicros(BigInt(at) * 1000n)]),
      )
  }
  return arrivals => {
    const rows = jsonDecoder(schema, options, () => Math.floor(platform.clock.now() / DAY_MS))
    rows.open('http-poll')
    for (const { body } of arrivals) {
      rows.push(body)
      rows.push(LINE_END)
    }
    rows.close()
    return rows.take()
  }
}
