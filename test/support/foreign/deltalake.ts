import { join } from 'node:path'
import { command, lacking } from '../../../scripts/services/command.ts'
import { PYTHON_HINT, pythonWith } from '../../../scripts/services/python.ts'
import type { Installable } from '../services/describe-with.ts'
import type { TaggedRow } from './fastavro.ts'

const PACKAGES = ['deltalake==1.6.6', 'pyarrow==26.0.1']
const SOURCE = join(import.meta.dirname, 'delta_foreign.py')

/** A table as that reader sees it. */
export interface SeenTable {
  readonly version: number
  readonly partitions: readonly string[]
  readonly files: number
  /** Rows in the files by their footers, deleted ones included. */
  readonly counted: number
  readonly rows: readonly TaggedRow[]
}
/** Name and type of each column: bool, byte, short, int, long, float, double, string, binary, date, timestamp, timestamp_ntz, decimal, list, map, struct. */
export type ArrowFields = readonly (readonly [string, string])[]

/** A Delta library that is not ours (Rust, by its Python package), and pyarrow. */
export const deltalake = {
  missing: () => lacking({ python3: PYTHON_HINT }),
  install: () => pythonWith(PACKAGES),
  read: (path: string, version?: number): Promise<SeenTable> => ask('read', { path, version }) as Promise<SeenTable>,
  /** `options`: those of write_deltalake: partition_by, schema_mode, configuration, predicate. */
  write: (path: string, fields: ArrowFields, rows: readonly TaggedRow[], mode: string, options: object = {}): Promise<unknown> =>
    ask('write', { path, fields, rows, mode, options }),
  /** The change feed from a version on, without the times. */
  changes: (path: string, since: number): Promise<TaggedRow[]> => ask('changes', { path, since }) as Promise<TaggedRow[]>,
  work: (path: string, ...steps: readonly (readonly [string, object])[]): Promise<unknown> => ask('work', { path, steps }),
} satisfies Installable & Record<string, unknown>

async function ask(what: string, question: object): Promise<unknown> {
  const python = await pythonWith(PACKAGES)
  return JSON.parse(await command(python.program, [SOURCE, what], { input: JSON.stringify(question), env: python.env })) as unknown
}
