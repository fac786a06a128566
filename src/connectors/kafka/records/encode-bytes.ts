/** Bytes of `value` as a zigzag varint. Values up to ±2^52: lengths, counts and differences of milliseconds. */
export function sizeOfVarint(value: number): number {
  // Zigzag doubles the magnitude; -1 takes what 1 takes less one.
  const zigzag = value >= 0 ? value * 2 : -value * 2 - 1
  if (zigzag < 0x80) return 1
  if (zigzag < 0x4000) return 2
  if (zigzag < 0x20_0000) return 3
  let size = 4
  for (let rest = Math.floor(zigzag / 0x1000_0000); rest > 0; rest = Math.floor(rest / 0x80)) size++
  return size
}

/** Writes `value` as a zigzag varint; answers where the next byte goes. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  let next = at
  while (rest >= 0x80) {
    bytes[next++] = (rest % 0x80) | 0x80
    rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 0x80)
  }
  bytes[next++] = rest
  return next
}

/** Reads a zigzag varint at `at.next` and moves it on. */
export function readVarint(bytes: Uint8Array, at: { next: number }): number {
  let zigzag = 0
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[at.next++]!
    zigzag += (byte & 0x7f) * scale
    if (byte < 0x80) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  }
}

/** Bytes to copy from, in the two shapes that copy fast. */
export interface ByteSource {
  readonly view: DataView
  readonly buffer: Buffer
}
export function byteSource(bytes: Uint8Array): ByteSource {
  return {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }
}

/** From here on the call into native code is worth its price (measured). */
const NATIVE_FROM = 160

/** Copies bytes to `to`, whose view is `view`: eight at a time while that is quicker than a native copy. */
export function putBytes(to: Uint8Array, view: DataView, at: number, from: ByteSource, start: number, length: number): void {
  if (length >= NATIVE_FROM) {
    from.buffer.copy(to, at, start, start + length)
    return
  }
  const source = from.view
  let i = 0
  for (; i + 8 <= length; i += 8) view.setBigUint64(at + i, source.getBigUint64(start + i, true), true)
  for (; i < length; i++) view.setUint8(at + i, source.getUint8(start + i))
}
