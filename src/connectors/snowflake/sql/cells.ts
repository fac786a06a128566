import { jsonTexts } from '../../../formats/index.ts'
import {
  type ColumnData,
  type DataType,
  dateText,
  dateTimeText,
  isValid,
  readInt128,
  timeText,
  toWallMicros,
} from '../../../types/index.ts'
import type { Family } from './types.ts'

/** The text of a value that is not null. */
export type CellText = (column: ColumnData, i: number) => string
export interface CellOptions {
  /** In which instants stand in columns without a zone. */
  readonly timeZone: string
}

const bytesAt = (c: ColumnData, i: number): Uint8Array => (c.values as Uint8Array).subarray(c.offsets![i]!, c.offsets![i + 1]!)

/** Reads texts of one column after another: the view of its bytes is made once a column. */
function texts(): CellText {
  let of: ColumnData | undefined
  let bytes = Buffer.alloc(0)
  return (c, i) => {
    if (of !== c) {
      const { buffer, byteOffset, byteLength } = c.values as Uint8Array<ArrayBuffer>
      bytes = Buffer.from(buffer, byteOffset, byteLength)
      of = c
    }
    return bytes.toString('utf8', c.offsets![i]!, c.offsets![i + 1]!)
  }
}
const whole: CellText = (c, i) => String((c.values as Int32Array)[i])
const micros = (c: ColumnData, i: number): bigint => (c.values as BigInt64Array)[i]!

/** Always six digits of a second: `2024-01-06 04:00:00.000000`. */
const withMicros = (at: bigint): string => dateTimeText(at, ' ', 6)

const float: CellText = (c, i) => {
  const n = (c.values as Float64Array)[i]!
  return Number.isFinite(n) ? String(n) : Number.isNaN(n) ? 'NaN' : n > 0 ? 'inf' : '-inf'
}
function decimal(scale: number): CellText {
  return (c, i) => {
    const unscaled = readInt128(c.values as BigInt64Array, 2 * i)
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
    const sign = unscaled < 0n ? '-' : ''
    return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  }
}
const instant =
  (family: Family, zone: string): CellText =>
  (c, i) =>
    family === 'timestamp_ntz' ? withMicros(toWallMicros(micros(c, i), zone)) : `${withMicros(micros(c, i))} +00:00`

/** Nested values: JSON, by the encoder of the json format; times with all their digits. */
function json(type: DataType, { timeZone }: CellOptions): CellText {
  const options = {
    timezone: timeZone,
    timestampformat: "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
    timestampntzformat: "yyyy-MM-dd'T'HH:mm:ss.SSSSSS",
    ignorenullfields: 'false',
  }
  const encode = jsonTexts(type, options)
  // A column is encoded whole when its first value is asked for.
  const text = texts()
  let of: ColumnData | undefined
  let encoded: ColumnData | undefined
  return (c, i) => {
    if (of !== c) [of, encoded] = [c, encode(c, c.length)]
    return text(encoded!, i)
  }
}

type Make = (type: DataType, family: Family, options: CellOptions) => CellText
const CELLS: Partial<Record<DataType['kind'], Make>> = {
  boolean: () => (c, i) => ((c.values as Uint8Array)[i >> 3]! & (1 << (i & 7)) ? 'true' : 'false'),
  byte: () => whole,
  short: () => whole,
  integer: () => whole,
  long: () => whole,
  float: () => float,
  double: () => float,
  decimal: type => decimal(type.kind === 'decimal' ? type.scale : 0),
  string: texts,
  char: texts,
  varChar: texts,
  variant: texts,
  binary: () => (c, i) => Buffer.from(bytesAt(c, i)).toString('hex').toUpperCase(),
  date: () => (c, i) => dateText((c.values as Int32Array)[i]!),
  time: () => (c, i) => timeText(Number(micros(c, i)), 6),
  timestamp: (_, family, { timeZone }) => instant(family, timeZone),
  timestampNtz: () => (c, i) => withMicros(micros(c, i)),
  array: (type, _, options) => json(type, options),
  map: (type, _, options) => json(type, options),
  struct: (type, _, options) => json(type, options),
}

/** How values of a type are written for a column of a family; what `SNOWFLAKE_TYPES` takes has one. */
export const cellText = (type: DataType, family: Family, options: CellOptions): CellText =>
  CELLS[type.kind]?.(type, family, options) ?? (() => '')

export const isNull = (type: DataType, column: ColumnData, i: number): boolean => type.kind === 'null' || !isValid(column, i)
