import type { LiteralValue } from '../plan/index.ts'
import { type DataType, dateText, dateTimeText, doubleText, floatText, timeText, toWallMicros } from '../types/index.ts'

const abs = (n: bigint): bigint => (n < 0n ? -n : n)
const two = (n: bigint): string => String(n).padStart(2, '0')
const SPAN = { year: ['YEAR', 'MONTH'], day: ['DAY', 'HOUR', 'MINUTE', 'SECOND'] } as const
const spanName = (units: readonly string[], start: number, end: number): string =>
  start === end ? units[start]! : `${units[start]} TO ${units[end]}`

function yearMonthText(months: number, start: number, end: number): string {
  const [sign, m] = [months < 0 ? '-' : '', Math.abs(months)]
  const body = start === 1 ? `${m}` : end === 0 ? `${Math.trunc(m / 12)}` : `${Math.trunc(m / 12)}-${m % 12}`
  return `INTERVAL '${sign}${body}' ${spanName(SPAN.year, start, end)}`
}

/** The first field holds all that is above it; hours, minutes and seconds have two digits. */
function dayTimeText(micros: bigint, start: number, end: number): string {
  const units = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n]
  let rest = abs(micros)
  const parts: string[] = []
  for (let field = start; field <= end; field++) {
    const amount = rest / units[field]!
    rest %= units[field]!
    const fraction = field === 3 && rest > 0n ? `.${String(rest).padStart(6, '0').replace(/0+$/, '')}` : ''
    parts.push(field === 0 ? String(amount) : `${two(amount)}${fraction}`)
  }
  const body = start === 0 ? [parts[0], parts.slice(1).join(':')].filter(p => p).join(' ') : parts.join(':')
  return `INTERVAL '${micros < 0n ? '-' : ''}${body}' ${spanName(SPAN.day, start, end)}`
}

const byteText = (bytes: Uint8Array): string =>
  `X'${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase()}'`

type Of<K extends DataType['kind']> = Extract<DataType, { kind: K }>
type Printer = (value: never, type: never, timeZone: string) => string

/** Kinds that are not simply the value's own text. */
const TEXTS: Readonly<Partial<Record<DataType['kind'], Printer>>> = {
  double: (v: number) => doubleText(v),
  float: (v: number) => floatText(v),
  binary: byteText,
  date: (v: number) => `DATE '${dateText(v)}'`,
  timestamp: (v: bigint, _: DataType, zone: string) => `TIMESTAMP '${dateTimeText(toWallMicros(v, zone))}'`,
  timestampNtz: (v: bigint) => `TIMESTAMP_NTZ '${dateTimeText(v)}'`,
  time: (v: bigint) => `TIME '${timeText(Number(v))}'`,
  yearMonthInterval: (v: number, t: Of<'yearMonthInterval'>) => yearMonthText(v, t.startField, t.endField),
  dayTimeInterval: (v: bigint, t: Of<'dayTimeInterval'>) => dayTimeText(v, t.startField, t.endField),
  calendarInterval: (v: { months: number; days: number; micros: bigint }) =>
    `INTERVAL '${v.months} months ${v.days} days ${v.micros} microseconds'`,
  array: (v: readonly LiteralValue[], t: Of<'array'>, zone: string) =>
    `ARRAY(${v.map(x => literalText(x, t.elementType, zone)).join(', ')})`,
  map: (v: readonly (readonly [LiteralValue, LiteralValue])[], t: Of<'map'>, zone: string) =>
    `MAP(${v.map(([k, x]) => `${literalText(k, t.keyType, zone)}, ${literalText(x, t.valueType, zone)}`).join(', ')})`,
  struct: (v: readonly LiteralValue[], t: Of<'struct'>, zone: string) =>
    `NAMED_STRUCT(${t.fields.map((f, i) => `${f.name}, ${literalText(v[i]!, f.dataType, zone)}`).join(', ')})`,
}

/** A constant as it stands in Spark's automatic column names: strings without quotes, `DATE '2024-01-06'`, `INTERVAL '01' HOUR`. */
export function literalText(value: LiteralValue, type: DataType, timeZone: string): string {
  if (value === null) return 'NULL'
  const text = TEXTS[type.kind] as ((v: LiteralValue, t: DataType, zone: string) => string) | undefined
  return text ? text(value, type, timeZone) : String(value)
}
