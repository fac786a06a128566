import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Files } from '../../../platform/index.ts'
import type { RowBatch } from '../../../types/index.ts'
import type { Output } from '../../contract.ts'
import { type CellOptions, type CellText, cellText, isNull } from '../sql/cells.ts'
import { cell, NULL_CELL } from '../sql/statements.ts'
import type { TargetPair } from '../target.ts'

const zipped = promisify(gzip)
/** Characters of a file before it is packed: several files are uploaded side by side, and only one is held in memory. */
const FILE_CHARS = 16 * 1024 * 1024
/** Speed counts more than size: the files live for seconds. */
const LEVEL = 1

export interface StagedFiles {
  /** Matches all of them. */
  readonly pattern: string
  readonly count: number
}

/** Writes an output's rows as packed files of staged rows into a directory. */
export async function writeStagedFiles(
  output: Output,
  pairs: readonly TargetPair[],
  options: CellOptions & { readonly directory: string; readonly files: Files; readonly signal: AbortSignal },
): Promise<StagedFiles> {
  const { directory, files, signal } = options
  const cells = pairs.map(({ at, column }) => cellText(output.schema.fields[at]!.dataType, column.family, options))
  let text = ''
  let count = 0
  const flush = async (): Promise<void> => {
    if (text === '') return
    const bytes = await zipped(text, { level: LEVEL })
    text = ''
    await files.write(join(directory, `rows-${count++}.csv.gz`), bytes)
  }
  for await (const batch of output.batches()) {
    for (let i = 0; i < batch.length; i++) {
      text += `${rowText(batch, i, pairs, cells)}\n`
      if (text.length < FILE_CHARS) continue
      signal.throwIfAborted()
      await flush()
    }
  }
  await flush()
  return { pattern: join(directory, 'rows-*.csv.gz'), count }
}

function rowText(batch: RowBatch, i: number, pairs: readonly TargetPair[], cells: readonly CellText[]): string {
  let line = ''
  for (let k = 0; k < pairs.length; k++) {
    const { at } = pairs[k]!
    const column = batch.columns[at]!
    const value = isNull(batch.schema.fields[at]!.dataType, column, i) ? NULL_CELL : cell(cells[k]!(column, i))
    line += k === 0 ? value : `,${value}`
  }
  return line
}
