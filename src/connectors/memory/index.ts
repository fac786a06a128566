import { MillraceError } from '../../errors/index.ts'
import type { RowBatch } from '../../types/index.ts'
import type { Connector, Output, Sink, SinkContext, SinkWriteOptions } from '../contract.ts'
import { readOptions } from '../options.ts'
import { MemorySource, memoryStream } from './stream.ts'
import type { MemoryTables } from './tables.ts'

export { MemoryStream } from './stream.ts'
export { type MemoryTable, MemoryTables } from './tables.ts'

const OPTIONS = {
  id: { type: 'string', describe: 'The id of a MemoryStream of this process.', example: 'memory-0', side: 'source', required: true },
} as const

class MemorySink implements Sink {
  readonly description = 'MemorySink'
  readonly delivery = 'exactly-once'
  readonly #name: string
  readonly #tables: MemoryTables
  #table: ReturnType<MemoryTables['create']> | undefined

  constructor(name: string, tables: MemoryTables) {
    this.#name = name
    this.#tables = tables
    tables.drop(name)
  }

  async write(batchId: number, output: Output, { outputMode }: SinkWriteOptions) {
    this.#table ??= this.#tables.create(this.#name, output.schema)
    const batches: RowBatch[] = []
    for await (const batch of output.batches()) batches.push(batch)
    this.#table.put(batchId, batches, outputMode === 'complete')
    return { numOutputRows: output.rowCount }
  }

  async close(): Promise<void> {}
}

async function sink(context: SinkContext, tables: MemoryTables): Promise<Sink> {
  readOptions(OPTIONS, context.options, { format: 'memory', side: 'sink', mode: 'stream' })
  if (!context.queryName) throw new MillraceError('MISSING_QUERY_NAME', { format: 'memory' })
  if (!context.newCheckpoint && context.outputMode !== 'complete') {
    throw new MillraceError('MEMORY_SINK_NO_RECOVERY', { name: context.queryName })
  }
  return new MemorySink(context.queryName, tables)
}

/** Source for tests and sink into a named table of the session. */
export const memoryConnector = (tables: MemoryTables): Connector => {
  const stream = (options: Readonly<Record<string, string>>) =>
    memoryStream(readOptions(OPTIONS, options, { format: 'memory', side: 'source', mode: 'stream' }).id)
  return {
    name: 'memory',
    summary: 'Rows put in by hand (source, for tests) and a table of the session (sink).',
    options: OPTIONS,
    fixedSchema: context => stream(context.options).schema,
    source: async context => new MemorySource(stream(context.options)),
    sink: context => sink(context, tables),
    delivers: () => ({ delivery: 'exactly-once' }),
    replayable: true,
    temporaryCheckpoint: true,
  }
}
