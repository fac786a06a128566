import { crc32c } from '../../formats/index.ts'

/** Something that came in once and cannot be asked for again. */
export interface Arrival {
  /** When it came, epoch milliseconds. */
  readonly at: number
  /** What is known about it, as JSON text; empty = nothing. */
  readonly head: string
  readonly body: Uint8Array
}

/** What one put of the log holds: arrivals in their order, and where its feed stands after them. */
export interface Segment {
  readonly arrivals: readonly Arrival[]
  /** Anything JSON can hold; undefined = the feed keeps none. */
  readonly state?: unknown
}

/** `MRA1`: the format and its version. */
const MAGIC = 0x4d524131
/** Magic, checksum of all behind it, number of arrivals, bytes of state. */
const HEADER = 16
/** Of an arrival: time (float64), bytes of head and body (uint32 each). */
const ENTRY = 16

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Bytes an arrival takes in the log, roughly: what a bound is reckoned with. */
export const sizeOf = ({ head, body }: Arrival): number => ENTRY + head.length + body.length

/**
 * ```
 * magic 4 │ crc32c 4 │ count 4 │ state bytes 4 │ state JSON │ count × (at 8, head bytes 4, body bytes 4) │ head, body, head, body, …
 * ```
 * Numbers are big-endian.
 */
export function encodeSegment({ arrivals, state }: Segment): Uint8Array {
  const note = state === undefined ? new Uint8Array() : encoder.encode(JSON.stringify(state))
  const heads = arrivals.map(a => encoder.encode(a.head))
  const payload = arrivals.reduce((n, a, i) => n + heads[i]!.length + a.body.length, 0)
  const bytes = new Uint8Array(HEADER + note.length + arrivals.length * ENTRY + payload)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setUint32(8, arrivals.length)
  view.setUint32(12, note.length)
  bytes.set(note, HEADER)
  let entry = HEADER + note.length
  let at = entry + arrivals.length * ENTRY
  arrivals.forEach((arrival, i) => {
    view.setFloat64(entry, arrival.at)
    view.setUint32(entry + 8, heads[i]!.length)
    view.setUint32(entry + 12, arrival.body.length)
    entry += ENTRY
    bytes.set(heads[i]!, at)
    bytes.set(arrival.body, at + heads[i]!.length)
    at += heads[i]!.length + arrival.body.length
  })
  view.setUint32(4, crc32c(bytes, 8))
  return bytes
}

/** What the bytes hold; undefined where they are cut off or changed. */
export function decodeSegment(bytes: Uint8Array): Segment | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER || view.getUint32(0) !== MAGIC || view.getUint32(4) !== crc32c(bytes, 8)) return undefined
  const count = view.getUint32(8)
  const noteEnd = HEADER + view.getUint32(12)
  const note = decoder.decode(bytes.subarray(HEADER, noteEnd))
  const arrivals: Arrival[] = []
  let at = noteEnd + count * ENTRY
  for (let i = 0, entry = noteEnd; i < count; i++, entry += ENTRY) {
    const bodyAt = at + view.getUint32(entry + 8)
    const end = bodyAt + view.getUint32(entry + 12)
    arrivals.push({ at: view.getFloat64(entry), head: decoder.decode(bytes.subarray(at, bodyAt)), body: bytes.subarray(bodyAt, end) })
    at = end
  }
  return { arrivals, ...(note !== '' && { state: JSON.parse(note) }) }
}
