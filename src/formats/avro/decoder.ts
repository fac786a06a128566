import { MillraceError } from '../../errors/index.ts'
import { type AvroSchema, type ColumnData, type DataType, typeName } from '../../types/index.ts'
import * as runtime from './runtime.ts'
import { FAIL } from './skip-code.ts'
import { Slots } from './slots.ts'
import { ValueCode } from './value-code.ts'

export interface DecoderOptions {
  /** Schemas that messages were written with; which one a message has is said with it. */
  readonly writers: readonly AvroSchema[]
  readonly reader: AvroSchema
  /** What the values become; as a rule `avroToSpark(reader)`. */
  readonly type: DataType
  /** Of a struct, the fields that are read; the others come out without buffers. Absent = all. */
  readonly fields?: ReadonlySet<string>
}

/** Messages in one buffer. */
export interface Messages {
  readonly bytes: Uint8Array
  /** Where each begins and ends; absent: they follow each other without anything between. */
  readonly starts?: Int32Array
  readonly ends?: Int32Array
  /** The number of each one's writer, -1 = none: a null comes out. Absent = all have the first. */
  readonly which?: Int32Array
  readonly length: number
}
export interface Decoded {
  readonly column: ColumnData
  /** Messages that are none, or have bytes left over behind a first byte of 0: their values are null. */
  readonly bad: readonly number[]
  /** Where the last message ends. */
  readonly end: number
}
export type AvroDecoder = (messages: Messages) => Decoded

/** Code longer than this is cut into functions, which the compiler takes one by one. */
const LONG = 16_000
const PIECE = 6_000

/** Puts statements into functions of bounded size, and answers the calls. */
function cut(statements: readonly string[], functions: string[]): string {
  const whole = statements.join('\n')
  if (whole.length <= LONG) return whole
  const calls: string[] = []
  let piece = ''
  const close = (): void => {
    const name = `x${functions.length}`
    functions.push(`const ${name} = (p, e, r) => { let x = 0, y = 0, j = 0; ${piece.replaceAll(FAIL, 'return N;')} return p; };`)
    calls.push(`p = ${name}(p, e, r); if (p > e) ${FAIL}`)
    piece = ''
  }
  for (const s of statements) {
    piece += `${s}\n`
    if (piece.length > PIECE) close()
  }
  if (piece !== '') close()
  return calls.join('\n')
}

function sourceOf({ writers, reader, type, fields }: DecoderOptions): { readonly source: string; readonly constants: unknown[] } {
  const slots = new Slots()
  const root = slots.add(type, slots.rows, fields)
  if (!root) throw new MillraceError('AVRO_INCOMPATIBLE_TYPE', { path: '', avro: reader.type, type: typeName(type) })
  const code = new ValueCode(slots)
  const functions: string[] = []
  const bodies = writers.map(w => {
    const statements =
      w.type === 'record' && reader.type === 'record' ? code.record(w, reader, root, '') : [code.value(w, reader, root, '')]
    return cut(statements, functions)
  })
  const body = bodies.length === 1 ? bodies[0]! : bodies.map((b, i) => `if (k === ${i}) { ${b} }`).join(' else ')
  const none = root.shape === 'struct' ? root.children.map(c => slots.none(c)).join(' ') : slots.none(root)
  const source = `'use strict';
const { readLong: L, readInt: I, timesThousand: M, readDecimal: D, superseded: U, larger: G, roomFor: E, put: P, bitsOf: B, columnOf: C, textOf: T } = H;
const N = ${runtime.NOWHERE}, R = new Int32Array(2), S = [];
${code.skips.functions}
return function decode(b, starts, ends, which, n) {
const d = new DataView(b.buffer, b.byteOffset, b.byteLength);
let x = 0, y = 0, j = 0, p = 0, e = b.length, k = 0;
const bad = [];
${slots.declare()}
${functions.join('\n')}
for (let r = 0; r < n; r++) {
  if (which !== null) k = which[r];
  if (k >= 0) {
    if (starts !== null) { p = starts[r]; e = ends[r]; }
    message: {
      ${body.replaceAll(FAIL, 'break message;')}
      if (p > e) break message;
      if (starts === null || p === e || b[starts[r]] !== 0 || e - starts[r] < 5) continue;
    }
    bad.push(r);
    if (starts === null) p = N;
    ${slots.undo(slots.rows, 'r')}
  }
  ${none}
}
${slots.remember()}
return { bad, end: p, column: ${slots.taken(root)} };
}`
  return { source, constants: code.constants }
}

/**
 * Writes, from the schemas alone, a function that reads messages straight into columns. Names and defaults never stand in its code.
 *
 * A message is bad when it ends too early, when a number, length, count, symbol or branch in it cannot be, when a decimal has too many digits, or
 * when bytes are left over and the first byte is 0, as it is where a registry's frame stands before the message. Other bytes left over are passed
 * over, as Spark does. Nothing is read beyond a message; what a list may hold is bounded by the bytes it takes.
 *
 * @throws INCOMPATIBLE_AVRO_SCHEMAS, AVRO_INCOMPATIBLE_TYPE, INVALID_AVRO_SCHEMA (a default)
 */
export function avroDecoder(options: DecoderOptions): AvroDecoder {
  const { source, constants } = sourceOf(options)
  const decode = new Function('H', 'K', source)(runtime, constants) as (
    bytes: Uint8Array,
    starts: Int32Array | null,
    ends: Int32Array | null,
    which: Int32Array | null,
    length: number,
  ) => Decoded
  return ({ bytes, starts, ends, which, length }) => decode(bytes, starts ?? null, ends ?? null, which ?? null, length)
}
