import {
  type DataType,
  dateText,
  dateTimeText,
  doubleText,
  floatText,
  Interval,
  isString,
  type StructType,
  stringType,
} from '../../../../types/index.ts'
import { fail, type HostFunction, type LowerContext } from '../context.ts'
import { instantToLocal } from '../local-time.ts'
import { once } from '../once.ts'
import { textOfBytes } from '../utf8.ts'
import type { CastJob } from './job.ts'

type Writer = (v: string, type: any, ctx: LowerContext) => string

/** Any type as the text Spark's cast gives. */
const WRITERS: Partial<Readonly<Record<DataType['kind'], Writer>>> = {
  boolean: plain,
  byte: plain,
  short: plain,
  integer: plain,
  long: plain,
  decimal: plain,
  time: plain,
  float: (v, type, ctx) => javaNumber(v, 'FLOAT', ctx, type),
  double: (v, type, ctx) => javaNumber(v, 'DOUBLE', ctx, type),
  binary: (v, _, ctx) => textOfBytes(v, ctx),
  date: (v, type, ctx) =>
    once(
      v,
      x =>
        `CASE WHEN ${x} BETWEEN DATE '0000-01-01' AND DATE '9999-12-31' THEN CAST(${x} AS VARCHAR) ELSE ${ctx.host(dateFar(type))}(${x}) END`,
    ),
  timestamp: (v, _, ctx) => localText(instantToLocal(v, ctx), ctx),
  timestampNtz: (v, _, ctx) => localText(v, ctx),
  yearMonthInterval: (v, type, ctx) => `${ctx.host(intervalText(type))}(${v})`,
  dayTimeInterval: (v, type, ctx) => `${ctx.host(intervalText(type))}(${v})`,
  calendarInterval: (v, type, ctx) => `${ctx.host(intervalText(type))}(${v})`,
  array: (v, type, ctx) =>
    `('[' || array_to_string(list_transform(${v}, lambda mr_e: ${orNull('mr_e', type.elementType, ctx)}), ', ') || ']')`,
  map: (v, type, ctx) => {
    const key = textOf('mr_e.key', type.keyType, ctx)
    return `('{' || array_to_string(list_transform(map_entries(${v}), lambda mr_e: ${key} || ' -> ' || ${orNull('mr_e.value', type.valueType, ctx)}), ', ') || '}')`
  },
  struct: (v, type: StructType, ctx) =>
    once(v, x => {
      const fields = type.fields.map((f, i) => orNull(`struct_extract_at(${x}, ${i + 1})`, f.dataType, ctx))
      return `CASE WHEN ${x} IS NOT NULL THEN '{' || ${fields.join(` || ', ' || `) || "''"} || '}' END`
    }),
  variant: v => v,
}

function plain(v: string): string {
  return `CAST(${v} AS VARCHAR)`
}
const orNull = (v: string, type: DataType, ctx: LowerContext): string => `COALESCE(${textOf(v, type, ctx)}, 'null')`

const textOf = (v: string, type: DataType, ctx: LowerContext): string =>
  isString(type) ? v : type.kind === 'null' ? 'CAST(NULL AS VARCHAR)' : (WRITERS[type.kind]?.(v, type, ctx) ?? plain(v))

export function toText(job: CastJob): string | undefined {
  const { v, from, to, ctx } = job
  const text = isString(from) ? v : WRITERS[from.kind]?.(v, from, ctx)
  return text === undefined || to.kind === 'string' ? text : limited(text, to)
}

/** char(n) is filled with blanks, varchar(n) and char(n) refuse longer texts unless only blanks are lost. */
function limited(text: string, to: DataType): string {
  if (to.kind !== 'char' && to.kind !== 'varChar') return text
  const n = to.length
  return once(text, x => {
    const fits = to.kind === 'char' ? `rpad(${x}, ${n}, ' ')` : x
    const cut = `CASE WHEN length(rtrim(${x}, ' ')) <= ${n} THEN left(${x}, ${n}) ELSE ${fail('EXCEED_LIMIT_LENGTH', { limit: String(n) })} END`
    return `CASE WHEN length(${x}) <= ${n} THEN ${fits} ELSE ${cut} END`
  })
}

/** From 1e-3 to 1e7 DuckDB writes a number as Java does; the rest (1.0E20, NaN, Infinity) is written by a host function. */
function javaNumber(v: string, type: 'FLOAT' | 'DOUBLE', ctx: LowerContext, from: DataType): string {
  const host: HostFunction = {
    name: `mr_${from.kind}_text`,
    args: [from],
    returns: stringType,
    call: n => (type === 'FLOAT' ? floatText(n as number) : doubleText(n as number)),
  }
  return once(v, x => `CASE WHEN abs(${x}) >= 0.001 AND abs(${x}) < 10000000 THEN CAST(${x} AS VARCHAR) ELSE ${ctx.host(host)}(${x}) END`)
}

/** Beyond 9999 and before 0 Spark puts a sign before the year. */
const dateFar = (type: DataType): HostFunction => ({
  name: 'mr_date_text',
  args: [type],
  returns: stringType,
  call: d => dateText(d as number),
})

function localText(v: string, ctx: LowerContext): string {
  const far: HostFunction = {
    name: 'mr_timestamp_text',
    args: [{ kind: 'timestampNtz' }],
    returns: stringType,
    call: t => dateTimeText(t as bigint),
  }
  return once(
    v,
    x =>
      `CASE WHEN ${x} BETWEEN TIMESTAMP '0000-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN CAST(${x} AS VARCHAR) ELSE ${ctx.host(far)}(${x}) END`,
  )
}

function intervalText(type: DataType): HostFunction {
  const call = (value: any): string => {
    const parts = type.kind === 'yearMonthInterval' ? { months: value } : type.kind === 'dayTimeInterval' ? { micros: value } : value
    return new Interval(parts, type as never).toString()
  }
  const fields = 'startField' in type ? `_${type.startField}${type.endField}` : ''
  return { name: `mr_interval_text_${type.kind.toLowerCase()}${fields}`, args: [type], returns: stringType, call }
}
