import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { binaryType, stringType } from '../../../../types/index.ts'
import { type FunctionLowering, fail, type HostFunction, type LowerContext, quoteText } from '../context.ts'
import { once } from '../once.ts'
import { textOf } from './literal-argument.ts'

const CHARSETS = ['US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16', 'UTF-32'] as const
type Charset = (typeof CHARSETS)[number]

/** The character set at argument 1, which must be a literal. */
function charsetOf(call: TCall): Charset {
  const name = textOf(call, 1)
  if (name === undefined) throw new MillraceError('NOT_SUPPORTED', { what: `${call.fn}() with a character set that is no literal` })
  const found = CHARSETS.find(c => c === name.toUpperCase())
  if (!found)
    throw new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'charset',
      func: call.fn,
      expected: `one of ${CHARSETS.join(', ')}`,
      value: name,
    })
  return found
}

const big = (le: Uint8Array): Uint8Array => Buffer.from(le).swap16()
const ENCODE: Readonly<Record<Charset, (s: string) => Uint8Array | null>> = {
  'UTF-8': s => Buffer.from(s, 'utf8'),
  'US-ASCII': s => (/^[\x00-\x7f]*$/.test(s) ? Buffer.from(s, 'latin1') : null),
  'ISO-8859-1': s => (/^[\x00-\xff]*$/.test(s) ? Buffer.from(s, 'latin1') : null),
  'UTF-16LE': s => Buffer.from(s, 'utf16le'),
  'UTF-16BE': s => big(Buffer.from(s, 'utf16le')),
  'UTF-16': s => (s === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0xfe, 0xff]), big(Buffer.from(s, 'utf16le'))])),
  'UTF-32': s => {
    const points = [...s]
    const out = Buffer.alloc(points.length * 4)
    for (const [i, c] of points.entries()) out.writeUInt32BE(c.codePointAt(0)!, i * 4)
    return out
  },
}
const decoder = (name: string) => {
  const d = new TextDecoder(name, { fatal: true, ignoreBOM: true })
  return (b: Uint8Array): string | null => {
    try {
      return d.decode(b)
    } catch {
      return null
    }
  }
}
function utf16(b: Uint8Array): string | null {
  if (b[0] === 0xff && b[1] === 0xfe) return decoder('utf-16le')(b.subarray(2))
  return decoder('utf-16be')(b[0] === 0xfe && b[1] === 0xff ? b.subarray(2) : b)
}
function utf32(b: Uint8Array): string | null {
  if (b.length % 4 !== 0) return null
  const view = Buffer.from(b)
  try {
    return Array.from({ length: b.length / 4 }, (_, i) => String.fromCodePoint(view.readUInt32BE(i * 4))).join('')
  } catch {
    return null
  }
}
const DECODE: Readonly<Record<Charset, (b: Uint8Array) => string | null>> = {
  'UTF-8': decoder('utf-8'),
  'US-ASCII': b => (b.every(x => x < 128) ? Buffer.from(b).toString('latin1') : null),
  'ISO-8859-1': b => Buffer.from(b).toString('latin1'),
  'UTF-16LE': decoder('utf-16le'),
  'UTF-16BE': decoder('utf-16be'),
  'UTF-16': utf16,
  'UTF-32': utf32,
}
const sqlName = (charset: string): string => charset.toLowerCase().replaceAll('-', '_')

const malformed = (call: TCall, charset: string): string =>
  fail('MALFORMED_CHARACTER_CODING', { function: quoteText(call.fn), charset: quoteText(charset) })

export const encodeText: FunctionLowering = (call, [a], ctx) => {
  const charset = charsetOf(call)
  if (charset === 'UTF-8') return `encode(${a})`
  const host: HostFunction = {
    name: `mr_encode_${sqlName(charset)}`,
    args: [stringType],
    returns: binaryType,
    call: s => ENCODE[charset](s as string),
  }
  return once(a!, x => `COALESCE(${ctx.host(host)}(${x}), CASE WHEN ${x} IS NOT NULL THEN ${malformed(call, charset)} END)`)
}

export const decodeBytes: FunctionLowering = (call, [a], ctx) => {
  const charset = charsetOf(call)
  const host: HostFunction = {
    name: `mr_decode_${sqlName(charset)}`,
    args: [binaryType],
    returns: stringType,
    call: b => DECODE[charset](b as Uint8Array),
  }
  const read = (x: string) => (charset === 'UTF-8' ? `TRY(decode(${x}))` : `${ctx.host(host)}(${x})`)
  return once(a!, x => `COALESCE(${read(x)}, CASE WHEN ${x} IS NOT NULL THEN ${malformed(call, charset)} END)`)
}

// Texts that stand for bytes ----------------------------------------------------------------------------------------------------------

/** As Java's MIME decoder: other characters are skipped; null where the padding is wrong. */
function mime(text: string): Uint8Array | null {
  const clean = text.replace(/[^A-Za-z0-9+/=]/g, '')
  const body = clean.replace(/=+$/, '')
  if (body.includes('=') || body.length % 4 === 1) return null
  const padding = clean.length - body.length
  if (padding > 0 && padding !== (4 - (body.length % 4)) % 4) return null
  return Buffer.from(body, 'base64')
}
const MIME: HostFunction = { name: 'mr_unbase64', args: [stringType], returns: binaryType, call: s => mime(s as string) }
const CLEAN = '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?'

export const fromBase64 = (a: string, ctx: LowerContext): string =>
  once(a, x => `CASE WHEN regexp_full_match(${x}, '${CLEAN}') THEN from_base64(${x}) ELSE ${ctx.host(MIME)}(${x}) END`)

const fromHex = (a: string): string =>
  once(
    a,
    x =>
      `CASE WHEN regexp_full_match(${x}, '[0-9a-fA-F]*') THEN from_hex(CASE WHEN length(${x}) % 2 = 1 THEN '0' || ${x} ELSE ${x} END) END`,
  )
/** Strict: no characters of others, whole groups of four. */
const strictBase64 = (a: string): string =>
  once(
    a,
    x =>
      `CASE WHEN regexp_full_match(regexp_replace(${x}, '[ \\t\\r\\n]', '', 'g'), '${CLEAN}') THEN from_base64(regexp_replace(${x}, '[ \\t\\r\\n]', '', 'g')) END`,
  )

/** to_binary and try_to_binary. */
export const binaryOf =
  (mode: 'ansi' | 'try'): FunctionLowering =>
  (call, [a]) => {
    const format = call.args[1] === undefined ? 'hex' : textOf(call, 1)?.toLowerCase()
    if (format === undefined) throw new MillraceError('NOT_SUPPORTED', { what: `${call.fn}() with a format that is no literal` })
    if (format === 'utf-8' || format === 'utf8') return `encode(${a})`
    if (format !== 'hex' && format !== 'base64') {
      throw new MillraceError('INVALID_PARAMETER_VALUE', {
        parameter: 'fmt',
        func: call.fn,
        expected: 'hex, utf-8 or base64',
        value: format,
      })
    }
    const read = format === 'hex' ? fromHex : strictBase64
    if (mode === 'try') return read(a!)
    const failed = (x: string) => fail('CONVERSION_INVALID_INPUT', { value: x, format: quoteText(format), targetType: `'BINARY'` })
    return once(a!, x => `COALESCE(${read(x)}, CASE WHEN ${x} IS NOT NULL THEN ${failed(x)} END)`)
  }
