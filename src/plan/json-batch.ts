import type { ColumnData, ColumnValues, RowBatch } from '../types/index.ts'
import { bytes, int32, type Json, type JsonObject, objectAt, refuse, text } from './json-codec.ts'
import { struct } from './json-type.ts'

/** The typed arrays a column may hold, by name. */
const ARRAYS = { Uint8Array, Int8Array, Int16Array, Int32Array, BigInt64Array, Float32Array, Float64Array } as const

const raw = (a: ColumnValues): Json => bytes.encode(new Uint8Array(a.buffer, a.byteOffset, a.byteLength))!

const encodeColumn = (c: ColumnData): JsonObject => ({
  length: c.length,
  ...(c.validity ? { validity: raw(c.validity) } : {}),
  ...(c.values ? { array: c.values.constructor.name, values: raw(c.values) } : {}),
  ...(c.offsets ? { offsets: raw(c.offsets) } : {}),
  ...(c.children ? { children: c.children.map(encodeColumn) } : {}),
})

function decodeColumn(json: Json, at: string): ColumnData {
  const o = objectAt(json, at)
  const name = o.values === undefined ? 'Uint8Array' : text.decode(o.array, `${at}.array`)
  if (!Object.hasOwn(ARRAYS, name)) return refuse(at, `there is no column array "${name}"`)
  const typed = (of: keyof typeof ARRAYS, field: string): ColumnValues =>
    new ARRAYS[of](bytes.decode(o[field], `${at}.${field}`).slice().buffer)
  return Object.freeze({
    length: int32.decode(o.length, `${at}.length`),
    ...(o.validity === undefined ? {} : { validity: typed('Uint8Array', 'validity') as Uint8Array }),
    ...(o.values === undefined ? {} : { values: typed(name as keyof typeof ARRAYS, 'values') }),
    ...(o.offsets === undefined ? {} : { offsets: typed('Int32Array', 'offsets') as Int32Array }),
    ...(o.children === undefined ? {} : { children: (o.children as Json[]).map((c, i) => decodeColumn(c, `${at}.children[${i}]`)) }),
  })
}

/** Rows that stand in the plan itself (`createDataFrame`), as extension `LocalRows`: the columns' own buffers in base64. */
export const encodeBatch = (batch: RowBatch): JsonObject => ({
  schema: struct.encode(batch.schema)!,
  length: batch.length,
  columns: batch.columns.map(encodeColumn),
})

export function decodeBatch(json: JsonObject, at: string): RowBatch {
  const columns = Array.isArray(json.columns) ? (json.columns as Json[]) : refuse(at, 'the rows have no columns')
  return Object.freeze({
    schema: struct.decode(json.schema, `${at}.schema`),
    length: int32.decode(json.length, `${at}.length`),
    columns: Object.freeze(columns.map((c, i) => decodeColumn(c, `${at}.columns[${i}]`))),
  })
}
