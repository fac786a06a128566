import {
  type DataType,
  type Decimal,
  type LocalDate,
  type LocalTimestamp,
  type RowBatch,
  rowsOf,
  type StructType,
  type Timestamp,
} from '../../src/types/index.ts'

/** One text per row, equal for equal rows whatever the form: what Spark's JSON and our values have in common. */
export const canonicalExpected = (schema: StructType, rows: readonly unknown[]): string[] =>
  rows.map(row => JSON.stringify(expected(schema, row)))
export const canonicalRows = (schema: StructType, batches: readonly RowBatch[]): string[] =>
  batches.flatMap(batch => [...rowsOf(batch)].map(row => JSON.stringify(actual(schema, row))))

const number = (v: unknown): unknown => {
  const n = Number(v)
  return Number.isFinite(n) ? n + 0 : String(n)
}
const pairs = (entries: readonly (readonly [unknown, unknown])[]): unknown =>
  entries.map(([k, v]) => [String(k), v]).sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))

/** Micros of `2026-01-01T12:00:00.123456Z`, whatever the offset; years beyond 9999 as Spark writes them: `+57971-…`. */
function micros(text: string, utc: boolean): string {
  const m = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/.exec(text.replace(/^([+-])(\d{5})-/, '$10$2-'))!
  const seconds = BigInt(Date.parse(`${m[1]}${utc ? 'Z' : (m[3] ?? 'Z')}`)) * 1000n
  return String(seconds + BigInt((m[2] ?? '').padEnd(6, '0').slice(0, 6) || '0'))
}

function expected(type: DataType, v: unknown): unknown {
  if (v === null || v === undefined) return null
  switch (type.kind) {
    case 'struct':
      return type.fields.map(f => [f.name, expected(f.dataType, (v as Record<string, unknown>)[f.name])])
    case 'array':
      return (v as unknown[]).map(e => expected(type.elementType, e))
    case 'map':
      return pairs(Object.entries(v).map(([k, e]) => [k, expected(type.valueType, e)]))
    case 'timestamp':
      return micros(v as string, false)
    case 'timestampNtz':
      return micros(v as string, true)
    case 'float':
    case 'double':
    case 'decimal':
      return number(v)
    case 'long':
      return String(v)
    default:
      return v
  }
}

function actual(type: DataType, v: unknown): unknown {
  if (v === null || v === undefined) return null
  switch (type.kind) {
    case 'struct':
      return type.fields.map(f => [f.name, actual(f.dataType, (v as Record<string, unknown>)[f.name])])
    case 'array':
      return (v as unknown[]).map(e => actual(type.elementType, e))
    case 'map':
      return pairs([...(v as Map<unknown, unknown>)].map(([k, e]) => [k, actual(type.valueType, e)]))
    case 'timestamp':
      return String((v as Timestamp).micros)
    case 'timestampNtz':
      return String((v as LocalTimestamp).micros)
    case 'date':
      return String(v as LocalDate)
    case 'decimal':
      return number(String(v as Decimal))
    case 'float':
    case 'double':
      return number(v)
    case 'long':
      return String(v)
    case 'binary':
      return Buffer.from(v as Uint8Array).toString('base64')
    default:
      return v
  }
}
