import type { Relation } from '../plan/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'
import type { DataType, Field, RowBatch, StructType } from '../types/index.ts'

/** A position in a source: JSON text exactly as it stands in `offsets/N`. Two offsets are equal iff their texts are (as in Spark). */
export type Offset = string

/** How much one batch may take. `none` under trigger once: every waiting row. */
export type ReadLimit = { readonly kind: 'default' } | { readonly kind: 'none' }

/**
 * Reads rows that keep arriving.
 *
 * A source promises: `plan` logs whatever `read` will need before it answers; `read(start, end)` gives the same rows every time, also after
 * a restart, open at start and closed at end (`null` start = from the first row).
 * The loop promises: `end` never passes the last `plan`; `read` of batch N may run ahead of `offsets/N`, but nothing of the batch is seen outside before
 * that entry is durable; `commit(end)` of batch N-1 comes after `offsets/N`, and nothing at or below `end` is asked again. `plan` of batch N+1 comes after that
 * `commit`, but may come before batch N is committed.
 */
export interface Source {
  /** As in Spark's progress, e.g. `FileStreamSource[file:/in]`. */
  readonly description: string
  readonly schema: StructType
  /** `end` = where the next batch may end (equal to `start`, or null, when nothing is new); `latest` = what there is in all. */
  plan(start: Offset | null, limit: ReadLimit, options: { readonly signal: AbortSignal }): Promise<PlannedRange>
  /** Freezes the end: later `plan` calls never pass what is there now. */
  prepareAvailableNow(options: { readonly signal: AbortSignal }): Promise<void>
  read(start: Offset | null, end: Offset, options: { readonly signal: AbortSignal }): Promise<Scan>
  commit(end: Offset): Promise<void>
  /** The batch that ends there is committed for good, the run's last one too. Answers at once; for telling others how far the query is, as a group's offsets do. */
  committed?(end: Offset): void
  /** Resolves when there may be something new since the last `plan`, or when `signal` aborts. Must cost next to nothing while nothing arrives. */
  changed(options: { readonly signal: AbortSignal }): Promise<void>
  /** Further numbers for the progress. */
  metrics?(): Readonly<Record<string, string>>
  close(): Promise<void>
}
export interface PlannedRange {
  readonly end: Offset | null
  readonly latest: Offset | null
  /** Rows are waiting beyond `end`; absent = yes where `latest` is not `end`. */
  readonly more?: boolean
}

/** A source's rows in the form it has them; the engine does the rest. */
export type Scan = FilesScan | BatchesScan | BytesScan

/** Files to be read by the engine: parquet by DuckDB, csv, json and text by the decoder of `formats/` or DuckDB's reader where that is proven equal. */
export interface FilesScan {
  readonly kind: 'files'
  readonly format: 'csv' | 'json' | 'text' | 'parquet' | 'avro'
  readonly files: readonly ScanFile[]
  /** Lower-cased keys; only options of the format. */
  readonly options: Readonly<Record<string, string>>
  /** Data columns of the files, then the partition columns. */
  readonly schema: StructType
  /** Parquet: the columns as the files call them, in the order and shape of `schema`; absent = by its names. A column is told by `parquet.field.id` of its metadata where that is there. */
  readonly fileSchema?: StructType
  /** To be called when a batch read is over: takes away what was copied for it. */
  readonly release?: () => Promise<void>
  /** Told of a file that ends the batch by what is in it: nothing of this version of it can have been seen outside, so a person may mend it. */
  readonly unreadable?: (file: ScanFile) => Promise<void>
}
export interface ScanFile {
  /** A local path that can be opened now. */
  readonly path: string
  /** What a person calls it, where `path` is a copy: `s3://lake/in/a.csv`. */
  readonly name?: string
  readonly size: number
  readonly mtimeMs: number
  /** Values of the partition columns by name, as text; null = the default partition. */
  readonly partition?: Readonly<Record<string, string | null>>
  /** Parquet: positions of rows that count no more, from 0. */
  readonly deleted?: BigInt64Array
}
/** Columns already made: rate, memory, HTTP. */
export interface BatchesScan {
  readonly kind: 'batches'
  readonly schema: StructType
  /** May be gone through again: a row that fails is looked for. */
  readonly batches: AsyncIterable<RowBatch> | Iterable<RowBatch>
}
/** Record buffers with typed arrays of offsets: Kafka, sockets. */
export interface BytesScan {
  readonly kind: 'bytes'
  readonly schema: StructType
  /**
   * May be gone through again. Columns not in `columns` (indices; absent = all are wanted) may come empty: `length: 0`. What is in columns of `lent` may
   * be written over once a scan of the source is gone through again with columns lent: nobody keeps them beyond the batch, and the next one has their memory.
   */
  readonly slices: (columns?: ReadonlySet<number>, lent?: ReadonlySet<number>) => AsyncIterable<RowBatch>
  /** Where row `at` of a slice with all columns comes from, for a person: `clicks-0, offset 17`. */
  readonly place?: (slice: RowBatch, at: number) => string
}

/** What a sink makes of a batch that is written again. */
export interface Delivered {
  readonly delivery: 'exactly-once' | 'at-least-once'
  /** Why not exactly once; or for whom, where not for everybody. */
  readonly why?: string
}

/**
 * Takes each batch's rows.
 * A sink promises: `write(batchId, …)` twice with one id leaves one copy, or `delivery` says 'at-least-once' and `why`.
 * Its own retries read the output again; they never run the plan again.
 */
export interface Sink extends Delivered {
  readonly description: string
  /** Who is at work while it writes, where that is not the sink itself: a person's function. */
  readonly worker?: string
  write(batchId: number, output: Output, options: SinkWriteOptions): Promise<SinkResult>
  close(): Promise<void>
}
export interface SinkWriteOptions {
  readonly signal: AbortSignal
  readonly outputMode: 'append' | 'update' | 'complete'
  /** No source row came in: the batch only moved the watermark. */
  readonly noData: boolean
}
export interface SinkResult {
  /** -1 where it is not known, as Spark's file and foreachBatch sinks say. */
  readonly numOutputRows: number
}

/** A committed table of the batch, readable again and in parallel until the batch ends. */
export interface Output {
  readonly schema: StructType
  readonly rowCount: number
  /** For `foreachBatch`: the name under which a plan may read it (extension node BatchOutput). */
  readonly ref: string
  batches(): AsyncIterable<RowBatch>
  /** Plain objects by column name, for a person's function and the console. */
  rows(): AsyncIterable<Record<string, unknown>>
  /** Writes local files, each whole but not yet fsynced; names come from `name`. */
  toFiles(options: ToFiles): Promise<readonly WrittenFile[]>
}
export interface ToFiles {
  readonly format: 'csv' | 'json' | 'text' | 'parquet' | 'avro'
  readonly directory: string
  /** The file name for a number, e.g. `n => 'part-00000-….csv'`; partition directories are put in front. */
  readonly name: (n: number) => string
  readonly partitionBy: readonly string[]
  /** Options of the format, lower-cased keys: compression, header, delimiter, … */
  readonly options: Readonly<Record<string, string>>
  /** Parquet: the columns to write, instead of the output's own; `partitionBy` then names among them. Files are described (`WrittenFile.columns`). */
  readonly columns?: readonly FileColumn[]
}
/** One column of a file, from one of the output's. */
export interface FileColumn {
  /** Position in the output's schema; absent = null in every row. */
  readonly from?: number
  readonly name: string
  readonly dataType: DataType
  /** How the file calls it and what is in it, in the shape of `dataType`, with ids as `parquet.field.id` in metadata. */
  readonly file: Field
}
export interface WrittenFile {
  /** Relative to the directory, with `/`. */
  readonly path: string
  readonly size: number
  readonly rows: number
  /** With `ToFiles.columns`: values of the partition columns by their names, as text (instants in UTC); null = null. */
  readonly partition?: Readonly<Record<string, string | null>>
  /** With `ToFiles.columns`: what is in the leaf columns outside of lists and maps. */
  readonly columns?: readonly ColumnFacts[]
}
export interface ColumnFacts {
  /** As the file calls them, from the top down. */
  readonly path: readonly string[]
  readonly nulls: number
  /** As DuckDB writes them, instants in UTC; absent where there is none, or an odd one (NaN). */
  readonly min?: string
  readonly max?: string
}

/** Rows that a connector has computed for it, by the engine that runs the query. */
export interface Computed extends Output {
  close(): Promise<void>
}
/**
 * Runs a batch plan over scans and outputs of the running batch; `plan` is handed a relation for each input. Its rows are whole when it answers.
 * Connectors stay ignorant of SQL text and DuckDB by it.
 */
export type Compute = (
  inputs: readonly (Scan | Output)[],
  plan: (inputs: readonly Relation[]) => Relation,
  options?: { readonly signal?: AbortSignal },
) => Promise<Computed>

/** What every connector is opened with. */
export interface ConnectorContext {
  readonly platform: Platform
  /** Options as the person gave them; connectors read them through `readOptions(spec, …)`, which refuses unknown names. */
  readonly options: Readonly<Record<string, string>>
  readonly paths: readonly string[]
  readonly schema?: StructType
  /** Asked for a stream: files may need a schema then. */
  readonly streaming?: boolean
  /** `spark.*` and `millrace.*` settings of the session. */
  readonly conf: (key: string) => string | undefined
  readonly store: (uri: string) => Promise<FileStore>
  /** Absent only where a connector is opened without an engine. */
  readonly compute?: Compute
  /** Says something to the person once, through the query's warnings (progress, diagnostics channel, log). */
  readonly warn: (warning: Warning) => void
}
export interface Warning {
  readonly code: string
  readonly message: string
  readonly hint?: string
}
export interface ScanContext extends ConnectorContext {
  /** All of them hold for every wanted row; the engine looks again. */
  readonly filters?: readonly ScanFilter[]
}
export interface SourceContext extends ConnectorContext {
  /** `<checkpoint>/sources/<i>` and `<checkpoint>/millrace/sources/<i>`. */
  readonly log: SourceLog
  readonly sourceIndex: number
}
/** A source's own log in the checkpoint: plain files by name. */
export interface SourceLog {
  readonly store: FileStore
  /** Relative to the store: Spark's directory of this source. */
  readonly path: string
  /** Relative to the store: our own, beside it. */
  readonly millracePath: string
}
export interface SinkContext extends ConnectorContext {
  readonly queryId: string
  readonly runId: string
  readonly queryName?: string
  readonly partitionBy: readonly string[]
  readonly outputMode: 'append' | 'update' | 'complete'
  /** A batch without rows leaves no file: most batches have none (dead letters). */
  readonly mayStayEmpty?: boolean
  /** The checkpoint has no committed batch yet. */
  readonly newCheckpoint: boolean
  /** A source begins at a time that was chosen: rows that an earlier query has written may come again. */
  readonly replays?: boolean
  /** The last batch id the commit log holds, or -1. */
  readonly lastCommitted: number
  /** Batches that an earlier run logged and did not commit: up to `last`, logged at `since` (epoch milliseconds) or later. Each may have been written. */
  readonly uncommitted?: { readonly last: number; readonly since: number }
}

/** A condition every wanted row meets: a source may leave out files by it, and need not. */
export interface ScanFilter {
  /** A path of field names. */
  readonly column: readonly string[]
  readonly test: '=' | '<' | '<=' | '>' | '>=' | 'in' | 'isNull' | 'isNotNull'
  /** Values in `valueText` form by the type of the column: what `dataType` says. */
  readonly values: readonly string[]
  readonly dataType: DataType
}

/** Types an option can have in a connector's table of options. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean' | 'integer' | 'enum' | 'interval' | 'json'
  readonly describe: string
  readonly values?: readonly string[]
  readonly default?: string
  readonly required?: boolean
  readonly secret?: boolean
  readonly min?: number
  /** Which side takes it: an option on the wrong side is refused naming the right one. */
  readonly side: 'source' | 'sink' | 'both'
  /** Batch reads or writes only, streams only, or both (default). */
  readonly mode?: 'batch' | 'stream'
  /** Taken so that programs move, and why it changes nothing here; said once where it is given. */
  readonly withoutEffect?: string
  /** Known from elsewhere and never taken: why, and what to write instead. */
  readonly refused?: string
  /** A value for the reference page. */
  readonly example?: string
}
/** Options by name. A name that ends in `.*` is a family: every option that begins with it, handed over as one record without the prefix. */
export type OptionTable = Readonly<Record<string, OptionSpec>>

/** One system: what it is called, its options, and how its ends are opened. */
export interface Connector {
  readonly name: string
  readonly summary: string
  readonly options: OptionTable
  /** What the families of names among them (`kafka.*`) hold, without the prefix: for the reference page. */
  readonly families?: Readonly<Record<string, OptionTable>>
  /** The schema before anything is opened, where it needs no I/O (rate, text, a declared one). */
  fixedSchema?(context: Pick<ConnectorContext, 'options' | 'schema' | 'streaming'>): StructType | undefined
  /** With I/O: inference, partition columns. */
  schema?(context: ConnectorContext): Promise<StructType>
  source?(context: SourceContext): Promise<Source>
  /** A batch read: what is there now. */
  scan?(context: ScanContext): Promise<Scan>
  sink?(context: SinkContext): Promise<Sink>
  /** Refuses columns that the sink cannot hold, before anything runs. */
  checkColumns?(schema: StructType, partitionBy: readonly string[]): void
  /** A batch write: staged, whole or not at all. */
  save?(context: SaveContext, output: Output): Promise<void>
  /** Further work on what lies at a path, by name: vacuum, optimize, history. Answers rows for people. */
  readonly work?: Readonly<Record<string, (context: ConnectorContext) => Promise<readonly Readonly<Record<string, unknown>>[]>>>
  /** What becomes of rows that are there already, when rows are written again: replaced by key, replaced in all, or left. */
  rowsThere?(write: { readonly outputMode: 'append' | 'update' | 'complete'; readonly options: Readonly<Record<string, string>> }): string
  /** What the sink will say of itself once it is open, as far as the options tell; absent = nothing is known before. */
  delivers?(options: Readonly<Record<string, string>>): Delivered
  /** Output modes the sink takes; absent = all. */
  readonly outputModes?: readonly ('append' | 'update' | 'complete')[]
  /** The place that is read keeps its own schema, so a restart takes the one that is there and not the one of the run before. */
  readonly keepsSchema?: boolean
  /** Can a restart read the same rows again? A source whose rows come only once logs them before it answers `plan` (socket), or says no. */
  readonly replayable?: boolean
  /** What may never come in, though every row that did is kept: said by `explain`. */
  readonly gaps?: string
  /** May it run without a checkpoint location (memory, console, foreach, foreachBatch, noop)? */
  readonly temporaryCheckpoint?: boolean
}
export interface SaveContext extends ConnectorContext {
  readonly mode: SaveMode
  readonly partitionBy: readonly string[]
  /** Where the rows go is a table of this name. */
  readonly table?: string
  /** The path is one file, there whole or not at all; a file of that name is replaced in every mode but error and ignore. */
  readonly singleFile?: boolean
}
export type SaveMode = 'append' | 'overwrite' | 'error' | 'ignore'
