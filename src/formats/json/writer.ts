import {
  type ArrayType,
  type ColumnData,
  type DataType,
  isValid,
  type MapType,
  type RowBatch,
  type StructType,
  typeName,
} from '../../types/index.ts'
import { type FormatOptions, flag, unsupportedColumn } from '../record-mode.ts'
import { TextBytes } from '../text-bytes.ts'
import { stringAt, textWriter, type WriteValue } from '../texts.ts'
import { timestampBytes } from '../timestamp-bytes.ts'
import { prettyJson } from './pretty.ts'
import { quoted, quotedInAscii } from './quoted.ts'

/** Puts a value's JSON behind what there is. */
type PutValue = (out: TextBytes, column: ColumnData, i: number) => void

const [QUOTE, COMMA, COLON, BRACKET, BRACKET_END, BRACE, BRACE_END] = Buffer.from('",:[]{}') as unknown as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const quoteWith = (options: FormatOptions): ((text: string) => string) => (inAscii(options) ? quotedInAscii : quoted)

const inAscii = (options: FormatOptions): boolean => flag(options, 'writenonasciicharacterascodepoint', false)

const UNQUOTED: ReadonlySet<DataType['kind']> = new Set(['boolean', 'byte', 'short', 'integer', 'long', 'decimal', 'variant'])
const integers: PutValue = (out, c, i) => out.integer((c.values as Int32Array)[i]!)
const strings: PutValue = (out, c, i) => out.quoted(c.values as Uint8Array, c.offsets![i]!, c.offsets![i + 1]!)
/** Without a string made of each value. The others go by their text. */
const DIRECT: Partial<Record<DataType['kind'], PutValue>> = {
  byte: integers,
  short: integers,
  integer: integers,
  double: (out, c, i) => {
    const n = (c.values as Float64Array)[i]!
    if (Number.isFinite(n)) out.double(n)
    else out.text(`"${n}"`)
  },
  string: strings,
  char: strings,
  varChar: strings,
}

function flat(type: DataType, options: FormatOptions, name: string): PutValue {
  const direct = DIRECT[type.kind]
  if (direct && !(direct === strings && inAscii(options))) return direct
  if (type.kind === 'timestamp' && options.timestampformat === undefined) {
    const put = timestampBytes(options.timezone ?? 'UTC')
    return (out, c, i) => {
      out.byte(QUOTE)
      put(out, c, i)
      out.byte(QUOTE)
    }
  }
  const write = textWriter(type, options)
  if (!write) throw unsupportedColumn('json', name, type, typeName(type))
  if (UNQUOTED.has(type.kind)) return (out, c, i) => out.text(write(c, i))
  if (type.kind === 'float') {
    return (out, c, i) => out.text(Number.isFinite((c.values as Float32Array)[i]!) ? write(c, i) : `"${write(c, i)}"`)
  }
  const quote = quoteWith(options)
  return write === stringAt ? (out, c, i) => out.text(quote(stringAt(c, i))) : (out, c, i) => out.text(`"${write(c, i)}"`)
}

function array(type: ArrayType, options: FormatOptions, name: string): PutValue {
  const element = writerOf(type.elementType, options, name)
  return (out, c, i) => {
    out.byte(BRACKET)
    for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) {
      if (j > c.offsets![i]!) out.byte(COMMA)
      element(out, c.children![0]!, j)
    }
    out.byte(BRACKET_END)
  }
}

const INTERNAL_NUMBERS: ReadonlySet<DataType['kind']> = new Set([
  'date',
  'timestamp',
  'timestampNtz',
  'yearMonthInterval',
  'dayTimeInterval',
])

/** Keys stand as Spark holds them inside: days, micros or months of dates, times and intervals; `[1,x,null]` for arrays and structs. */
function keyWriter(type: DataType, options: FormatOptions, name: string): WriteValue {
  if (type.kind === 'null') return () => 'null'
  if (INTERNAL_NUMBERS.has(type.kind)) return (c, i) => String((c.values as Int32Array | BigInt64Array)[i]!)
  const orNull =
    (write: WriteValue): WriteValue =>
    (c, i) =>
      isValid(c, i) ? write(c, i) : 'null'
  if (type.kind === 'array') {
    const element = orNull(keyWriter(type.elementType, options, name))
    return (c, i) => {
      const items: string[] = []
      for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) items.push(element(c.children![0]!, j))
      return `[${items.join(',')}]`
    }
  }
  if (type.kind === 'struct') {
    const fields = type.fields.map(f => (f.dataType.kind === 'null' ? () => 'null' : orNull(keyWriter(f.dataType, options, f.name))))
    return (c, i) => `[${fields.map((write, k) => write(c.children![k]!, i)).join(',')}]`
  }
  const write = textWriter(type, options)
  if (!write) throw unsupportedColumn('json', name, type, typeName(type))
  return write
}

function map(type: MapType, options: FormatOptions, name: string): PutValue {
  const key = keyWriter(type.keyType, options, name)
  const value = writerOf(type.valueType, options, name)
  const quote = quoteWith(options)
  return (out, c, i) => {
    out.byte(BRACE)
    for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) {
      if (j > c.offsets![i]!) out.byte(COMMA)
      out.text(quote(key(c.children![0]!, j)))
      out.byte(COLON)
      value(out, c.children![1]!, j)
    }
    out.byte(BRACE_END)
  }
}

/** The fields of an object: those that are null are left out unless `ignoreNullFields` is false. */
function object(type: StructType, options: FormatOptions): (out: TextBytes, children: readonly ColumnData[], i: number) => void {
  const dropNulls = flag(options, 'ignorenullfields', true)
  const quote = quoteWith(options)
  const names = type.fields.map(f => new TextEncoder().encode(`${quote(f.name)}:`))
  const writers = type.fields.map(f => writerOf(f.dataType, options, f.name))
  const voids = type.fields.map(f => f.dataType.kind === 'null')
  return (out, children, i) => {
    out.byte(BRACE)
    let first = true
    for (let k = 0; k < writers.length; k++) {
      const child = children[k]!
      if (dropNulls && (voids[k] || !isValid(child, i))) continue
      if (!first) out.byte(COMMA)
      first = false
      out.copy(names[k]!)
      writers[k]!(out, child, i)
    }
    out.byte(BRACE_END)
  }
}

function nested(type: DataType, options: FormatOptions, name: string): PutValue {
  if (type.kind === 'array') return array(type, options, name)
  if (type.kind === 'map') return map(type, options, name)
  if (type.kind !== 'struct') return flat(type, options, name)
  const fields = object(type, options)
  return (out, c, i) => fields(out, c.children!, i)
}

/** Puts the JSON of a value; null is `null`. */
function writerOf(type: DataType, options: FormatOptions, name = 'value'): PutValue {
  if (type.kind === 'null') return out => out.text('null')
  const write = nested(type, options, name)
  return (out, c, i) => (isValid(c, i) ? write(out, c, i) : out.text('null'))
}

/** As `writerOf`, over lines where `pretty` is on. */
export function jsonWriter(type: DataType, options: FormatOptions): PutValue {
  const compact = writerOf(type, options)
  if (!flag(options, 'pretty', false)) return compact
  return (out, c, i) => {
    const start = out.at
    compact(out, c, i)
    out.replace(start, prettyJson)
  }
}

/** JSON lines of batches, as Spark's json writer makes them: null fields left out, timestamps as `2026-01-31T10:00:00.000Z`. */
export function jsonEncoder(schema: StructType, options: FormatOptions): (batch: RowBatch) => Uint8Array {
  const row = jsonWriter(schema, options)
  const end = new TextEncoder().encode(options.linesep ?? '\n')
  const out = new TextBytes()
  return ({ length, columns }) => {
    const rows: ColumnData = { length, children: columns }
    for (let i = 0; i < length; i++) {
      row(out, rows, i)
      out.copy(end)
    }
    return out.take()
  }
}
