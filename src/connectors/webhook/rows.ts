import {
  batchFromRows,
  binaryType,
  field,
  mapType,
  type RowBatch,
  type StructType,
  stringType,
  structType,
  Timestamp,
  timestampType,
} from '../../types/index.ts'
import type { Arrival } from '../arrivals/segment.ts'
import type { BodyForm } from './body.ts'

/** What is known about a request besides its body, as the log keeps it. */
export interface Head {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly remoteAddress: string
}

export const webhookSchema = (body: BodyForm): StructType =>
  structType([
    field('body', body === 'binary' ? binaryType : stringType, false),
    field('headers', mapType(stringType, stringType, false), false),
    field('method', stringType, false),
    field('path', stringType, false),
    field('query', mapType(stringType, stringType, false), false),
    field('remoteAddress', stringType, false),
    field('receivedAt', timestampType, false),
    field('id', stringType, false),
  ])

const decoder = new TextDecoder()

/** Requests of the log as rows. */
export const webhookRows =
  (schema: StructType, form: BodyForm) =>
  (arrivals: readonly Arrival[]): RowBatch =>
    batchFromRows(
      schema,
      arrivals.map(({ at, head, body }) => {
        const { headers, method, path, query, remoteAddress, id } = JSON.parse(head) as Head
        const shown = form === 'binary' ? body : decoder.decode(body)
        return [shown, headers, method, path, query, remoteAddress, Timestamp.fromMicros(BigInt(at) * 1000n), id]
      }),
    )
