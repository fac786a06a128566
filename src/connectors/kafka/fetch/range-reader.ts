import type { KafkaOffset } from '../client/contract.ts'
import { headerAt } from '../records/batch-header.ts'
import { checkBatch, codecReady, decodeBatch, markerOf } from '../records/decode.ts'
import type { RecordTable } from '../records/record-table.ts'
import type { Chunk, Tape } from './tape.ts'

export interface DecodeOptions {
  readonly readCommitted: boolean
  readonly checkCrcs: boolean
}

/** How decoding the first chunk of a tape ended. */
export type Outcome =
  /** The range is exhausted. */
  | 'done'
  /** The chunk is: there may be another. */
  | 'chunk-over'
  /** The table is full. */
  | 'full'
  | { readonly codec: Promise<unknown> }

/**
 * Decodes batches of the tape's first chunk into the table: records from the tape's position up to `to`, without control batches and, under
 * read_committed, without aborted transactions. The position moves along with the batches, also over holes and what is left out. A batch that goes
 * beyond `to` stays where it is for the next range.
 */
export function decodeChunk(
  tape: Tape,
  chunk: Chunk,
  to: KafkaOffset,
  table: RecordTable,
  isFull: () => boolean,
  options: DecodeOptions,
): Outcome {
  for (;;) {
    const header = headerAt(chunk.view, chunk.at)
    if (!header) return tape.position >= to ? 'done' : 'chunk-over'
    if (header.firstOffset >= to) {
      tape.position = to
      return 'done'
    }
    if (isFull()) return 'full'
    checkBatch(chunk, header, options.checkCrcs)
    const codec = codecReady(header)
    if (codec) return { codec }
    const dropped = options.readCommitted ? chunk.filter.drops(header, () => markerOf(chunk, header)) : header.control
    if (!dropped && header.lastOffset >= tape.position) decodeBatch(chunk, header, { from: tape.position, to }, table)
    if (header.lastOffset >= to) {
      tape.position = to
      return 'done'
    }
    tape.position = Math.max(tape.position, header.lastOffset + 1)
    chunk.at = header.end
  }
}
