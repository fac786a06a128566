import { type ColumnData, dateText, zoneOffset } from '../types/index.ts'
import type { TextBytes } from './text-bytes.ts'
import { zoneText } from './texts.ts'

const DAY_MS = 86_400_000

/** Puts timestamps in Spark's form for files, `2026-01-31T10:00:00.000+01:00`, cut to milliseconds. */
export function timestampBytes(zone: string): (out: TextBytes, column: ColumnData, i: number) => void {
  const offset = zoneOffset(zone)
  let values: unknown
  let halves: Int32Array = new Int32Array(0)
  // Timestamps that stand together are mostly of one day.
  let day = Number.NaN
  let dayText = ''
  return (out, column, i) => {
    if (column.values !== values) {
      const longs = column.values as BigInt64Array
      values = longs
      halves = new Int32Array(longs.buffer, longs.byteOffset, longs.length * 2)
    }
    const ms = wholeMillis(halves[2 * i]! >>> 0, halves[2 * i + 1]!)
    const seconds = offset(Math.floor(ms / 1000))
    const local = ms + seconds * 1000
    const days = Math.floor(local / DAY_MS)
    if (days !== day) {
      day = days
      dayText = `${dateText(days)}T`
    }
    const ofDay = local - days * DAY_MS
    out.text(dayText)
    out.padded(Math.floor(ofDay / 3_600_000), 2)
    out.byte(58)
    out.padded(Math.floor(ofDay / 60_000) % 60, 2)
    out.byte(58)
    out.padded(Math.floor(ofDay / 1000) % 60, 2)
    out.byte(46)
    out.padded(ofDay % 1000, 3)
    out.text(zoneText(seconds))
  }
}

/** Milliseconds, rounded down, of micros given as two halves: exact for all 64 bits, which a number does not hold. */
function wholeMillis(low: number, high: number): number {
  const above = Math.floor(high / 1000)
  return above * 4_294_967_296 + Math.floor(((high - above * 1000) * 4_294_967_296 + low) / 1000)
}
