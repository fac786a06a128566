import { MillraceError } from '../../../errors/index.ts'
import {
  type ColumnData,
  columnReader,
  type DataType,
  type Decimal,
  dateText,
  isValid,
  type RowBatch,
  readInt128,
  toWallMicros,
} from '../../../types/index.ts'
import type { ColumnPair } from '../../target-schema.ts'
import type { PgColumn } from '../catalog.ts'
import type { PgType } from '../types.ts'

/** About how many bytes are handed to the socket at once. */
const CHUNK_BYTES = 256 * 1024
const NEWLINE = 10
const TAB = 9
const BACKSLASH = 92
const NULL_AT = [BACKSLASH, 78]

/** Bytes that grow; those of a row stand whole in it. */
class Bytes {
  buffer = Buffer.allocUnsafe(CHUNK_BYTES * 2)
  length = 0

  reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + more))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }
  /** ASCII that needs no escape. */
  ascii(text: string): void {
    this.reserve(text.length)
    this.length += this.buffer.write(text, this.length, 'latin1')
  }
  /** A text of its own. */
  text(text: string, what: () => never): void {
    const bytes = Buffer.from(text, 'utf8')
    this.escaped(bytes, 0, bytes.length, what)
  }
  /** UTF-8 with what COPY gives a meaning escaped. */
  escaped(from: Uint8Array, start: number, end: number, onNul: () => never): void {
    this.reserve((end - start) * 2)
    const { buffer } = this
    let at = this.length
    for (let i = start; i < end; i++) {
      const byte = from[i]!
      if (byte > 13 && byte !== BACKSLASH) buffer[at++] = byte
      else if (byte === 0) onNul()
      else {
        const letter = ESCAPES[byte]
        if (letter === undefined) buffer[at++] = byte
        else {
          buffer[at++] = BACKSLASH
          buffer[at++] = letter
        }
      }
    }
    this.length = at
  }
  taken(): Buffer {
    const taken = this.buffer.subarray(0, this.length)
    this.buffer = Buffer.allocUnsafe(this.buffer.length)
    this.length = 0
    return taken
  }
}
/** `\b \t \n \v \f \r \\` */
const ESCAPES: readonly (number | undefined)[] = Object.assign([] as (number | undefined)[], {
  8: 98,
  9: 116,
  10: 110,
  11: 118,
  12: 102,
  13: 114,
  92: 92,
})

/** Writes value `i` of a column. */
type Write = (into: Bytes, i: number) => void

export interface CopyOptions {
  /** Wall clocks of `timestamp` columns that take our timestamps. */
  readonly timeZone: string
  /** Put in front of each row: its number, from 0. */
  readonly numbered?: boolean
}

/** Rows in COPY's text format, in chunks of whole rows. @throws POSTGRES_VALUE naming column and row */
export async function* copyText(
  batches: AsyncIterable<RowBatch>,
  pairs: readonly ColumnPair<PgColumn>[],
  options: CopyOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const into = new Bytes()
  let rows = 0
  for await (const batch of batches) {
    const before = rows
    const writes = pairs.map(pair => {
      const refuse = (i: number, reason: string): never => {
        throw new MillraceError('POSTGRES_VALUE', { column: pair.field.name, row: before + i, reason })
      }
      return writerOf(batch.columns[pair.at]!, pair.field.dataType, pair.column.type, { ...options, refuse })
    })
    for (let i = 0; i < batch.length; i++) {
      if (options.numbered) {
        into.ascii(String(rows))
        into.byte(TAB)
      }
      for (let c = 0; c < writes.length; c++) {
        if (c > 0) into.byte(TAB)
        writes[c]!(into, i)
      }
      into.byte(NEWLINE)
      rows++
      if (into.length >= CHUNK_BYTES) yield into.taken()
    }
  }
  if (into.length > 0) yield into.taken()
}

interface Writing extends CopyOptions {
  readonly refuse: (i: number, reason: string) => never
}

function writerOf(column: ColumnData, type: DataType, to: PgType, writing: Writing): Write {
  const write = plainWriter(column, type, to, writing)
  if (!column.validity) return write
  return (into, i) => {
    if (isValid(column, i)) write(into, i)
    else {
      into.byte(NULL_AT[0]!)
      into.byte(NULL_AT[1]!)
    }
  }
}

const NUL = 'it holds the character U+0000, which PostgreSQL cannot keep'

function plainWriter(column: ColumnData, type: DataType, to: PgType, writing: Writing): Write {
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varChar':
    case 'variant': {
      const bytes = column.values as Uint8Array
      const offsets = column.offsets!
      return (into, i) => into.escaped(bytes, offsets[i]!, offsets[i + 1]!, () => writing.refuse(i, NUL))
    }
    case 'binary': {
      const bytes = Buffer.from(column.values!.buffer, column.values!.byteOffset, column.values!.byteLength)
      const offsets = column.offsets!
      return (into, i) => into.ascii(`\\\\x${bytes.toString('hex', offsets[i]!, offsets[i + 1]!)}`)
    }
    case 'array': {
      const read = columnReader(column, type)
      return (into, i) => into.text(arrayText(read(i) as unknown[], type, to, writing), () => writing.refuse(i, NUL))
    }
    case 'null':
      return into => into.ascii('\\N')
    default: {
      const text = cellText(type, to, writing)
      const read = rawReader(column, type)
      return (into, i) => into.ascii(text(read(i)))
    }
  }
}

type Raw = number | bigint | boolean | { readonly [word: string]: unknown }

/** Numbers as they stand in the column, without a value object each. */
function rawReader(column: ColumnData, type: DataType): (i: number) => any {
  const { values } = column
  switch (type.kind) {
    case 'decimal':
      return i => readInt128(values as BigInt64Array, 2 * i)
    case 'boolean':
    case 'calendarInterval':
    case 'yearMonthInterval':
    case 'dayTimeInterval':
      return columnReader({ ...column, validity: undefined } as never, type) as (i: number) => Raw
    default:
      return i => values![i]
  }
}

/** From what `rawReader` gives to the server's text; plain ASCII without anything to escape. */
function cellText(type: DataType, to: PgType, { timeZone }: CopyOptions): (raw: any) => string {
  switch (type.kind) {
    case 'boolean':
      return raw => (raw ? 't' : 'f')
    case 'float':
    case 'double':
      // `NaN` and `Infinity` are the server's words, too.
      return raw => (Object.is(raw, -0) ? '-0' : String(raw))
    case 'decimal':
      return raw => decimalText(raw as bigint, type.scale)
    case 'date':
      return raw => pgDate(raw as number)
    case 'timestamp': {
      if (to.name !== 'timestamp') return timestampText('+00')
      // A type without a zone reads past one: it is given the wall clock of the session’s.
      const text = timestampText('')
      return raw => text(toWallMicros(raw as bigint, timeZone))
    }
    case 'timestampNtz':
      return timestampText('')
    case 'time':
      return raw => clockText(Number(raw as bigint))
    case 'calendarInterval':
    case 'yearMonthInterval':
    case 'dayTimeInterval':
      return ({ months, days, micros }) => `${months} months ${days} days ${micros} microseconds`
    default:
      return String
  }
}

export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Years before 1 are counted as people do, years beyond 9999 have no sign. */
function pgDate(days: number): string {
  const text = dateText(days)
  if (text[0] === '+') return text.slice(1)
  const year = Number(text.slice(0, text.indexOf('-', 1)))
  if (year > 0) return text
  return `${String(1 - year).padStart(4, '0')}${text.slice(text.indexOf('-', 1))} BC`
}

const DAY_MICROS = 86_400_000_000
const two: readonly string[] = Array.from({ length: 100 }, (_, n) => (n < 10 ? `0${n}` : `${n}`))

/** Timestamps of a column are mostly of one day after the other: its date is made once. */
function timestampText(zone: string): (micros: bigint) => string {
  let day = Number.NaN
  let date = ''
  let era = ''
  return micros => {
    const n = Number(micros)
    // Exact up to the year 2255.
    const days = Number.isSafeInteger(n) ? Math.floor(n / DAY_MICROS) : Number((micros - mod(micros)) / BigInt(DAY_MICROS))
    const ofDay = Number.isSafeInteger(n) ? n - days * DAY_MICROS : Number(mod(micros))
    if (days !== day) {
      day = days
      const text = pgDate(days)
      era = text.endsWith(' BC') ? ' BC' : ''
      date = era === '' ? text : text.slice(0, -3)
    }
    return `${date} ${clockText(ofDay)}${zone}${era}`
  }
}
const mod = (micros: bigint): bigint => ((micros % BigInt(DAY_MICROS)) + BigInt(DAY_MICROS)) % BigInt(DAY_MICROS)

function clockText(ofDay: number): string {
  const seconds = Math.floor(ofDay / 1e6)
  const fraction = ofDay - seconds * 1e6
  const clock = `${two[Math.floor(seconds / 3600)]}:${two[Math.floor(seconds / 60) % 60]}:${two[seconds % 60]}`
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0')}`
}

/** `{1,NULL,"a \"b\""}`; arrays of arrays are one array with more dimensions. */
function arrayText(values: readonly unknown[], type: DataType & { readonly kind: 'array' }, to: PgType, writing: Writing): string {
  const { elementType } = type
  const element = elementType.kind === 'array' ? to : to.element!
  return `{${values.map(value => (value === null ? 'NULL' : elementText(value, elementType, element, writing))).join(',')}}`
}

function elementText(value: unknown, type: DataType, to: PgType, writing: Writing): string {
  switch (type.kind) {
    case 'array':
      return arrayText(value as readonly unknown[], type, to, writing)
    case 'string':
    case 'char':
    case 'varChar':
      return inQuotes(value as string)
    case 'variant':
      return inQuotes(JSON.stringify(value))
    case 'binary':
      return inQuotes(`\\x${Buffer.from(value as Uint8Array).toString('hex')}`)
    case 'decimal':
      return (value as Decimal).toString()
    case 'date':
      return inQuotes(pgDate((value as { days: number }).days))
    case 'timestamp':
    case 'timestampNtz':
      return inQuotes(cellText(type, to, writing)((value as { micros: bigint }).micros))
    default:
      return inQuotes(cellText(type, to, writing)(value))
  }
}
const inQuotes = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
