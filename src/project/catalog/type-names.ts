import type { DatasetKind } from './fields.ts'

/** What a `type:` of the catalog becomes. */
export interface TypeMeaning {
  readonly kind: DatasetKind
  /** The format where none is given; absent: it must be given. */
  readonly format?: string
  readonly singleFile?: true
  /** Options that the foreign library has by itself. */
  readonly load?: Readonly<Record<string, string>>
  readonly save?: Readonly<Record<string, string>>
  /** The mode the foreign library writes in. */
  readonly mode?: 'overwrite'
  /** How the library's own arguments are spelt here. */
  readonly arguments?: 'pandas'
}

const STREAM: TypeMeaning = { kind: 'stream' }
const SPARK_TABLE: TypeMeaning = { kind: 'table', format: 'parquet' }
const pandas = (format: string, load: Readonly<Record<string, string>> = {}, save: Readonly<Record<string, string>> = {}): TypeMeaning => ({
  kind: 'table',
  format,
  singleFile: true,
  load,
  save,
  mode: 'overwrite',
  arguments: 'pandas',
})
const document = (format: 'json' | 'text'): TypeMeaning => ({ kind: 'document', format })

/** Types of this package. */
export const OWN_TYPES: Readonly<Record<string, TypeMeaning>> = {
  stream: STREAM,
  table: { kind: 'table' },
  json: document('json'),
  text: document('text'),
  memory: { kind: 'memory' },
}

/** Types of Kedro's data sets as they stand in catalogs, without the ending: `DataSet` was renamed to `Dataset`. */
const FOREIGN: Readonly<Record<string, TypeMeaning>> = {
  'spark.SparkStreaming': STREAM,
  'spark.Spark': SPARK_TABLE,
  'spark.DeltaTable': { kind: 'table', format: 'delta' },
  'pandas.CSV': pandas('csv', { header: 'true', inferSchema: 'true' }, { header: 'true' }),
  'pandas.JSON': pandas('json'),
  'pandas.Parquet': pandas('parquet'),
  'json.JSON': document('json'),
  'text.Text': document('text'),
  Memory: { kind: 'memory' },
  'io.Memory': { kind: 'memory' },
}

/** Every accepted name: this package's own, and the foreign ones in both spellings and with their module's name. */
export const TYPE_NAMES: ReadonlyMap<string, TypeMeaning> = new Map([
  ...Object.entries(OWN_TYPES),
  ...Object.entries(FOREIGN).flatMap(([stem, meaning]) => [[`${stem}DataSet`, meaning] as const, [`${stem}Dataset`, meaning] as const]),
])

/** `kedro_datasets.spark.SparkDataset` is `spark.SparkDataset`. */
export const typeMeaning = (name: string): TypeMeaning | undefined =>
  TYPE_NAMES.get(name) ?? TYPE_NAMES.get(name.replace(/^kedro(_datasets|\.extras\.datasets|\.io)\./, ''))

/** What becomes of an argument of pandas: another name, or nothing where it says what is so here anyway, or a reason why not. */
export type ForeignArgument =
  | { readonly option: string; readonly value?: (given: unknown) => string }
  | { readonly drop: (given: unknown) => boolean; readonly why: string }

const yesNo = (given: unknown): string => String(!(given === null || given === false))
export const PANDAS_ARGUMENTS: Readonly<Record<'load' | 'save', Readonly<Record<string, ForeignArgument>>>> = {
  load: {
    header: { option: 'header', value: yesNo },
    quotechar: { option: 'quote' },
    escapechar: { option: 'escape' },
    na_values: { option: 'nullValue' },
    index_col: { drop: v => v === null || v === false, why: 'frames have no index' },
    lines: { drop: v => v === true, why: 'JSON files are one object a line' },
    orient: { drop: v => v === 'records', why: 'JSON files are one object a line' },
    engine: { drop: () => true, why: '' },
    low_memory: { drop: () => true, why: '' },
  },
  save: {
    index: { drop: v => v === false, why: 'frames have no index' },
    header: { option: 'header', value: yesNo },
    quotechar: { option: 'quote' },
    escapechar: { option: 'escape' },
    na_rep: { option: 'nullValue' },
    lines: { drop: v => v === true, why: 'JSON files are one object a line' },
    orient: { drop: v => v === 'records', why: 'JSON files are one object a line' },
    engine: { drop: () => true, why: '' },
  },
}
