import { MillraceError } from '../errors/index.ts'
import { type DataType, type RowBatch, type StructType, structType } from '../types/index.ts'

/** What becomes of bad records: kept as far as they go, left out, or the end of the query. */
export type RecordMode = 'permissive' | 'dropmalformed' | 'failfast'

/** Options with keys in lower case, as plans and scans carry them. */
export type FormatOptions = Readonly<Record<string, string>>

export const recordMode = (options: FormatOptions): RecordMode => {
  const mode = (options.mode ?? 'permissive').toLowerCase()
  return mode === 'failfast' || mode === 'dropmalformed' ? mode : 'permissive'
}

export const flag = (options: FormatOptions, key: string, otherwise: boolean): boolean => {
  const text = options[key]?.trim().toLowerCase()
  return text === undefined ? otherwise : text === 'true'
}

/** The schema split into what is parsed and the place of the corrupt-record column (-1 = none). */
export interface RecordShape {
  readonly schema: StructType
  /** Without the corrupt-record column. */
  readonly parsed: StructType
  readonly corruptAt: number
}

export function recordShape(schema: StructType, options: FormatOptions): RecordShape {
  const name = options.columnnameofcorruptrecord ?? '_corrupt_record'
  const corruptAt = schema.fields.findIndex(f => f.name === name)
  if (corruptAt < 0) return { schema, parsed: schema, corruptAt }
  if (schema.fields[corruptAt]!.dataType.kind !== 'string') throw new MillraceError('INVALID_CORRUPT_RECORD_TYPE', { column: name })
  return { schema, parsed: structType(schema.fields.toSpliced(corruptAt, 1)), corruptAt }
}

/**
 * Which columns must be made: those that are read, where leaving out the others changes nothing. A bad value in a column nobody reads matters
 * only to the corrupt-record column and to the modes that act on bad records.
 */
export function columnsToMake(
  schema: StructType,
  options: FormatOptions,
  used: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (!used || recordMode(options) !== 'permissive') return undefined
  const { corruptAt } = recordShape(schema, options)
  return corruptAt >= 0 && used.has(corruptAt) ? undefined : used
}

/** Where records come from, for messages. */
export interface Origin {
  file: string
  /** Of the record at hand, counted from 1; 0 = no lines here. */
  line: number
}

/** A file, and the line where lines are counted. */
export const placeOf = ({ file, line }: Origin): string => (file === '' || line === 0 ? file : `${file}, line ${line}`)

/** A record left out by DROPMALFORMED, for whoever wants to keep it elsewhere. */
export interface BadRecord {
  readonly bytes: Uint8Array
  readonly file: string
  /** As in `Origin`. */
  readonly line: number
}
export type OnBad = (record: BadRecord) => void

const MOST_SHOWN = 1000

/** FAILFAST's end, showing the record, its file and line. */
export function malformed(record: string, origin: Origin): MillraceError {
  const shown = record.length > MOST_SHOWN ? `${record.slice(0, MOST_SHOWN)}…` : record
  return new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', { record: shown, where: placeOf(origin) })
}

/** Turns bytes into rows. Bytes come in chunks of any size: where they are cut changes nothing. */
export interface Decoder {
  /** Rows ready to be taken. */
  readonly length: number
  /** A file begins; `file` is named in errors. */
  open(file: string): void
  push(chunk: Uint8Array): void
  /** The file ends: what is left is its last record. */
  close(): void
  /** The rows so far; the decoder goes on empty. */
  take(): RowBatch
}

export const unsupportedColumn = (format: string, column: string, type: DataType, shown: string): MillraceError =>
  new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', { format, column, type: shown || type.kind })
