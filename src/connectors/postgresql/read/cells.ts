import { type DataType, Decimal, type DecimalType, LocalDate } from '../../../types/index.ts'
import { CellError } from './cell-error.ts'
import { daysAt, timestampReader } from './epoch.ts'
import { readNumeric } from './numeric.ts'
import type { Wire } from './relation.ts'

type Read = (bytes: Buffer, start: number, length: number) => unknown

/** One reader a binary form, as `columnBuilder` takes the value. */
const READERS: { readonly [N in Wire['name']]: (type: DataType, timeZone: string) => Read } = {
  bool: () => (bytes, at) => bytes[at] !== 0,
  int2: () => (bytes, at) => bytes.readInt16BE(at),
  int4: () => (bytes, at) => bytes.readInt32BE(at),
  int8: () => (bytes, at) => bytes.readBigInt64BE(at),
  float4: () => (bytes, at) => bytes.readFloatBE(at),
  float8: () => (bytes, at) => bytes.readDoubleBE(at),
  numeric: type => (bytes, at) => new Decimal(readNumeric(bytes, at, (type as DecimalType).scale), (type as DecimalType).scale),
  text: () => (bytes, at, length) => bytes.toString('utf8', at, at + length),
  bytea: () => (bytes, at, length) => new Uint8Array(bytes.subarray(at, at + length)),
  date: () => (bytes, at) => new LocalDate(daysAt(bytes, at)),
  timestamp: (type, zone) => timestampReader('timestamp', type, zone),
  timestamptz: (type, zone) => timestampReader('timestamptz', type, zone),
  time: (type, zone) => (type.kind === 'time' ? (bytes, at) => bytes.readBigInt64BE(at) : timestampReader('time', type, zone)),
}

/** Reads arrays as values of JavaScript: those of arrays have as many levels as the type. */
export function arrayReader(wire: Wire, type: DataType, timeZone: string): Read {
  let levels = 0
  let element = type
  while (element.kind === 'array') {
    element = element.elementType
    levels++
  }
  const read = READERS[wire.name](element, timeZone)
  return (bytes, start) => readArray(bytes, start, levels, read)
}

/** Dimensions, flags, element type; for each dimension length and first index; then each element with its length. */
function readArray(bytes: Buffer, start: number, levels: number, read: Read): readonly unknown[] {
  const dimensions = bytes.readInt32BE(start)
  if (dimensions === 0) return []
  if (dimensions !== levels) throw new CellError(`its value has ${dimensions} dimensions where the column has ${levels}`)
  const lengths = Array.from({ length: dimensions }, (_, d) => bytes.readInt32BE(start + 12 + 8 * d))
  let at = start + 12 + 8 * dimensions
  const level = (depth: number): unknown[] =>
    Array.from({ length: lengths[depth]! }, () => {
      if (depth + 1 < dimensions) return level(depth + 1)
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < 0) return null
      const value = read(bytes, at, length)
      at += length
      return value
    })
  return level(0)
}
