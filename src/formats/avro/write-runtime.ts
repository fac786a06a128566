import { MillraceError } from '../../errors/index.ts'

/** What generated encoders call. */

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** Writes a number of 64 bits, given as two words, in zigzag form; answers the place behind it. */
export function writeLong(out: Uint8Array, at: number, low: number, high: number): number {
  const sign = high >> 31
  let lo = ((low << 1) ^ sign) >>> 0
  let hi = (((high << 1) | (low >>> 31)) ^ sign) >>> 0
  let q = at
  while (hi !== 0) {
    out[q++] = (lo & 127) | 128
    lo = ((lo >>> 7) | ((hi & 127) << 25)) >>> 0
    hi >>>= 7
  }
  while (lo > 127) {
    out[q++] = (lo & 127) | 128
    lo >>>= 7
  }
  out[q++] = lo
  return q
}

/** The same for micros that are written as millis, rounded down. */
export function writeMillis(out: Uint8Array, at: number, low: number, high: number): number {
  if (high > -1_000_000 && high < 1_000_000) {
    const millis = Math.floor((high * 4_294_967_296 + (low >>> 0)) / 1000)
    return writeLong(out, at, millis | 0, Math.floor(millis / 4_294_967_296))
  }
  const micros = (BigInt(high) << 32n) | BigInt(low >>> 0)
  const millis = (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n
  return writeLong(out, at, Number(BigInt.asIntN(32, millis)), Number(millis >> 32n))
}

/** Writes four words, low word first, as big-endian two's complement: `size` bytes, or as few as hold it behind their number (`size` < 0). */
export function writeDecimal(out: Uint8Array, at: number, words: Int32Array, from: number, size: number): number {
  const byte = (i: number): number => (i < 16 ? (words[from + (i >> 2)]! >> ((i & 3) * 8)) & 255 : words[from + 3]! < 0 ? 255 : 0)
  let q = at
  let length = size
  if (size < 0) {
    const sign = words[from + 3]! < 0 ? 255 : 0
    length = 16
    while (length > 1 && byte(length - 1) === sign && (byte(length - 2) & 128) === (sign & 128)) length--
    out[q++] = length * 2
  }
  for (let i = length - 1; i >= 0; i--) out[q++] = byte(i)
  return q
}

export function grown(out: Uint8Array, wanted: number): Uint8Array {
  const made = new Uint8Array(Math.max(wanted, out.length * 2))
  made.set(out)
  return made
}

export function refuseNull(path: string, avro: string): never {
  throw new MillraceError('AVRO_CANNOT_WRITE_NULL_FIELD', { name: path, dataType: avro })
}
export function refuseSymbol(path: string, bytes: Uint8Array, symbols: readonly string[]): never {
  const few = symbols.slice(0, 10).join(', ')
  throw new MillraceError('AVRO_VALUE_DOES_NOT_FIT', {
    path,
    value: JSON.stringify(textOf(bytes)),
    why: `the enum has ${few}${symbols.length > 10 ? ', …' : ''}`,
  })
}
export function refuseSize(path: string, is: number, wanted: number): never {
  throw new MillraceError('AVRO_VALUE_DOES_NOT_FIT', { path, value: `${is} bytes`, why: `the fixed type has ${wanted}` })
}
export function refuseMembers(path: string): never {
  throw new MillraceError('AVRO_VALUE_DOES_NOT_FIT', {
    path,
    value: 'a struct with no member, or several',
    why: 'one branch of the union is written',
  })
}

/** The places of symbols by their text. */
export const symbolTable = (symbols: readonly string[]): ReadonlyMap<string, number> => new Map(symbols.map((s, i) => [s, i]))
export const symbolAt = (table: ReadonlyMap<string, number>, bytes: Uint8Array): number => table.get(textOf(bytes)) ?? -1
