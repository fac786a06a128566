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
import { stringAt, textWriter, type WriteValue } from '../texts.ts'
import { prettyJson } from './pretty.ts'
import { quoted, quotedInAscii } from './quoted.ts'

const quoteWith = (options: FormatOptions): ((text: string) => string) =>
  flag(options, 'writenonasciicharacterascodepoint', false) ? quotedInAscii : quoted

const UNQUOTED = new Set(['boolean', 'byte', 'short', 'integer', 'long', 'decimal', 'variant'])

function flat(type: DataType, options: FormatOptions, name: string): WriteValue {
  const write = textWriter(type, options)
  if (!write) throw unsupportedColumn('json', name, type, typeName(type))
  if (UNQUOTED.has(type.kind)) return write
  if (type.kind === 'float' || type.kind === 'double') {
    return (c, i) => (Number.isFinite((c.values as Float64Array)[i]!) ? write(c, i) : `"${write(c, i)}"`)
  }
  const quote = quoteWith(options)
  return write === stringAt ? (c, i) => quote(stringAt(c, i)) : (c, i) => `"${write(c, i)}"`
}

function array(type: ArrayType, options: FormatOptions, name: string): WriteValue {
  const element = writerOf(type.elementType, options, name)
  return (c, i) => {
    const items: string[] = []
    for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) items.push(element(c.children![0]!, j))
    return `[${items.join(',')}]`
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

function map(type: MapType, options: FormatOptions, name: string): WriteValue {
  const key = keyWriter(type.keyType, options, name)
  const value = writerOf(type.valueType, options, name)
  const quote = quoteWith(options)
  return (c, i) => {
    const items: string[] = []
    for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) items.push(`${quote(key(c.children![0]!, j))}:${value(c.children![1]!, j)}`)
    return `{${items.join(',')}}`
  }
}

/** The fields of an object: those that are null are left out unless `ignoreNullFields` is false. */
function object(type: StructType, options: FormatOptions): (children: readonly ColumnData[], i: number) => string {
  const dropNulls = flag(options, 'ignorenullfields', true)
  const quote = quoteWith(options)
  const names = type.fields.map(f => `${quote(f.name)}:`)
  const writers = type.fields.map(f => writerOf(f.dataType, options, f.name))
  const voids = type.fields.map(f => f.dataType.kind === 'null')
  return (children, i) => {
    let out = ''
    for (let k = 0; k < writers.length; k++) {
      if (dropNulls && (voids[k] || !isValid(children[k]!, i))) continue
      out += `${out === '' ? '' : ','}${names[k]}${writers[k]!(children[k]!, i)}`
    }
    return `{${out}}`
  }
}

function nested(type: DataType, options: FormatOptions, name: string): WriteValue {
  if (type.kind === 'array') return array(type, options, name)
  if (type.kind === 'map') return map(type, options, name)
  if (type.kind !== 'struct') return flat(type, options, name)
  const fields = object(type, options)
  return (c, i) => fields(c.children!, i)
}

/** The JSON of a value; null is `null`. */
export function writerOf(type: DataType, options: FormatOptions, name = 'value'): WriteValue {
  if (type.kind === 'null') return () => 'null'
  const write = nested(type, options, name)
  return (c, i) => (isValid(c, i) ? write(c, i) : 'null')
}

/** JSON lines of batches, as Spark's json writer makes them: null fields left out, timestamps as `2026-01-31T10:00:00.000Z`. */
export function jsonEncoder(schema: StructType, options: FormatOptions): (batch: RowBatch) => Uint8Array {
  const row = object(schema, options)
  const end = options.linesep ?? '\n'
  const shown = flag(options, 'pretty', false) ? prettyJson : (text: string) => text
  return batch => {
    let out = ''
    for (let i = 0; i < batch.length; i++) out += shown(row(batch.columns, i)) + end
    return Buffer.from(out, 'utf8')
  }
}
