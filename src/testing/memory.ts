import type { DataFrame, Session } from '../api/index.ts'
import { MemoryStream } from '../connectors/memory/index.ts'
import { batchFromRows, parseDdl, type RowOfDdl, type StructType } from '../types/index.ts'
import { type Drawn, rowsFrom } from './table.ts'

/** A source whose rows a test puts in by hand. */
export interface MemoryRows<Row> {
  /** The stream as a frame. */
  readonly df: DataFrame<Row, any>
  readonly schema: StructType
  readonly name: string
  /** Objects by column name, or rows drawn with `table`; one call is one offset of the source. */
  add(rows: Iterable<object> | Drawn): void
  close(): void
}

/**
 * A memory source of these columns.
 *
 * @example const clicks = memory(session, 'at timestamp, page string')
 */
export function memory<const D extends string>(session: Session, ddl: D): MemoryRows<RowOfDdl<D>> {
  const schema = parseDdl(ddl)
  const stream = new MemoryStream(schema)
  return {
    df: session.readStream.format('memory').option('id', stream.id).load() as unknown as DataFrame<RowOfDdl<D>, any>,
    schema,
    name: stream.id,
    add: rows => void stream.addBatch(batchFromRows(schema, 'cells' in rows ? rowsFrom(rows, schema) : rows)),
    close: () => stream.close(),
  }
}
