import type { BooleanBuilder, BytesBuilder, FixedBuilder, LongBuilder } from '../builders.ts'
import type { DefaultTimes } from '../times.ts'
import { MOST_CHARACTERS, MOST_DIGITS } from './options.ts'

/** What most values of a slot look like, and where they go. */
export type PlainForm =
  | { readonly kind: 'text'; readonly builder: BytesBuilder }
  | {
      readonly kind: 'integer'
      readonly builder: FixedBuilder<Int8Array | Int16Array | Int32Array>
      readonly min: number
      readonly max: number
    }
  | { readonly kind: 'long'; readonly builder: LongBuilder }
  | { readonly kind: 'real'; readonly builder: FixedBuilder<Float32Array | Float64Array> }
  | { readonly kind: 'boolean'; readonly builder: BooleanBuilder }
  | { readonly kind: 'timestamp'; readonly builder: LongBuilder; readonly times: DefaultTimes }
  /** A field nobody asked for. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'other' }

const QUOTE = 34
const POINT = 46
const MINUS = 45
const ZERO = 48
const POWERS = Float64Array.from({ length: 16 }, (_, i) => 10 ** i)
/** Characters that end the plain part of a string. */
const STOPS = Uint8Array.from({ length: 256 }, (_, c) => (c === QUOTE || c === 92 || c < 32 ? 1 : 0))

/** Reads the value at `at` in its plain form and appends it; answers where it ends. -1: it is not plain, and nothing was appended. */
export function plainValue(form: PlainForm, b: Uint8Array, at: number, end: number): number {
  switch (form.kind) {
    case 'text':
      return text(form.builder, b, at, end)
    case 'integer':
      return integer(form, b, at, end)
    case 'long':
      return long(form.builder, b, at, end)
    case 'real':
      return real(form.builder, b, at, end)
    case 'boolean':
      return boolean(form.builder, b, at, end)
    case 'timestamp':
      return timestamp(form, b, at, end)
    case 'skipped':
      return b[at] === QUOTE ? closed(b, at, stopAfter(b, at, end), end) : skippedNumber(b, at, end)
    default:
      return -1
  }
}

/** The first quote, backslash or control character behind the quote at `at`; `end` when there is none. */
function stopAfter(b: Uint8Array, at: number, end: number): number {
  let i = at + 1
  while (i < end && STOPS[b[i]!] === 0) i++
  return i
}
const closed = (b: Uint8Array, at: number, stop: number, end: number): number =>
  stop < end && b[stop] === QUOTE && stop - at <= MOST_CHARACTERS ? stop + 1 : -1

function text(builder: BytesBuilder, b: Uint8Array, at: number, end: number): number {
  if (b[at] !== QUOTE) return -1
  const behind = closed(b, at, stopAfter(b, at, end), end)
  if (behind >= 0) builder.append(b, at + 1, behind - 1)
  return behind
}

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= ZERO && c <= 57

/** Behind the digits at `at`; a number may not begin with a zero that is not alone. */
function digitsEnd(b: Uint8Array, at: number, end: number): number {
  let i = at
  while (i < end && isDigit(b[i])) i++
  return i === at || (i - at > 1 && b[at] === ZERO) ? -1 : i
}
const isWhole = (b: Uint8Array, at: number, end: number): boolean => at >= end || (b[at] !== POINT && (b[at]! | 32) !== 101)

/** The number whose digits `wholeNumber` has just passed. */
let passed = 0

/** Behind the digits at `at`, at most `most` of them, which become `passed`; -1 where they are no whole number. */
function wholeNumber(b: Uint8Array, at: number, end: number, most: number): number {
  let n = 0
  let i = at
  for (; i < end && isDigit(b[i]); i++) n = n * 10 + b[i]! - ZERO
  if (i === at || i - at > most || (b[at] === ZERO && i - at > 1) || !isWhole(b, i, end)) return -1
  passed = n
  return i
}

function integer(form: Extract<PlainForm, { kind: 'integer' }>, b: Uint8Array, at: number, end: number): number {
  const first = b[at] === MINUS ? at + 1 : at
  const to = wholeNumber(b, first, end, 10)
  if (to < 0) return -1
  const n = first === at ? passed : -passed
  if (n < form.min || n > form.max) return -1
  const { builder } = form
  const i = builder.next()
  builder.values[i] = n
  return to
}

function long(builder: LongBuilder, b: Uint8Array, at: number, end: number): number {
  const first = b[at] === MINUS ? at + 1 : at
  const to = wholeNumber(b, first, end, 15)
  if (to >= 0) builder.append(first === at ? passed : -passed)
  return to
}

/** Up to 15 digits and the power of ten are exact, so that one division rounds once. */
function real(builder: FixedBuilder<Float32Array | Float64Array>, b: Uint8Array, at: number, end: number): number {
  const first = b[at] === MINUS ? at + 1 : at
  let n = 0
  let to = first
  for (; to < end && isDigit(b[to]); to++) n = n * 10 + b[to]! - ZERO
  if (to === first || (b[first] === ZERO && to - first > 1)) return -1
  if (to < end && b[to] === POINT) {
    const point = to++
    for (; to < end && isDigit(b[to]); to++) n = n * 10 + b[to]! - ZERO
    const scale = to - point - 1
    if (scale === 0 || to - first > 16) return -1
    n /= POWERS[scale]!
  } else if (to - first > 15) return -1
  if (to < end && (b[to]! | 32) === 101) return -1
  const i = builder.next()
  builder.values[i] = first === at ? n : -n
  return to
}

function skippedNumber(b: Uint8Array, at: number, end: number): number {
  const to = digitsEnd(b, b[at] === MINUS ? at + 1 : at, end)
  if (to < 0 || to - at > MOST_DIGITS) return -1
  if (to >= end || b[to] !== POINT) return isWhole(b, to, end) ? to : -1
  let i = to + 1
  while (i < end && isDigit(b[i])) i++
  return i > to + 1 && i - at <= MOST_DIGITS && isWhole(b, i, end) ? i : -1
}

function boolean(builder: BooleanBuilder, b: Uint8Array, at: number, end: number): number {
  const yes = at + 4 <= end && b[at] === 116 && b[at + 1] === 114 && b[at + 2] === 117 && b[at + 3] === 101
  const no = at + 5 <= end && b[at] === 102 && b[at + 1] === 97 && b[at + 2] === 108 && b[at + 3] === 115 && b[at + 4] === 101
  if (!yes && !no) return -1
  builder.append(yes)
  return at + (yes ? 4 : 5)
}

/** The usual forms end at the quote that ends the text; what stands in them is no other quote, and no sign that must be escaped. */
function timestamp({ builder, times }: Extract<PlainForm, { kind: 'timestamp' }>, b: Uint8Array, at: number, end: number): number {
  if (b[at] !== QUOTE) return -1
  const micros = times.fast(b, at + 1, end)
  const stop = times.fastEnd
  if (Number.isNaN(micros) || stop >= end || b[stop] !== QUOTE) return -1
  builder.append(micros)
  return stop + 1
}
