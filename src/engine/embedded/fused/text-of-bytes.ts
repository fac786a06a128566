import { isAscii, isUtf8 } from 'node:buffer'
import { type ColumnData, isValid } from '../../../types/index.ts'

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Bytes as texts, as the cast gives them: what is no UTF-8 becomes U+FFFD. The column itself where there is nothing to mend. */
export function textOfBytes(column: ColumnData, length: number): ColumnData {
  const { offsets, values } = column as { offsets: Int32Array; values: Uint8Array }
  const region = values.subarray(offsets[0], offsets[length])
  if (isAscii(region) || (isUtf8(region) && !cutsCharacters(values, offsets, length))) return column
  const parts: Uint8Array[] = []
  const ends = new Int32Array(length + 1)
  let size = 0
  for (let i = 0; i < length; i++) {
    const value = isValid(column, i) ? values.subarray(offsets[i], offsets[i + 1]) : new Uint8Array(0)
    const text = isUtf8(value) ? value : encoder.encode(lenient.decode(value))
    parts.push(text)
    ends[i + 1] = size += text.length
  }
  return { ...column, values: Buffer.concat(parts), offsets: ends }
}

/** All bytes together may be UTF-8 while a value ends in the middle of a character: the next one then begins within it. */
function cutsCharacters(values: Uint8Array, offsets: Int32Array, length: number): boolean {
  for (let i = 1; i < length; i++) {
    const at = offsets[i]!
    if (at < offsets[length]! && (values[at]! & 0xc0) === 0x80) return true
  }
  return false
}
