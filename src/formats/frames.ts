/** Sixteen magic numbers of frames that carry no data; LZ4 and zstd share them. */
const SKIPPABLE = 0x184d2a50

interface FrameFormat {
  readonly magic: number
  /** Where the frame that begins at `start` ends. */
  readonly end: (view: DataView, start: number) => number
}

/**
 * The LZ4 frames that stand one behind another, each whole, found by walking over the lengths of their blocks; frames without data are left out.
 * Decoders take one frame and pass over what follows in silence. Throws an Error that says where the bytes stop being frames.
 */
export const lz4Frames = (bytes: Uint8Array): Uint8Array[] => framesOf(bytes, { magic: 0x184d2204, end: lz4End })

/** The same for zstd. */
export const zstdFrames = (bytes: Uint8Array): Uint8Array[] => framesOf(bytes, { magic: 0xfd2fb528, end: zstdEnd })

function framesOf(bytes: Uint8Array, format: FrameFormat): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Uint8Array[] = []
  if (bytes.length === 0) throw new Error('there are none')
  for (let at = 0; at < bytes.length; ) {
    const magic = within(view, at, 4, 'the magic number of a frame').getUint32(at, true)
    const skipped = (magic & 0xfffffff0) >>> 0 === SKIPPABLE
    if (!skipped && magic !== format.magic) throw new Error(`there is no frame at byte ${at}`)
    const end = skipped ? at + 8 + within(view, at, 8, 'a frame').getUint32(at + 4, true) : format.end(view, at)
    within(view, at, end - at, 'a frame')
    if (!skipped) frames.push(bytes.subarray(at, end))
    at = end
  }
  return frames
}

function within(view: DataView, at: number, length: number, what: string): DataView {
  if (at + length > view.byteLength) throw new Error(`they are cut short in ${what}`)
  return view
}

function lz4End(view: DataView, start: number): number {
  const flags = within(view, start, 7, 'the header of a frame').getUint8(start + 4)
  if (flags & 0x01) throw new Error('a frame needs a dictionary')
  const blockChecksum = flags & 0x10 ? 4 : 0
  const contentChecksum = flags & 0x04 ? 4 : 0
  let at = start + 7 + (flags & 0x08 ? 8 : 0)
  for (;;) {
    // The highest bit says that the block is stored as it is.
    const length = within(view, at, 4, 'a frame').getUint32(at, true) & 0x7fffffff
    if (length === 0) return at + 4 + contentChecksum
    at += 4 + length + blockChecksum
  }
}

const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const
const REPEATED_BYTE = 1

function zstdEnd(view: DataView, start: number): number {
  const flags = within(view, start, 5, 'the header of a frame').getUint8(start + 4)
  const oneSegment = (flags & 0x20) !== 0
  const contentSize = CONTENT_SIZE_BYTES[(flags >> 6) as 0 | 1 | 2 | 3]
  let at = start + 5 + (oneSegment ? Math.max(contentSize, 1) : contentSize + 1) + DICTIONARY_ID_BYTES[(flags & 3) as 0 | 1 | 2 | 3]
  for (let last = false; !last; ) {
    within(view, at, 3, 'a frame')
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16)
    last = (header & 1) === 1
    at += 3 + (((header >> 1) & 3) === REPEATED_BYTE ? 1 : header >> 3)
  }
  return at + (flags & 0x04 ? 4 : 0)
}
