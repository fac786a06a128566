import { batchFromRows, concatBatches, drawTable, type RowBatch, rowsOf } from '../types/index.ts'
import type { DataFrame } from './data-frame.ts'
import { DataStreamWriter } from './data-stream-writer.ts'
import { isAggregated } from './stream-shape.ts'
import type { StreamingQuery } from './streaming-query.ts'

export interface DisplayOptions {
  /** Rows shown; default 20. A stream of single rows shows the latest. */
  readonly rows?: number
  /** Milliseconds between two drawings of a stream; default 500. */
  readonly every?: number
  readonly truncate?: boolean | number
}

const HOME_AND_CLEAR = '\u001b[H\u001b[J'

/** Draws a batch once, a stream again and again. */
export async function display(frame: DataFrame<any, any>, options: DisplayOptions): Promise<StreamingQuery | undefined> {
  const { rows = 20, every = 500, truncate } = options
  if (!frame.isStreaming) {
    await frame.show(rows, { ...(truncate !== undefined && { truncate }) })
    return undefined
  }
  const complete = isAggregated(frame.plan)
  const timeZone = frame.context.settings.lookup('spark.sql.session.timeZone')!
  let last: RowBatch | undefined
  let drawn = 0
  return new DataStreamWriter<any, any>(frame)
    .outputMode(complete ? 'complete' : 'append')
    .foreachBatch(async (batch, batchId) => {
      const fresh = await batch.limit(complete ? rows + 1 : 10_000).toBatch('display')
      last = complete || !last ? fresh : latest(concatBatches(fresh.schema, [last, fresh]), rows)
      const now = frame.context.wiring.now()
      if (now - drawn < every && batchId > 0) return
      drawn = now
      frame.context.wiring.print(
        `${HOME_AND_CLEAR}batch ${batchId}\n${drawTable(last, { rows, timeZone, ...(truncate !== undefined && { truncate }) })}`,
      )
    })
    .start()
}

/** The last `rows` of a batch. */
function latest(batch: RowBatch, rows: number): RowBatch {
  if (batch.length <= rows) return batch
  const from = batch.length - rows
  return batchFromRows(batch.schema, [...rowsOf(batch)].slice(from))
}
