/** What kinds of data sets there are. `document` is one whole value in one file. */
export type DatasetKind = 'stream' | 'table' | 'document' | 'memory' | 'custom'

/** What a field takes. */
export type FieldType = 'text' | 'boolean' | 'options' | 'names' | 'schema' | 'trigger' | 'mode' | 'outputMode' | 'anything'

export interface FieldSpec {
  readonly type: FieldType
  readonly describe: string
  readonly kinds: readonly DatasetKind[]
  /** Other spellings: Kedro's, Spark's. */
  readonly aliases?: readonly string[]
}
export type FieldTable = Readonly<Record<string, FieldSpec>>

const DATA = ['stream', 'table'] as const
const ALL = ['stream', 'table', 'document', 'memory', 'custom'] as const

/** What stands on the first level of an entry. Whatever is in no table is refused. */
export const ENTRY_FIELDS = {
  type: { type: 'text', describe: 'What the data set is: stream, table, or another name of the table of types.', kinds: ALL },
  format: {
    type: 'text',
    describe: 'The connector: csv, json, parquet, kafka, …',
    kinds: DATA,
    aliases: ['file_format', 'fileFormat'],
  },
  path: {
    type: 'text',
    describe: 'Where the data is, relative to the project.',
    kinds: ['stream', 'table', 'document'],
    aliases: ['filepath'],
  },
  schema: {
    type: 'schema',
    describe: 'The columns: "a int, b string", a mapping of names to types, or { filepath: schema.json }.',
    kinds: DATA,
  },
  options: { type: 'options', describe: 'Options of the connector, for whichever side takes them.', kinds: DATA },
  load_args: { type: 'options', describe: 'Options for reading, and the schema.', kinds: DATA, aliases: ['loadArgs', 'read'] },
  save_args: {
    type: 'options',
    describe: 'Options for writing, and how it is written.',
    kinds: DATA,
    aliases: ['saveArgs', 'write'],
  },
  credentials: { type: 'text', describe: 'The name of an entry of credentials.yml: options that are never shown.', kinds: DATA },
  versioned: { type: 'boolean', describe: 'Keep a version a run: path/<run id>/name. For tables.', kinds: ['table'] },
  single_file: {
    type: 'boolean',
    describe: 'The path is one file, not a directory of files.',
    kinds: ['table'],
    aliases: ['singleFile'],
  },
  metadata: { type: 'anything', describe: 'For other tools; nothing here reads it.', kinds: ALL },
  layer: { type: 'text', describe: 'For other tools; nothing here reads it.', kinds: ALL },
} as const satisfies FieldTable

/** What in `load_args` is no option of a connector. */
export const LOAD_FIELDS = {
  schema: { type: 'schema', describe: 'The columns, as in the field of this name.', kinds: DATA },
} as const satisfies FieldTable

/** What in `save_args` is no option of a connector. */
export const SAVE_FIELDS = {
  output_mode: {
    type: 'outputMode',
    describe: 'append (default), update or complete.',
    kinds: ['stream'],
    aliases: ['outputMode'],
  },
  checkpoint: {
    type: 'text',
    describe: 'Where the query keeps its progress, relative to the project.',
    kinds: ['stream'],
    aliases: ['checkpointLocation', 'checkpoint_location'],
  },
  trigger: {
    type: 'trigger',
    describe: 'When batches run: "10 seconds", availableNow, once, or { processingTime: 10 seconds }.',
    kinds: ['stream'],
  },
  query_name: {
    type: 'text',
    describe: 'The name of the query; the name of the data set otherwise.',
    kinds: ['stream'],
    aliases: ['queryName'],
  },
  partition_by: { type: 'names', describe: 'Columns a directory each.', kinds: DATA, aliases: ['partitionBy'] },
  mode: { type: 'mode', describe: 'When there is something already: error (default), overwrite, append, ignore.', kinds: ['table'] },
} as const satisfies FieldTable

/** The field of a name or of another spelling of it. */
export function fieldNamed(table: FieldTable, name: string): { readonly name: string; readonly spec: FieldSpec } | undefined {
  const found = Object.entries(table).find(([own, spec]) => own === name || spec.aliases?.includes(name))
  return found && { name: found[0], spec: found[1] }
}

/** Names a kind takes, for "did you mean". */
export const namesFor = (table: FieldTable, kind: DatasetKind): readonly string[] =>
  Object.entries(table).flatMap(([name, spec]) => (spec.kinds.includes(kind) ? [name] : []))
