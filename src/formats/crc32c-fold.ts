/*
  Folding, 64 bytes a step. A block is sixteen words of four bytes. What a word contributes to the sum behind 64 more bytes can be said by the word in
  the same place of the next block; that map is linear, so each of its eight half bytes is one look-up in a table of sixteen, and a vector instruction
  does sixteen look-ups at once. For that the first bytes of all words stand in one vector (plane 0), the second ones in another, and so on.
*/

/** Bytes of a step. */
export const BLOCK = 64
const WORDS = 16
const PLANES = 4
/** Where the state stands in the memory, behind 32 tables of 16 bytes, and where the bytes to be folded go. */
const STATE_AT = 512
const BYTES_AT = 1024
const PAGE = 65_536
const PAGES = 3
/** Bytes that are folded in one call. */
const ROOM = 2 * PAGE

/** Advances a sum over one byte. */
export type Step = (sum: number, byte: number) => number

export interface Folding {
  /**
   * Replaces whole blocks (a multiple of 64 bytes) by one block with the same sum, for a sum that starts at `start`. The block is good until the
   * next call.
   */
  fold(bytes: Uint8Array, from: number, to: number, start: number): Uint8Array
}

interface Wasm {
  readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly fold: (from: number, to: number) => void }
}
declare const WebAssembly: { Module: new (code: Uint8Array) => object; Instance: new (module: object) => Wasm }

export function folding(step: Step): Folding {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(program()))
  const memory = new Uint8Array(exports.memory.buffer)
  memory.set(tables(step))
  const state = memory.subarray(STATE_AT, STATE_AT + BLOCK)
  const block = new Uint8Array(BLOCK)
  return {
    fold(bytes, from, to, start) {
      state.fill(0)
      for (let at = from; at < to; at += ROOM) {
        const end = Math.min(to, at + ROOM)
        memory.set(bytes.subarray(at, end), BYTES_AT)
        if (at === from) for (let i = 0; i < 4; i++) memory[BYTES_AT + i]! ^= start >>> (8 * i)
        exports.fold(BYTES_AT, BYTES_AT + end - at)
      }
      for (let i = 0; i < BLOCK; i++) block[i] = state[(i % PLANES) * WORDS + Math.floor(i / PLANES)]!
      return block
    },
  }
}

/** Table (plane, half, plane of the next block): what a half byte becomes there. */
function tables(step: Step): Uint8Array {
  const all = new Uint8Array(STATE_AT)
  for (let plane = 0; plane < PLANES; plane++)
    for (let half = 0; half < 2; half++)
      for (let value = 0; value < 16; value++) {
        const word = value << (plane * 8 + half * 4)
        let sum = 0
        for (let i = 0; i < BLOCK; i++) sum = step(sum, i < PLANES ? (word >>> (8 * i)) & 255 : 0)
        // A sum is as good as a change of the four bytes that come next.
        for (let to = 0; to < PLANES; to++) all[tableAt(plane, half, to) + value] = sum >>> (8 * to)
      }
  return all
}
const tableAt = (plane: number, half: number, to: number): number => ((plane * 2 + half) * PLANES + to) * 16

const I32_CONST = 0x41
const LOCAL_GET = 0x20
const LOCAL_SET = 0x21
const V128 = 0x7b
const I32 = 0x7f

/** An unsigned number in the format's varint. */
const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >> 7)])
const section = (id: number, body: readonly number[]): number[] => [id, ...leb(body.length), ...body]
const name = (text: string): number[] => [text.length, ...Buffer.from(text)]
const get = (local: number): number[] => [LOCAL_GET, local]
const set = (local: number): number[] => [LOCAL_SET, local]
const vector = (instruction: number, ...immediate: number[]): number[] => [0xfd, ...leb(instruction), ...immediate]
/** A vector at an address, which need not be aligned. */
const load = (offset: number): number[] => vector(0x00, 0, ...leb(offset))
const store = (offset: number): number[] => vector(0x0b, 0, ...leb(offset))
const XOR = vector(0x51)
/** As `i8x16.swizzle` where every index is below 16. */
const LOOK_UP = vector(0x100)

/** The module: `memory`, and `fold(from, to)`, which takes the blocks between two addresses into the state. */
function program(): Uint8Array {
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, PAGES]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('fold'), 0, 0]),
    ...section(10, [1, ...sized([1, 10, V128, ...foldCode(), 0x0b])]),
  ]
  return Uint8Array.from(bytes)
}
const sized = (body: readonly number[]): number[] => [...leb(body.length), ...body]

function foldCode(): number[] {
  const [from, to, low, high] = [0, 1, 10, 11]
  const planes = [0, 1, 2, 3]
  const state = (plane: number): number => 2 + plane
  const next = (plane: number): number => 6 + plane
  const lookUp = (table: number, index: number): number[] => [I32_CONST, 0, ...load(table), ...get(index), ...LOOK_UP, ...XOR]
  const plane = (p: number): number[] => [
    ...[...get(state(p)), I32_CONST, 15, ...vector(0x0f), ...vector(0x4e), ...set(low)],
    ...[...get(state(p)), I32_CONST, 4, ...vector(0x6d), ...set(high)],
    ...planes.flatMap(n => [...get(next(n)), ...lookUp(tableAt(p, 0, n), low), ...lookUp(tableAt(p, 1, n), high), ...set(next(n))]),
  ]
  const [LOOP, BR_IF, END, NO_RESULT, I32_ADD, I32_LT_U] = [0x03, 0x0d, 0x0b, 0x40, 0x6a, 0x49]
  return [
    ...planes.flatMap(p => [I32_CONST, 0, ...load(STATE_AT + p * WORDS), ...set(state(p))]),
    ...[LOOP, NO_RESULT],
    ...planesOf(from, next, [low, high]),
    ...planes.flatMap(plane),
    ...planes.flatMap(p => [...get(next(p)), ...set(state(p))]),
    // 64 as a signed varint takes two bytes.
    ...[...get(from), I32_CONST, 0xc0, 0x00, I32_ADD, ...set(from)],
    ...[...get(from), ...get(to), I32_LT_U, BR_IF, 0, END],
    ...planes.flatMap(p => [I32_CONST, 0, ...get(state(p)), ...store(STATE_AT + p * WORDS)]),
  ]
}

/** Loads a block and sorts its bytes into planes: first two planes, half of each, out of two vectors, then the halves together. */
function planesOf(from: number, plane: (p: number) => number, [first, second]: readonly [number, number]): number[] {
  const shuffle = (bytes: readonly number[]): number[] => vector(0x0d, ...bytes)
  const ofWords = (p: number): number[] => [0, 4, 8, 12, 16, 20, 24, 28].map(word => word + p)
  const eight = (start: number): number[] => [0, 1, 2, 3, 4, 5, 6, 7].map(i => start + i)
  const halves = (vectors: number, p: number): number[] => [
    ...[...get(from), ...load(vectors * 16), ...get(from), ...load(vectors * 16 + 16)],
    ...shuffle([...ofWords(p), ...ofWords(p + 1)]),
  ]
  return [0, 2].flatMap(p => [
    ...[...halves(0, p), ...set(first), ...halves(2, p), ...set(second)],
    ...[...get(first), ...get(second), ...shuffle([...eight(0), ...eight(16)]), ...set(plane(p))],
    ...[...get(first), ...get(second), ...shuffle([...eight(8), ...eight(24)]), ...set(plane(p + 1))],
  ])
}
