import { type ColumnData, field, longType, type RowBatch, type StructType, structType, timestampType } from '../../types/index.ts'

export const RATE_SCHEMA: StructType = structType([field('timestamp', timestampType), field('value', longType)])

/** How many values have been made when `seconds` have passed, with a ramp of `rampUp` seconds (Spark's RateStreamProvider). */
export function valueAtSecond(seconds: number, rowsPerSecond: number, rampUp: number): number {
  const step = Math.floor(rowsPerSecond / (rampUp + 1))
  if (seconds > rampUp) return valueAtSecond(rampUp, rowsPerSecond, rampUp) + (seconds - rampUp) * rowsPerSecond
  return ((seconds * (seconds + 1)) / 2) * step
}

const SLICE = 65_536

/** Values `from` up to, without, `to`, in slices; `millisAt` is the time of the value. */
export function* rateBatches(from: number, to: number, millisAt: (value: number) => number): Generator<RowBatch> {
  for (let at = from; at < to; at += SLICE) {
    const length = Math.min(SLICE, to - at)
    const times = new BigInt64Array(length)
    const values = new BigInt64Array(length)
    for (let i = 0; i < length; i++) {
      times[i] = BigInt(millisAt(at + i)) * 1000n
      values[i] = BigInt(at + i)
    }
    const columns: ColumnData[] = [
      { length, values: times },
      { length, values },
    ]
    yield { schema: RATE_SCHEMA, length, columns }
  }
}
