import { type ArrayType, type DataType, type DecimalType, type MapType, type StructType, typeName } from '../../types/index.ts'
import {
  BooleanBuilder,
  type Builder,
  BytesBuilder,
  FixedBuilder,
  ListBuilder,
  LongBuilder,
  NullBuilder,
  StructBuilder,
} from '../builders.ts'
import { readDecimal, readDouble, readInteger, readLong } from '../numbers.ts'
import { unsupportedColumn } from '../record-mode.ts'
import { DefaultTimes } from '../times.ts'
import { cellOf, dateParser, putDecimal, textOf, type ValueOptions } from '../values.ts'
import type { JsonCursor, Token } from './cursor.ts'
import type { PlainForm } from './plain-values.ts'
import { respelled } from './respelled.ts'

/** `good` and `partial` appended a value (partial: something inside is bad); `bad` appended nothing. The cursor stands behind the value always. */
export const GOOD = 0
const PARTIAL = 1
export const BAD = 2
export type Outcome = typeof GOOD | typeof PARTIAL | typeof BAD

/** A column and how its values are read from JSON. */
export interface Slot {
  readonly builder: Builder
  read(cursor: JsonCursor): Outcome
  /** What most values look like; absent = nothing in particular. */
  readonly plain?: PlainForm
}

export interface SlotOptions extends ValueOptions {
  readonly nonNumericNumbers: boolean
  /** Strings take other values as they stand in the record (files), or as `respelled` writes them. */
  readonly exactTexts: boolean
}

const encoder = new TextEncoder()

type Take = (cursor: JsonCursor, token: Token) => Outcome

/** Null is null for every type; everything else is the type's own affair. */
function slot(builder: Builder, take: Take, plain?: PlainForm): Slot {
  return {
    builder,
    ...(plain && { plain }),
    read(cursor) {
      const token = cursor.token()
      if (token !== 'null') return take(cursor, token)
      cursor.word('null')
      builder.appendNull()
      return GOOD
    },
  }
}

function bad(cursor: JsonCursor): Outcome {
  cursor.skip()
  return BAD
}

function booleans(): Slot {
  const builder = new BooleanBuilder()
  const take: Take = (cursor, token) => {
    if (token !== 'true' && token !== 'false') return bad(cursor)
    cursor.word(token)
    builder.append(token === 'true')
    return GOOD
  }
  return slot(builder, take, { kind: 'boolean', builder })
}

function integers<T extends Int8Array | Int16Array | Int32Array>(make: new (n: number) => T, min: number, max: number): Slot {
  const builder = new FixedBuilder<T>(make)
  const take: Take = (cursor, token) => {
    if (token !== 'integer') return bad(cursor)
    if (!cursor.number()) return BAD
    const n = readInteger(cursor.bytes, cursor.start, cursor.at)
    if (!(n >= min && n <= max)) return BAD
    const i = builder.next()
    builder.values[i] = n
    return GOOD
  }
  return slot(builder, take, { kind: 'integer', builder, min, max })
}

function longs(): Slot {
  const builder = new LongBuilder()
  const take: Take = (cursor, token) => {
    if (token !== 'integer') return bad(cursor)
    if (!cursor.number()) return BAD
    const n = readLong(cursor.bytes, cursor.start, cursor.at)
    if (n === undefined) return BAD
    const i = builder.next()
    builder.values[i] = n
    return GOOD
  }
  return slot(builder, take, { kind: 'long', builder })
}

const NAMED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+INF': Infinity,
  '+Infinity': Infinity,
  Infinity: Infinity,
  '-INF': -Infinity,
  '-Infinity': -Infinity,
}

function reals<T extends Float32Array | Float64Array>(make: new (n: number) => T, options: SlotOptions): Slot {
  const builder = new FixedBuilder<T>(make)
  const number = (cursor: JsonCursor, token: Token): number | undefined => {
    if (token === 'integer') {
      cursor.number()
      return readDouble(cursor.bytes, cursor.start, cursor.at)
    }
    if (token === 'named') return cursor.named()
    if (token !== 'string') {
      cursor.skip()
      return undefined
    }
    cursor.string()
    return options.nonNumericNumbers ? NAMED[textOf(cursor.text, cursor.textStart, cursor.textEnd)] : undefined
  }
  const take: Take = (cursor, token) => {
    const n = number(cursor, token)
    if (n === undefined) return BAD
    const i = builder.next()
    builder.values[i] = n
    return GOOD
  }
  return slot(builder, take, { kind: 'real', builder })
}

/** Any value, as it stands in the record. */
function asItStands(builder: BytesBuilder, cursor: JsonCursor): Outcome {
  const start = cursor.at
  cursor.skip()
  builder.append(cursor.bytes, start, cursor.at)
  return GOOD
}

/** Text takes any value: strings without their quotes, the rest as text. */
function strings({ exactTexts }: SlotOptions): Slot {
  const builder = new BytesBuilder(true)
  const take: Take = (cursor, token) => {
    if (token !== 'string') {
      if (exactTexts) return asItStands(builder, cursor)
      const bytes = encoder.encode(respelled(cursor))
      builder.append(bytes, 0, bytes.length)
      return GOOD
    }
    cursor.string()
    builder.append(cursor.text, cursor.textStart, cursor.textEnd)
    return GOOD
  }
  return slot(builder, take, { kind: 'text', builder })
}

function variants(): Slot {
  const builder = new BytesBuilder(true)
  return slot(builder, cursor => asItStands(builder, cursor))
}

function decimals(type: DecimalType): Slot {
  const builder = new FixedBuilder(BigInt64Array, 2)
  const text = (cursor: JsonCursor, token: Token): string => {
    if (token === 'integer') {
      cursor.number()
      return textOf(cursor.bytes, cursor.start, cursor.at)
    }
    if (token === 'string') {
      cursor.string()
      return textOf(cursor.text, cursor.textStart, cursor.textEnd).replaceAll(',', '')
    }
    cursor.skip()
    return ''
  }
  return slot(builder, (cursor, token) => {
    const n = readDecimal(text(cursor, token), type.precision, type.scale)
    if (n === undefined) return BAD
    putDecimal(builder, n)
    return GOOD
  })
}

function binaries(): Slot {
  const builder = new BytesBuilder(false)
  return slot(builder, (cursor, token) => {
    if (token !== 'string') return bad(cursor)
    cursor.string()
    const text = textOf(cursor.text, cursor.textStart, cursor.textEnd)
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return BAD
    const bytes = Buffer.from(text, 'base64')
    builder.append(bytes, 0, bytes.length)
    return GOOD
  })
}

function dates(options: SlotOptions): Slot {
  const builder = new FixedBuilder(Int32Array)
  const parse = dateParser(options)
  return slot(builder, (cursor, token) => {
    if (token !== 'string') return bad(cursor)
    cursor.string()
    const text = textOf(cursor.text, cursor.textStart, cursor.textEnd)
    // Without a format Spark takes a bare number of days too.
    const days = parse(text) ?? (options.dateFormat === undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined)
    if (days === undefined) return BAD
    const i = builder.next()
    builder.values[i] = days
    return GOOD
  })
}

/** From text alone, as csv reads it. */
function fromText(type: DataType, options: SlotOptions): Slot {
  const { builder, read } = cellOf(type, options)!
  return slot(builder, (cursor, token) => {
    if (token !== 'string') return bad(cursor)
    cursor.string()
    return read(cursor.text, cursor.textStart, cursor.textEnd) ? GOOD : BAD
  })
}

/** Times are read from text as csv reads them, and from a number of seconds where `scale` says so. */
function fromCell(type: DataType, options: SlotOptions, scale: bigint): Slot {
  const cell = cellOf(type, options)!
  const builder = cell.builder as LongBuilder
  const plain: PlainForm | undefined =
    type.kind === 'timestamp' && options.timestampFormat === undefined
      ? { kind: 'timestamp', builder, times: new DefaultTimes(options.timeZone, options.today) }
      : undefined
  const take: Take = (cursor, token) => {
    if (token === 'string') {
      cursor.string()
      return cursor.textEnd > cursor.textStart && cell.read(cursor.text, cursor.textStart, cursor.textEnd) ? GOOD : BAD
    }
    if (token !== 'integer' || scale === 0n) return bad(cursor)
    if (!cursor.number()) return BAD
    const n = readLong(cursor.bytes, cursor.start, cursor.at)
    if (n === undefined) return BAD
    const i = builder.next()
    builder.values[i] = BigInt.asIntN(64, n * scale)
    return GOOD
  }
  return slot(builder, take, plain)
}

function arrays(type: ArrayType, options: SlotOptions): Slot {
  const element = slotOf(type.elementType, options)
  const builder = new ListBuilder([element.builder])
  return slot(builder, (cursor, token) => {
    if (token !== 'array') return bad(cursor)
    cursor.at++
    let worst: Outcome = GOOD
    for (let first = true; cursor.more(93, first); first = false) {
      if (worst === BAD) cursor.skip()
      else worst = Math.max(worst, element.read(cursor)) as Outcome
    }
    if (worst === BAD) builder.reopen()
    else builder.close()
    return worst
  })
}

function maps(type: MapType, options: SlotOptions): Slot {
  const keys = new BytesBuilder(true)
  const value = slotOf(type.valueType, options)
  const builder = new ListBuilder([keys, value.builder])
  return slot(builder, (cursor, token) => {
    if (token !== 'object') return bad(cursor)
    cursor.at++
    let worst: Outcome = GOOD
    for (let first = true; cursor.more(125, first); first = false) {
      cursor.name()
      if (worst === BAD) cursor.skip()
      else {
        keys.append(cursor.text, cursor.textStart, cursor.textEnd)
        worst = Math.max(worst, value.read(cursor)) as Outcome
      }
    }
    if (worst === BAD) builder.reopen()
    else builder.close()
    return worst
  })
}

/** The fields of an object, found by name; keys mostly come in the schema's order, so that is tried first. */
export class ObjectFields {
  readonly slots: readonly Slot[]
  readonly #names: readonly Uint8Array[]
  readonly #byName: ReadonlyMap<string, number>

  constructor(type: StructType, options: SlotOptions) {
    this.slots = type.fields.map(f => slotOf(f.dataType, options, f.name))
    this.#names = type.fields.map(f => encoder.encode(f.name))
    this.#byName = new Map(type.fields.map((f, i) => [f.name, i]))
  }

  /** Reads an object's fields into row `row`; fields that are missing stay without a value. A name that comes twice: the last counts. */
  read(cursor: JsonCursor, row: number): Outcome {
    cursor.at++
    let worst: Outcome = GOOD
    let guess = 0
    for (let first = true; cursor.more(125, first); first = false) {
      cursor.name()
      const i = this.#find(cursor, guess)
      if (i < 0) {
        cursor.skip()
        continue
      }
      guess = i + 1
      const field = this.slots[i]!
      if (field.builder.length > row) field.builder.rollback(row)
      const outcome = field.read(cursor)
      if (outcome === BAD) field.builder.appendNull()
      if (outcome !== GOOD) worst = PARTIAL
    }
    return worst
  }

  #find(cursor: JsonCursor, guess: number): number {
    const name = this.#names[guess]
    if (name && same(name, cursor.text, cursor.textStart, cursor.textEnd)) return guess
    return this.#byName.get(textOf(cursor.text, cursor.textStart, cursor.textEnd)) ?? -1
  }
}

function same(want: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  if (end - start !== want.length) return false
  for (let i = 0; i < want.length; i++) if (b[start + i] !== want[i]) return false
  return true
}

function structs(type: StructType, options: SlotOptions): Slot {
  const fields = new ObjectFields(type, options)
  const builder = new StructBuilder(fields.slots.map(s => s.builder))
  return slot(builder, (cursor, token) => {
    if (token !== 'object') return bad(cursor)
    const outcome = fields.read(cursor, builder.length)
    builder.close()
    return outcome
  })
}

const SLOTS: Partial<Record<DataType['kind'], (type: DataType, options: SlotOptions) => Slot>> = {
  null: () => slot(new NullBuilder(), bad),
  boolean: booleans,
  // Jackson takes bytes as signed or unsigned.
  byte: () => integers(Int8Array, -128, 255),
  short: () => integers(Int16Array, -32_768, 32_767),
  integer: () => integers(Int32Array, -2_147_483_648, 2_147_483_647),
  long: longs,
  float: (_, o) => reals(Float32Array, o),
  double: (_, o) => reals(Float64Array, o),
  decimal: type => decimals(type as DecimalType),
  string: (_, o) => strings(o),
  char: (_, o) => strings(o),
  varChar: (_, o) => strings(o),
  variant: variants,
  binary: binaries,
  date: (_, o) => dates(o),
  timestamp: (type, o) => fromCell(type, o, 1_000_000n),
  timestampNtz: (type, o) => fromCell(type, o, 0n),
  calendarInterval: fromText,
  yearMonthInterval: fromText,
  dayTimeInterval: fromText,
  array: (type, o) => arrays(type as ArrayType, o),
  map: (type, o) => maps(type as MapType, o),
  struct: (type, o) => structs(type as StructType, o),
}

/** The column of a type. Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for types JSON cannot give. */
export function slotOf(type: DataType, options: SlotOptions, name = 'value'): Slot {
  const make = SLOTS[type.kind]
  if (!make || (type.kind === 'map' && type.keyType.kind !== 'string')) throw unsupportedColumn('json', name, type, typeName(type))
  return make(type, options)
}
