import type { StructType } from './data-type.ts'

/**
 * One column in Arrow's memory layout, in typed arrays. `validity` is a bitmap, least significant bit first, 1 = value, absent = no nulls.
 *
 * | type | `values` | other |
 * |---|---|---|
 * | boolean | bits, LSB first (`Uint8Array`) | |
 * | byte, short, integer | `Int8Array`, `Int16Array`, `Int32Array` | |
 * | long, timestamp, timestampNtz, dayTimeInterval, time | `BigInt64Array` (micros since the epoch; time: micros of the day) | |
 * | date, yearMonthInterval | `Int32Array` (days since the epoch; months) | |
 * | float, double | `Float32Array`, `Float64Array` | |
 * | decimal | `BigInt64Array`, two words a value, low word first (128-bit two's complement, unscaled) | |
 * | calendarInterval | `BigInt64Array`, two words a value: months (low 32 bits) and days (high 32), then micros | |
 * | string, binary, variant (JSON text), char, varChar | `Uint8Array` of all bytes | `offsets`: `Int32Array` of length + 1 |
 * | array, map | absent | `offsets`; `children`: [element], or [key, value] |
 * | struct | absent | `children`: one a field, same length |
 * | null | absent | |
 */
export interface ColumnData {
  readonly length: number
  readonly validity?: Uint8Array
  readonly values?: ColumnValues
  readonly offsets?: Int32Array
  readonly children?: readonly ColumnData[]
}

export type ColumnValues = Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array

/** A table in columns: what travels between sources, engine and sinks. JS values are made on demand by `rowsOf()` (`row-values.ts`). */
export interface RowBatch {
  readonly schema: StructType
  readonly length: number
  readonly columns: readonly ColumnData[]
}

export const isValid = (column: ColumnData, i: number): boolean =>
  column.validity === undefined || (column.validity[i >> 3]! & (1 << (i & 7))) !== 0
