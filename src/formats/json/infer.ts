import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import {
  arrayType,
  booleanType,
  compilePattern,
  type DataType,
  type DecimalType,
  decimalType,
  doubleType,
  type Field,
  field,
  longType,
  nullType,
  parseTimestamp,
  type StructType,
  stringType,
  structType,
  timestampType,
} from '../../types/index.ts'
import { checkFormatOptions } from '../check.ts'
import { readLong } from '../numbers.ts'
import type { InputFile } from '../open-bytes.ts'
import { type FormatOptions, flag, malformed, recordMode } from '../record-mode.ts'
import { lookAtRecords } from '../sample.ts'
import { DefaultTimes } from '../times.ts'
import { textOf } from '../values.ts'
import { BrokenJson, broken, JsonCursor } from './cursor.ts'
import { jsonOptions } from './options.ts'

interface Wishes {
  readonly primitivesAsString: boolean
  readonly prefersDecimal: boolean
  /** Is this text a time? Only asked for where `inferTimestamp` says so. */
  readonly isTime: (text: string) => boolean
}

function wishesOf(raw: FormatOptions): Wishes {
  const { timeZone, timestampFormat } = jsonOptions(raw)
  const times = new DefaultTimes(timeZone, () => 0)
  const pattern = timestampFormat === undefined ? undefined : compilePattern(timestampFormat, 'parse')
  const isTime = (text: string): boolean => (pattern ? parseTimestamp(pattern, text, timeZone) : times.timestamp(text)) !== undefined
  return {
    primitivesAsString: flag(raw, 'primitivesasstring', false),
    prefersDecimal: flag(raw, 'prefersdecimal', false),
    isTime: flag(raw, 'infertimestamp', false) ? isTime : () => false,
  }
}

/** The decimal that holds exactly these digits. */
function decimalOf(text: string): DecimalType | undefined {
  const m = /^[+-]?0*(\d*)\.?(\d*)$/.exec(text)
  if (!m || !/\d/.test(text) || m[1]!.length + m[2]!.length > 38) return undefined
  return decimalType(Math.max(1, m[1]!.length + m[2]!.length), m[2]!.length)
}

/** An empty text says nothing, as some writers put it for null. */
function textType(c: JsonCursor, wishes: Wishes): DataType {
  c.string()
  const text = textOf(c.text, c.textStart, c.textEnd)
  if (text === '') return nullType
  return (wishes.prefersDecimal && decimalOf(text)) || (wishes.isTime(text) ? timestampType : stringType)
}

function numberType(c: JsonCursor, wishes: Wishes): DataType {
  const whole = c.number()
  if (wishes.primitivesAsString) return stringType
  if (whole) {
    if (readLong(c.bytes, c.start, c.at) !== undefined) return longType
    const digits = textOf(c.bytes, c.start, c.at).replace('-', '').length
    return digits <= 38 ? decimalType(digits, 0) : doubleType
  }
  if (!wishes.prefersDecimal) return doubleType
  return decimalOf(textOf(c.bytes, c.start, c.at)) ?? doubleType
}

/** The type of the value that begins here. */
function typeHere(c: JsonCursor, wishes: Wishes): DataType {
  switch (c.token()) {
    case 'object':
      return objectType(c, wishes)
    case 'array': {
      c.at++
      let element: DataType = nullType
      for (let first = true; c.more(93, first); first = false) element = merged(element, typeHere(c, wishes))
      return arrayType(element)
    }
    case 'null':
      c.word('null')
      return nullType
    case 'true':
    case 'false':
      c.skip()
      return wishes.primitivesAsString ? stringType : booleanType
    case 'integer':
      return numberType(c, wishes)
    case 'named':
      c.named()
      return wishes.primitivesAsString ? stringType : doubleType
    case 'string':
      return textType(c, wishes)
    default:
      return broken()
  }
}

function objectType(c: JsonCursor, wishes: Wishes): StructType {
  c.at++
  const fields: Field[] = []
  for (let first = true; c.more(125, first); first = false) {
    c.name()
    const name = textOf(c.text, c.textStart, c.textEnd)
    fields.push(field(name, typeHere(c, wishes)))
  }
  return sorted(fields)
}

const sorted = (fields: readonly Field[]): StructType =>
  structType(fields.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)))

const asDecimal = (t: DataType): DecimalType | undefined => (t.kind === 'decimal' ? t : t.kind === 'long' ? decimalType(20, 0) : undefined)

/** The type that holds both (Spark's JsonInferSchema.compatibleType); string where none does. */
function merged(a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b
  if (b.kind === 'null') return a
  if (a.kind === 'struct' && b.kind === 'struct') {
    const types = new Map(a.fields.map(f => [f.name, f.dataType]))
    for (const f of b.fields) types.set(f.name, merged(types.get(f.name) ?? nullType, f.dataType))
    return sorted([...types].map(([name, type]) => field(name, type)))
  }
  if (a.kind === 'array' && b.kind === 'array') return arrayType(merged(a.elementType, b.elementType))
  const [x, y] = [asDecimal(a), asDecimal(b)]
  if (x && y && a.kind !== b.kind) return widest(x, y)
  if (a.kind === 'decimal' && b.kind === 'decimal') return widest(a, b)
  if (a.kind === b.kind) return a
  const numbers = ['long', 'double', 'decimal']
  return numbers.includes(a.kind) && numbers.includes(b.kind) ? doubleType : stringType
}

function widest(a: DecimalType, b: DecimalType): DataType {
  const scale = Math.max(a.scale, b.scale)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  return whole + scale > 38 ? doubleType : decimalType(whole + scale, scale)
}

/** Columns of which nothing is known are strings; objects without fields are left out. */
function settled(type: DataType, dropNulls: boolean): DataType | undefined {
  if (type.kind === 'null') return dropNulls ? undefined : stringType
  if (type.kind === 'array') {
    const element = settled(type.elementType, dropNulls)
    return element && arrayType(element)
  }
  if (type.kind !== 'struct') return type
  const fields = type.fields.flatMap(f => {
    const t = f.name === '' ? undefined : settled(f.dataType, dropNulls)
    return t ? [field(f.name, t)] : []
  })
  return fields.length === 0 ? undefined : structType(fields)
}

/** `schema_of_json`: the type of one JSON text. Throws INVALID_PARAMETER_VALUE where it is none. */
export function schemaOfJson(text: string, raw: FormatOptions): DataType {
  checkFormatOptions('json', raw, 'source')
  const bytes = Buffer.from(text, 'utf8')
  const cursor = new JsonCursor(jsonOptions(raw))
  const dropNulls = flag(raw, 'dropfieldifallnull', false)
  cursor.set(bytes, 0, bytes.length)
  try {
    const type = cursor.token() === 'end' ? nullType : typeHere(cursor, wishesOf(raw))
    if (type.kind === 'array' && type.elementType.kind === 'struct')
      return arrayType(settled(type.elementType, dropNulls) ?? structType([]))
    return settled(type, dropNulls) ?? (type.kind === 'struct' ? structType([]) : stringType)
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error
    throw new MillraceError('INVALID_PARAMETER_VALUE', { parameter: 'json', func: 'schema_of_json', value: text, expected: 'a JSON text' })
  }
}

/** The columns of JSON files, sorted by name; records that are none add the corrupt-record column. */
export async function inferJson(files: readonly InputFile[], raw: FormatOptions, platform: Platform): Promise<StructType> {
  const cursor = new JsonCursor(jsonOptions(raw))
  const wishes = wishesOf(raw)
  const mode = recordMode(raw)
  let schema: DataType = structType([])
  let corrupt = false
  await lookAtRecords(files, raw, platform, (b, start, end) => {
    cursor.set(b, start, end)
    try {
      cursor.blanks()
      if (cursor.at >= end) return
      const type = typeHere(cursor, wishes)
      const root = type.kind === 'array' ? type.elementType : type
      if (root.kind !== 'struct') throw new BrokenJson()
      schema = merged(schema, root)
    } catch (error) {
      if (!(error instanceof BrokenJson)) throw error
      if (mode === 'failfast') throw malformed(textOf(b, start, end), { file: '', line: 0 })
      corrupt ||= mode === 'permissive'
    }
  })
  const known = settled(schema, flag(raw, 'dropfieldifallnull', false)) as StructType | undefined
  const name = raw.columnnameofcorruptrecord ?? '_corrupt_record'
  const fields = [...(known?.fields ?? []), ...(corrupt && !known?.fields.some(f => f.name === name) ? [field(name, stringType)] : [])]
  if (fields.length === 0) throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: 'json' })
  return sorted(fields)
}
