import type { Output, ToFiles, WrittenFile } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { type RowBatch, rowsOf, type StructType } from '../../types/index.ts'
import type { DuckInstance } from './duck/instance.ts'
import { streamBatches } from './duck/read-out.ts'
import { writeFiles } from './write-files.ts'

/** Rows of a batch that stay readable until it ends: in memory when few, else a table of the query's instance. */
export interface OutputRows {
  readonly duck: DuckInstance
  readonly schema: StructType
  readonly rowCount: number
  /** SQL to read from, with columns `f0`, `f1`, … */
  readonly from: string
  readonly memory?: RowBatch
  readonly batchId: number
  drop(): Promise<void>
}

/** What writing files needs of the outside. */
export interface Outside {
  readonly platform: Platform
  readonly timeZone: string
}

/** Which outputs are open, by the name a plan may read them under (BatchOutput). */
export class OpenOutputs {
  readonly #open = new Map<string, OutputRows>()

  add(ref: string, rows: OutputRows): void {
    this.#open.set(ref, rows)
  }

  /** Throws BATCH_CLOSED when the batch has ended. */
  find(ref: string): OutputRows {
    const rows = this.#open.get(ref)
    if (!rows) throw new MillraceError('BATCH_CLOSED', { batchId: /-(\d+)-[^-]*$/.exec(ref)?.[1] ?? '?' })
    return rows
  }

  peek(ref: string): OutputRows | undefined {
    return this.#open.get(ref)
  }

  remove(ref: string): void {
    this.#open.delete(ref)
  }
}

export function openOutput(ref: string, rows: OutputRows, open: OpenOutputs, outside: Outside): Output & { close(): Promise<void> } {
  open.add(ref, rows)
  const { schema, rowCount } = rows
  async function* batches(): AsyncGenerator<RowBatch, void, undefined> {
    const source = open.find(ref)
    if (source.memory) {
      if (source.memory.length > 0) yield source.memory
      return
    }
    const connection = await source.duck.connect()
    try {
      const list = schema.fields.map((_, i) => `f${i}`).join(', ')
      yield* streamBatches(connection, `SELECT ${list} FROM ${source.from}`, schema, { expected: rowCount })
    } finally {
      await source.duck.release(connection)
    }
  }
  return {
    schema,
    rowCount,
    ref,
    batches,
    async *rows() {
      for await (const batch of batches()) yield* rowsOf(batch)
    },
    toFiles: (options: ToFiles): Promise<readonly WrittenFile[]> => writeFiles(open.find(ref), batches, { options, ...outside }),
    close: async () => {
      open.remove(ref)
      await rows.drop()
    },
  }
}
