import { MillraceError } from '../errors/index.ts'
import { typeName } from '../types/index.ts'
import { DataStreamWriter } from './data-stream-writer.ts'
import { type DisplayOptions, display } from './display.ts'
import { FrameActions } from './frame-actions.ts'
import type { FrameState } from './frame-base.ts'
import { type SeveralSinksOptions, startSeveral } from './several-sinks.ts'
import type { StreamingQuery } from './streaming-query.ts'

type StreamOnly<S extends FrameState> = false extends S['streaming']
  ? boolean extends S['streaming']
    ? unknown
    : 0 extends 1 & S
      ? unknown
      : 'this frame is not a stream: use write'
  : unknown

/**
 * A table that is described, not held: rows from a source and the steps over them. Nothing runs before an action
 * (`collect`, `show`, `write…save`) or, for a stream, `writeStream…start()`. `Row` is the type of its rows; `State` says
 * whether it is a stream, what is under a watermark, and whether groups can close.
 *
 * The words and their meaning are those of Spark's `DataFrame`.
 *
 * @example
 * const words = session.readStream.format('text').load('books/')
 *   .select(explode(split(lower(col('value')), '\\W+')).as('word'))
 * const query = await words.groupBy('word').count().writeStream.outputMode('complete').format('console').start()
 */
export class DataFrame<Row = any, S extends FrameState = any> extends FrameActions<Row, S> {
  declare readonly Row: Row
  declare readonly State: S

  /** Where the rows of a stream go. @throws BATCH_IN_WRITE_STREAM */
  get writeStream(): StreamOnly<S> extends string ? StreamOnly<S> : DataStreamWriter<Row, S> {
    if (!this.isStreaming) throw new MillraceError('BATCH_IN_WRITE_STREAM', {})
    return new DataStreamWriter(this) as never
  }

  /**
   * Starts one query with several sinks: rows are read and computed once, each batch goes to every sink, and one checkpoint says what is done. A batch is
   * done when all sinks have it; where one fails the query ends, and after a restart those that have the batch already leave it as it is (exactly once,
   * where the sink is). Add new sinks at the end: their order tells them apart. A path stands in the option `path`.
   *
   * @throws SINKS_DISAGREE where the writers have different output modes, triggers or checkpoints
   * @example
   * await stream.writeStreams(
   *   [
   *     stream.writeStream.format('parquet').option('path', 'lake/rides'),
   *     stream.writeStream.format('json').option('path', 'lake/rides-json'),
   *   ],
   *   { checkpointLocation: 'checkpoint/both', trigger: { processingTime: '10 seconds' } },
   * )
   */
  writeStreams(writers: readonly DataStreamWriter<any, any, any, any>[], options: SeveralSinksOptions = {}): Promise<StreamingQuery> {
    if (!this.isStreaming) throw new MillraceError('BATCH_IN_WRITE_STREAM', {})
    return startSeveral(this, writers, options)
  }

  /** Shows the frame as a live table in the terminal: `rows` of them, redrawn at most `every` ms. A stream goes on until the query it returns is stopped. */
  display(options: DisplayOptions = {}): Promise<StreamingQuery | undefined> {
    return display(this, options)
  }

  override toString(): string {
    const fields = this.schemaNow()?.fields
    return fields ? `DataFrame[${fields.map(f => `${f.name}: ${typeName(f.dataType)}`).join(', ')}]` : 'DataFrame[columns not known yet]'
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
