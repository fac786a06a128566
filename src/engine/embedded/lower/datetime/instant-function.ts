import { type ColumnData, fromWallMicros, timestampNtzType, timestampType } from '../../../../types/index.ts'
import type { HostFunction } from '../context.ts'
import { nameSuffix } from './name-suffix.ts'

const DAY = 86_400_000_000
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER)

/** The instant of a wall clock in a zone, exactly by the rules of java.time; a whole day of one offset is looked up once. */
export function instantFunction(zone: string): HostFunction {
  const shifts = new Map<number, bigint | undefined>()
  return {
    name: `mr_instant_${nameSuffix(zone)}`,
    args: [timestampNtzType],
    returns: timestampType,
    call: wall => fromWallMicros(wall as bigint, zone),
    columns: ([wall], length) => instants(wall!, length, zone, shifts),
  }
}

/** The one shift of a day on the wall, or undefined where clocks change on it or on its neighbours. */
function shiftOf(day: number, zone: string): bigint | undefined {
  const at = (d: number) => fromWallMicros(BigInt(d) * BigInt(DAY), zone) - BigInt(d) * BigInt(DAY)
  const shift = at(day)
  return [day - 1, day + 1, day + 2].every(d => at(d) === shift) ? shift : undefined
}

function instants(wall: ColumnData, length: number, zone: string, shifts: Map<number, bigint | undefined>): ColumnData {
  const from = wall.values as BigInt64Array
  const values = new BigInt64Array(length)
  let lastDay = Number.NaN
  let shift: bigint | undefined
  for (let i = 0; i < length; i++) {
    const micros = from[i]!
    const day = micros < LARGEST && micros > -LARGEST ? Math.floor(Number(micros) / DAY) : Number.NaN
    if (day !== lastDay) {
      lastDay = day
      if (!shifts.has(day)) {
        if (shifts.size > 100_000) shifts.clear()
        shifts.set(day, Number.isNaN(day) ? undefined : shiftOf(day, zone))
      }
      shift = shifts.get(day)
    }
    values[i] = shift === undefined ? fromWallMicros(micros, zone) : micros + shift
  }
  return wall.validity ? { length, validity: wall.validity, values } : { length, values }
}
