import {
  type ArrayType,
  type ColumnData,
  type DataType,
  isValid,
  type MapType,
  type StructType,
  valueAt,
  valueText,
} from '../../types/index.ts'
import type { FormatOptions } from '../record-mode.ts'
import { textWriter, type WriteValue } from '../texts.ts'

/** ` value` behind a comma or an arrow; of null only `nullValue` is left, and without one nothing at all. */
const behind = (write: WriteValue, nullValue: string): WriteValue => {
  const ofNull = nullValue === '' ? '' : ` ${nullValue}`
  return (c, i) => (isValid(c, i) ? ` ${write(c, i)}` : ofNull)
}
const first = (write: WriteValue, nullValue: string): WriteValue => {
  const ofNull = nullValue === '' ? '' : ` ${nullValue}`
  return (c, i) => (isValid(c, i) ? write(c, i) : ofNull)
}

function items(type: ArrayType, options: FormatOptions, nullValue: string): WriteValue {
  const element = textOf(type.elementType, options)
  const [head, tail] = [first(element, nullValue), behind(element, nullValue)]
  return (c, i) => {
    const parts: string[] = []
    for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) parts.push((parts.length === 0 ? head : tail)(c.children![0]!, j))
    return `[${parts.join(',')}]`
  }
}

function entries(type: MapType, options: FormatOptions, nullValue: string): WriteValue {
  const key = textOf(type.keyType, options)
  const value = behind(textOf(type.valueType, options), nullValue)
  return (c, i) => {
    const parts: string[] = []
    const [keys, values] = c.children as readonly [ColumnData, ColumnData]
    for (let j = c.offsets![i]!; j < c.offsets![i + 1]!; j++) parts.push(`${key(keys, j)} ->${value(values, j)}`)
    return `{${parts.join(', ')}}`
  }
}

function fields(type: StructType, options: FormatOptions, nullValue: string): WriteValue {
  const writers = type.fields.map((f, k) => (k === 0 ? first : behind)(textOf(f.dataType, options), nullValue))
  return (c, i) => `{${writers.map((write, k) => write(c.children![k]!, i)).join(',')}}`
}

function textOf(type: DataType, options: FormatOptions): WriteValue {
  const nullValue = options.nullvalue ?? ''
  switch (type.kind) {
    case 'array':
      return items(type, options, nullValue)
    case 'map':
      return entries(type, options, nullValue)
    case 'struct':
      return fields(type, options, nullValue)
    case 'null':
      return () => ''
    case 'binary':
      return (c, i) => valueText(valueAt(c, type, i), type, 'UTC')
    default:
      return textWriter(type, options)!
  }
}

/** What `to_csv` writes where files hold nothing: arrays, maps and structs, bytes as `[61 62]`, a column of nulls. */
export const functionTexts = (type: StructType, options: FormatOptions): readonly WriteValue[] =>
  type.fields.map(f => textOf(f.dataType, options))
