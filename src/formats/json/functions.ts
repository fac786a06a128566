import { type ColumnData, type DataType, isValid, type StructType, structType } from '../../types/index.ts'
import { type Builder, ListBuilder, UNREAD } from '../builders.ts'
import { checkFormatOptions } from '../check.ts'
import { columnsToMake, type FormatOptions, malformed, type Origin } from '../record-mode.ts'
import { TextBytes } from '../text-bytes.ts'
import { textOf } from '../values.ts'
import { BrokenJson, JsonCursor } from './cursor.ts'
import { jsonOptions } from './options.ts'
import { JsonRows, slotOptions } from './rows.ts'
import { BAD, GOOD, type Slot, slotOf } from './slots.ts'
import { jsonWriter } from './writer.ts'

/** One column of texts into one column of values, or the reverse; what a host function of the engine is made of. */
export type ColumnFunction = (column: ColumnData, length: number) => ColumnData

const NOWHERE: Origin = { file: '', line: 0 }
const noDay = (): number => 0

/** A bitmap of what is not null. */
export class Marks {
  readonly #bits: Uint8Array
  #nulls = 0

  constructor(length: number) {
    this.#bits = new Uint8Array((length + 7) >> 3).fill(255)
  }
  setNull(i: number): void {
    this.#bits[i >> 3]! &= ~(1 << (i & 7))
    this.#nulls++
  }
  taken(): { readonly validity?: Uint8Array } {
    return this.#nulls === 0 ? {} : { validity: this.#bits }
  }
}

function structs(type: StructType, options: FormatOptions, today: () => number, fields: ReadonlySet<string> | undefined): ColumnFunction {
  const made = columnsToMake(type, options, fields && new Set(type.fields.flatMap((f, i) => (fields.has(f.name) ? [i] : []))))
  const shape = made ? structType(type.fields.filter((_, i) => made.has(i))) : type
  let kept: JsonRows | undefined
  return (column, length) => {
    const rows = kept ?? new JsonRows(shape, options, false, today)
    // Not there after an error: what it holds is half done.
    kept = undefined
    const marks = new Marks(length)
    const bytes = column.values as Uint8Array
    for (let i = 0; i < length; i++) {
      if (isValid(column, i) && rows.record(bytes, column.offsets![i]!, column.offsets![i + 1]!, NOWHERE)) continue
      rows.none()
      marks.setNull(i)
    }
    const read = rows.take().columns[Symbol.iterator]()
    kept = rows
    const children = type.fields.map((_, i) => (made && !made.has(i) ? UNREAD : read.next().value!))
    return { length, children, ...marks.taken() }
  }
}

/** A single object where an array of objects is asked for is an array of one, as in Spark. */
function single(cursor: JsonCursor, type: DataType, slot: Slot): number | undefined {
  if (type.kind !== 'array' || type.elementType.kind !== 'struct' || cursor.token() !== 'object') return undefined
  const wrapped = Buffer.concat([Buffer.from('['), cursor.bytes.subarray(cursor.at, cursor.end), Buffer.from(']')])
  cursor.set(wrapped, 0, wrapped.length)
  return slot.read(cursor)
}

function others(type: DataType, options: FormatOptions, today: () => number): ColumnFunction {
  const o = jsonOptions(options)
  const root = slotOf(type, slotOptions(o, false, today))
  const cursor = new JsonCursor(o)
  const read = (bytes: Uint8Array, start: number, end: number): void => {
    cursor.set(bytes, start, end)
    const before = root.builder.length
    let outcome: number
    try {
      cursor.blanks()
      if (cursor.at >= end) {
        root.builder.appendNull()
        return
      }
      outcome = single(cursor, type, root) ?? root.read(cursor)
    } catch (error) {
      if (!(error instanceof BrokenJson)) throw error
      outcome = BAD
    }
    if (outcome !== GOOD && o.mode === 'failfast') {
      reset(root.builder, before)
      root.builder.take()
      throw malformed(textOf(bytes, start, end), NOWHERE)
    }
    if (outcome === BAD) reset(root.builder, before)
  }
  return (column, length) => {
    for (let i = 0; i < length; i++) {
      if (isValid(column, i)) read(column.values as Uint8Array, column.offsets![i]!, column.offsets![i + 1]!)
      else root.builder.appendNull()
    }
    return root.builder.take()
  }
}

/** Takes back what a broken value left, also inside a list that was not closed, and puts null. */
function reset(builder: Builder, length: number): void {
  if (builder.length > length) builder.rollback(length)
  else if (builder instanceof ListBuilder) builder.reopen()
  builder.appendNull()
}

/**
 * `from_json`: texts into values of a type. Options with keys in lower case, and `timezone`. Bad fields become null; malformed text a struct of
 * nulls (with the text in the corrupt-record column); blank text null. FAILFAST throws MALFORMED_RECORD_IN_PARSING.
 * `fields`: names of the struct's fields that are read; the others may come out empty.
 */
export const jsonColumns = (
  type: DataType,
  options: FormatOptions,
  today: () => number = noDay,
  fields?: ReadonlySet<string>,
): ColumnFunction => {
  checkFormatOptions('json', options, 'source')
  return type.kind === 'struct' ? structs(type, options, today, fields) : others(type, options, today)
}

/** `to_json`: values into texts. */
export function jsonTexts(type: DataType, options: FormatOptions): ColumnFunction {
  checkFormatOptions('json', options, 'sink')
  const put = jsonWriter(type, options)
  const out = new TextBytes()
  return (column, length) => {
    const marks = new Marks(length)
    const offsets = new Int32Array(length + 1)
    // Not empty after an error.
    out.at = 0
    for (let i = 0; i < length; i++) {
      if (isValid(column, i)) put(out, column, i)
      else marks.setNull(i)
      offsets[i + 1] = out.at
    }
    return { length, offsets, values: out.take(), ...marks.taken() }
  }
}
