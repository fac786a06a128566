import { randomBytes } from 'node:crypto'
import type { TCall } from '../../../../analyze/resolved.ts'
import type { LiteralValue } from '../../../../plan/index.ts'
import { arrayType, binaryType, booleanType, type DataType, integerType, stringType } from '../../../../types/index.ts'
import type { FunctionLowering, HostFunction } from '../context.ts'
import { duckType } from '../types.ts'
import { literalNumber } from './number-argument.ts'
import { XorShift } from './xor-shift.ts'

type Call = (...args: any[]) => LiteralValue

/** A function of texts and numbers written in JavaScript. */
function js(name: string, args: readonly DataType[], returns: DataType, call: Call, nulls = false): FunctionLowering {
  const fn: HostFunction = { name: `mr_${name}`, args, returns, call, nulls }
  const cast = (call: TCall, sql: string, i: number) =>
    call.args[i]?.dataType.kind === 'null' ? `CAST(NULL AS ${duckType(args[i]!)})` : sql
  return (call, given, ctx) => `${ctx.host(fn)}(${given.map((sql, i) => cast(call, sql, i)).join(', ')})`
}

/** Words are separated by blanks only, as in Spark. */
const initcap = (text: string): string =>
  text
    .toLowerCase()
    .split(' ')
    .map(word => {
      const first = String.fromCodePoint(word.codePointAt(0) ?? 32)
      if (word === '') return ''
      const upper = first.toUpperCase()
      return (upper.length > first.length ? upper[0] + upper.slice(1).toLowerCase() : upper) + word.slice(first.length)
    })
    .join(' ')

function levenshtein(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  let row = Array.from({ length: y.length + 1 }, (_, j) => j)
  for (let i = 1; i <= x.length; i++) {
    const next = [i]
    for (let j = 1; j <= y.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (x[i - 1] === y[j - 1] ? 0 : 1)))
    row = next
  }
  return row[y.length]!
}

function padBytes(bytes: Uint8Array, length: number, fill: Uint8Array, left: boolean): Uint8Array {
  const size = Math.max(0, length)
  if (bytes.length >= size || fill.length === 0) return bytes.slice(0, size)
  const out = new Uint8Array(size)
  const gap = size - bytes.length
  const at = left ? 0 : bytes.length
  for (let i = 0; i < gap; i++) out[at + i] = fill[i % fill.length]!
  out.set(bytes, left ? gap : 0)
  return out
}

function luhn(text: string): boolean {
  if (!/^\d+$/.test(text)) return false
  let sum = 0
  for (const [i, c] of [...text].reverse().entries()) {
    const d = Number(c) * (i % 2 === 1 ? 2 : 1)
    sum += d > 9 ? d - 9 : d
  }
  return sum % 10 === 0
}

/** Replacements by kind of character; null leaves a kind alone. */
function mask(text: string | null, upper: string | null, lower: string | null, digit: string | null, other: string | null): string | null {
  if (text === null) return null
  return [...text]
    .map(c => (/^\p{Lu}$/u.test(c) ? (upper ?? c) : /^\p{Ll}$/u.test(c) ? (lower ?? c) : /^\p{Nd}$/u.test(c) ? (digit ?? c) : (other ?? c)))
    .join('')
}

const SOUNDEX = '01230127022455012623017202'
function soundex(text: string): string {
  const first = text[0]?.toUpperCase()
  if (!first || first < 'A' || first > 'Z') return text
  let code = first
  let last = SOUNDEX[first.charCodeAt(0) - 65]!
  for (const c of text.slice(1).toUpperCase()) {
    if (c < 'A' || c > 'Z') {
      last = '0'
      continue
    }
    const digit = SOUNDEX[c.charCodeAt(0) - 65]!
    // 7 marks H and W, which do not separate equal codes.
    if (digit === '7') continue
    if (digit !== '0' && digit !== last) code += digit
    if (code.length === 4) break
    last = digit
  }
  return code.padEnd(4, '0')
}

function sentences(text: string, language: string, country: string): string[][] {
  const locale = language === '' ? 'en' : country === '' ? language : `${language}-${country}`
  const words = new Intl.Segmenter(locale, { granularity: 'word' })
  return [...new Intl.Segmenter(locale, { granularity: 'sentence' }).segment(text)].map(s =>
    [...words.segment(s.segment)].filter(w => w.isWordLike).map(w => w.segment),
  )
}

const POOL = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
let made = 0

/** Spark's characters for a seed; without one, any. */
const randstr: FunctionLowering = (call, args, ctx) => {
  const seed = literalNumber(call, 1)
  const generator = new XorShift(seed === null ? randomBytes(8).readBigInt64LE() : BigInt(seed))
  const fn: HostFunction = {
    name: `mr_volatile_randstr_${++made}`,
    args: [integerType],
    returns: stringType,
    call: n => Array.from({ length: n as number }, () => POOL[Math.abs(generator.nextInt() % 62)]).join(''),
    volatile: true,
  }
  return `${ctx.host(fn)}(${args[0]})`
}

const text = (n: number): DataType[] => Array.from({ length: n }, () => stringType)

export const host: Readonly<Record<string, FunctionLowering>> = {
  contains: js('contains_bytes', [binaryType, binaryType], booleanType, (a, b) => Buffer.from(a).includes(Buffer.from(b))),
  initcap: js('initcap', text(1), stringType, initcap),
  levenshtein: js('levenshtein', text(2), integerType, levenshtein),
  lower: js('lower', text(1), stringType, s => s.toLowerCase()),
  lpad: js('lpad_bytes', [binaryType, integerType, binaryType], binaryType, (b, n, fill) => padBytes(b, n, fill, true)),
  luhn_check: js('luhn_check', text(1), booleanType, luhn),
  mask: js('mask', text(5), stringType, mask, true),
  randstr,
  rpad: js('rpad_bytes', [binaryType, integerType, binaryType], binaryType, (b, n, fill) => padBytes(b, n, fill, false)),
  sentences: js('sentences', text(3), arrayType(arrayType(stringType, false), false), sentences),
  soundex: js('soundex', text(1), stringType, soundex),
  upper: js('upper', text(1), stringType, s => s.toUpperCase()),
}
