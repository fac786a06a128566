import { type DataType, fromWallMicros } from '../../../types/index.ts'
import type { Wire } from './relation.ts'

/** Days and micros from 1970, where Spark counts from, to 2000, where PostgreSQL does. */
const EPOCH_DAYS = 10_957
const EPOCH_MICROS = 946_684_800_000_000n

/** What Spark makes of the ends of time. */
const LAST_DAY = 2_932_896
const FIRST_DAY = -719_162
const LAST_MICROS = 253_402_300_799_999_999n
const FIRST_MICROS = -62_135_596_800_000_000n
const [INT32_MAX, INT32_MIN] = [2_147_483_647, -2_147_483_648]
const [INT64_MAX, INT64_MIN] = [2n ** 63n - 1n, -(2n ** 63n)]

export function daysAt(bytes: Buffer, at: number): number {
  const days = bytes.readInt32BE(at)
  return days === INT32_MAX ? LAST_DAY : days === INT32_MIN ? FIRST_DAY : days + EPOCH_DAYS
}
export function microsAt(bytes: Buffer, at: number): bigint {
  const micros = bytes.readBigInt64BE(at)
  return micros === INT64_MAX ? LAST_MICROS : micros === INT64_MIN ? FIRST_MICROS : micros + EPOCH_MICROS
}

type Number64 = (bytes: Buffer, at: number) => bigint

/** Micros of timestamps: a wall clock that is read as a moment is one of the session's zone. */
export function timestampReader(wire: Wire['name'], type: DataType, timeZone: string): Number64 {
  const micros: Number64 = wire === 'time' ? (bytes, at) => bytes.readBigInt64BE(at) : microsAt
  if (wire === 'timestamptz' || type.kind === 'timestampNtz' || timeZone === 'UTC') return micros
  return (bytes, at) => fromWallMicros(micros(bytes, at), timeZone)
}
