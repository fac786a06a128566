import { col, type DataFrame, explode, lit, lower, regexpLike, type Session, type StreamingQuery, split } from '../../src/index.ts'

/** The same transformations in batch and in streaming: only how `lines` came to be differs. */
export function wordCounts(lines: DataFrame<{ value: string }, any>): DataFrame<any, any> {
  const words = lines
    .select(explode(split('value', '[ ,]')).as('word'))
    .select(lower(col('word')).as('word'))
    .where(regexpLike('word', lit('\\w')))
  return words.groupBy('word').count()
}

export async function wordCount(session: Session, text: string, checkpoint: string): Promise<StreamingQuery> {
  const lines = session.readStream.format('text').load(text)
  return await wordCounts(lines)
    .writeStream.option('checkpointLocation', checkpoint)
    .outputMode('complete')
    .format('memory')
    .queryName('word_count')
    .start()
}

/** One micro-batch a file until all that waits is done, then the end; files that were read move to the archive. */
export async function archive(
  session: Session,
  text: string,
  archiveDir: string,
  out: string,
  checkpoint: string,
): Promise<StreamingQuery> {
  return await session.readStream
    .format('text')
    .option('maxFilesPerTrigger', 1)
    .option('cleanSource', 'archive')
    .option('sourceArchiveDir', archiveDir)
    .load(text)
    .writeStream.queryName('bronze-layer')
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .format('parquet')
    .start(out)
}
