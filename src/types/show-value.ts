import type { DataType, DecimalType } from './data-type.ts'
import { decimalText, doubleText, floatText, wide } from './number-text.ts'
import { type ColumnData, isValid } from './row-batch.ts'
import { clockText, dateText, fractionText, localTimestampText, splitMicros, timestampText } from './time-text.ts'
import { type Zone, zoneOf } from './zone.ts'

/** Draws one value of a column as text. Values are not null here. */
type Draw = (column: ColumnData, i: number) => string

const utf8 = new TextDecoder()
const bytesAt = (c: ColumnData, i: number): Uint8Array => (c.values as Uint8Array).subarray(c.offsets![i]!, c.offsets![i + 1]!)
const textAt: Draw = (c, i) => utf8.decode(bytesAt(c, i))
const numberAt: Draw = (c, i) => String((c.values as Int32Array)[i])
const microsAt = (c: ColumnData, i: number): bigint => (c.values as BigInt64Array)[i]!
const hex = (b: Uint8Array): string => `[${[...b].map(x => x.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`

/** `1 12:00:00.5` with sign: the body of a day-time interval in its widest form. */
function dayTimeText(micros: bigint): string {
  const sign = micros < 0n ? '-' : ''
  const { second, micro } = splitMicros(micros < 0n ? -micros : micros)
  return `INTERVAL '${sign}${Math.floor(second / 86_400)} ${clockText(second % 86_400)}${fractionText(micro)}' DAY TO SECOND`
}
const yearMonthText = (months: number): string =>
  `INTERVAL '${months < 0 ? '-' : ''}${Math.floor(Math.abs(months) / 12)}-${Math.abs(months) % 12}' YEAR TO MONTH`

const timeOfDayText = (micros: bigint): string => {
  const { second, micro } = splitMicros(micros)
  return `${clockText(second)}${fractionText(micro)}`
}

function calendarText(words: BigInt64Array, i: number): string {
  const months = Number(BigInt.asIntN(32, words[2 * i]!))
  const days = Number(BigInt.asIntN(32, words[2 * i]! >> 32n))
  const { second, micro } = splitMicros(words[2 * i + 1]! < 0n ? -words[2 * i + 1]! : words[2 * i + 1]!)
  const minus = words[2 * i + 1]! < 0n ? '-' : ''
  const parts: [number, string][] = [
    [Math.trunc(months / 12), 'years'],
    [months % 12, 'months'],
    [days, 'days'],
    [Math.floor(second / 3600) * (minus ? -1 : 1), 'hours'],
    [(Math.floor(second / 60) % 60) * (minus ? -1 : 1), 'minutes'],
  ]
  const text = parts.filter(([n]) => n !== 0).map(([n, unit]) => `${n} ${unit}`)
  if (second % 60 !== 0 || micro !== 0) text.push(`${minus}${second % 60}${fractionText(micro)} seconds`)
  return text.length === 0 ? '0 seconds' : text.join(' ')
}

function nested(type: DataType, zone: Zone): Draw {
  if (type.kind === 'array') {
    const element = drawer(type.elementType, zone)
    return (c, i) => `[${range(c, i, j => element(c.children![0]!, j)).join(', ')}]`
  }
  if (type.kind === 'map') {
    const key = drawer(type.keyType, zone)
    const value = drawer(type.valueType, zone)
    return (c, i) => `{${range(c, i, j => `${key(c.children![0]!, j)} -> ${value(c.children![1]!, j)}`).join(', ')}}`
  }
  if (type.kind !== 'struct') return () => 'NULL'
  const fields = type.fields.map(f => drawer(f.dataType, zone))
  return (c, i) => `{${fields.map((draw, k) => draw(c.children![k]!, i)).join(', ')}}`
}
const range = (c: ColumnData, i: number, draw: (j: number) => string): string[] =>
  Array.from({ length: c.offsets![i + 1]! - c.offsets![i]! }, (_, k) => draw(c.offsets![i]! + k))

const FLAT: Partial<Record<DataType['kind'], (type: DataType, zone: Zone) => Draw>> = {
  boolean: () => (c, i) => ((c.values as Uint8Array)[i >> 3]! & (1 << (i & 7)) ? 'true' : 'false'),
  byte: () => numberAt,
  short: () => numberAt,
  integer: () => numberAt,
  long: () => numberAt,
  float: () => (c, i) => floatText((c.values as Float32Array)[i]!),
  double: () => (c, i) => doubleText((c.values as Float64Array)[i]!),
  decimal: type => (c, i) => decimalText(wide(c.values as BigInt64Array, i), (type as DecimalType).scale),
  string: () => textAt,
  char: () => textAt,
  varChar: () => textAt,
  variant: () => textAt,
  binary: () => (c, i) => hex(bytesAt(c, i)),
  date: () => (c, i) => dateText((c.values as Int32Array)[i]!),
  timestamp: (_, zone) => (c, i) => timestampText(microsAt(c, i), zone),
  timestampNtz: () => (c, i) => localTimestampText(microsAt(c, i)),
  time: () => (c, i) => timeOfDayText(microsAt(c, i)),
  dayTimeInterval: () => (c, i) => dayTimeText(microsAt(c, i)),
  yearMonthInterval: () => (c, i) => yearMonthText((c.values as Int32Array)[i]!),
  calendarInterval: () => (c, i) => calendarText(c.values as BigInt64Array, i),
}

function drawer(type: DataType, zone: Zone): Draw {
  const draw = FLAT[type.kind]?.(type, zone) ?? nested(type, zone)
  return (c, i) => (isValid(c, i) ? draw(c, i) : 'NULL')
}

/** How values of this type are shown to people, as Spark's `show()` does it; null is `NULL`. */
export const valueDrawer = (type: DataType, timeZone: string): ((column: ColumnData, i: number) => string) =>
  type.kind === 'null' ? () => 'NULL' : drawer(type, zoneOf(timeZone))
