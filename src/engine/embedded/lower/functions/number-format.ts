import { MillraceError } from '../../../../errors/index.ts'
import { type DecimalType, isString, stringType } from '../../../../types/index.ts'
import { lowerCast } from '../cast.ts'
import { type FunctionLowering, fail, type HostFunction, quoteText } from '../context.ts'
import { once } from '../once.ts'
import { textOf } from './literal-argument.ts'

/** One sign of a number format: `0 9 , . $ S MI PR`. */
type Token = '0' | '9' | ',' | '.' | '$' | 'S' | 'MI' | 'PR'

/** Spark's number formats: digits, G or comma, D or point, at most one $, S or MI at one end, PR at the end. */
function tokensOf(format: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  let rest = format.toUpperCase()
  while (rest !== '') {
    const two = rest.slice(0, 2)
    if (two === 'MI' || two === 'PR') {
      tokens.push(two)
      rest = rest.slice(2)
      continue
    }
    const one = rest[0] === 'G' ? ',' : rest[0] === 'D' ? '.' : rest[0]!
    if (!'09,.$S'.includes(one)) return undefined
    tokens.push(one as Token)
    rest = rest.slice(1)
  }
  const digits = tokens.filter(t => t === '0' || t === '9').length
  const ok =
    digits > 0 &&
    tokens.filter(t => t === '.').length <= 1 &&
    tokens.filter(t => t === '$').length <= 1 &&
    tokens.filter(t => t === 'S' || t === 'MI' || t === 'PR').length <= 1
  return ok ? tokens : undefined
}

interface Shape {
  readonly whole: readonly Token[]
  readonly fraction: number
  readonly dollar: boolean
  readonly signFirst: Token | undefined
  readonly signLast: Token | undefined
}
function shapeOf(tokens: readonly Token[]): Shape {
  const isSign = (t: Token | undefined): t is Token => t === 'S' || t === 'MI' || t === 'PR'
  const signFirst = isSign(tokens[0]) ? tokens[0] : undefined
  const signLast = isSign(tokens.at(-1)) ? tokens.at(-1) : undefined
  const body: readonly Token[] = tokens.filter(t => !isSign(t) && t !== '$')
  const point = body.indexOf('.')
  return {
    whole: point < 0 ? body : body.slice(0, point),
    fraction: point < 0 ? 0 : body.length - point - 1,
    dollar: tokens.includes('$'),
    signFirst,
    signLast,
  }
}

/** The number a text holds, as exact text; null where it does not fit the format. */
function parseNumber(text: string, shape: Shape): string | null {
  let rest = text.trim()
  let negative = false
  const take = (sign: Token | undefined, ends: boolean): void => {
    const c = ends ? rest.at(-1) : rest[0]
    if (sign === 'PR') {
      if (rest.startsWith('<') && rest.endsWith('>')) {
        negative = true
        rest = rest.slice(1, -1)
      }
    } else if (sign && (c === '-' || (c === '+' && sign === 'S') || (c === ' ' && sign === 'MI'))) {
      negative = c === '-'
      rest = ends ? rest.slice(0, -1) : rest.slice(1)
    }
  }
  take(shape.signFirst, false)
  take(shape.signLast, true)
  if (shape.dollar) {
    if (!rest.startsWith('$')) return null
    rest = rest.slice(1)
  }
  const m = /^([\d,]*)(?:\.(\d*))?$/.exec(rest)
  if (!m || (m[2] !== undefined && shape.fraction === 0 && m[2] !== '')) return null
  const [given = '', fraction = ''] = [m[1], m[2]]
  if (fraction.length > shape.fraction || !wholeFits(given, shape.whole)) return null
  const digits = given.replaceAll(',', '')
  if (digits === '' && fraction === '') return null
  return `${negative ? '-' : ''}${digits || '0'}${shape.fraction > 0 ? `.${fraction.padEnd(shape.fraction, '0')}` : ''}`
}
/** From the right: groups as in the format; where the format's first digit is 0, exactly as many digits. */
function wholeFits(given: string, format: readonly Token[]): boolean {
  let at = format.length - 1
  for (let i = given.length - 1; i >= 0; i--, at--) {
    if (at < 0) return false
    if ((format[at] === ',') !== (given[i] === ',')) return false
  }
  const first = format.indexOf('0')
  return first < 0 || at < first
}

/** A number in the format; `##` where it has too many digits. */
function formatWith(text: string, shape: Shape): string {
  const negative = text.startsWith('-')
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const digits = whole.replace(/^0+/, '')
  const places = shape.whole.filter(t => t !== ',').length
  const width = shape.whole.length
  if (digits.length > places || fraction.replace(/0+$/, '').length > shape.fraction) {
    return `${'#'.repeat(width)}${shape.fraction > 0 ? `.${'#'.repeat(shape.fraction)}` : ''}`
  }
  let at = digits.length - 1
  let out = ''
  const firstZero = shape.whole.indexOf('0')
  for (let i = width - 1; i >= 0; i--) {
    const t = shape.whole[i]!
    const filled = at >= 0 || (firstZero >= 0 && i >= firstZero)
    if (t === ',') out = (filled ? ',' : ' ') + out
    else if (at >= 0) out = digits[at--] + out
    else out = (filled || (i === width - 1 && shape.fraction === 0) ? '0' : ' ') + out
  }
  return decorated(out, fraction.padEnd(shape.fraction, '0').slice(0, shape.fraction), negative, shape)
}
function decorated(whole: string, fraction: string, negative: boolean, shape: Shape): string {
  const blanks = /^ */.exec(whole)![0]
  let body = `${whole.slice(blanks.length)}${shape.fraction > 0 ? `.${fraction}` : ''}`
  if (shape.dollar) body = `$${body}`
  const sign = shape.signFirst ?? shape.signLast
  const mark = sign === 'S' ? (negative ? '-' : '+') : sign === 'MI' ? (negative ? '-' : ' ') : ''
  if (shape.signFirst) return `${blanks}${mark}${body}`
  if (sign === 'PR') return negative ? `${blanks}<${body}>` : `${blanks}${body}${'  '}`
  return `${blanks}${body}${mark}`
}

function shapeOfCall(fn: string, format: string | undefined): { shape: Shape; format: string } {
  if (format === undefined) throw new MillraceError('NOT_SUPPORTED', { what: `${fn}() with a format that is no literal` })
  const tokens = tokensOf(format)
  if (!tokens) throw new MillraceError('INVALID_NUMBER_FORMAT', { format })
  return { shape: shapeOf(tokens), format }
}
const hostName = (prefix: string, format: string): string => `mr_${prefix}_${Buffer.from(format.toUpperCase()).toString('hex')}`

/** to_number and try_to_number. */
export const toNumber =
  (mode: 'ansi' | 'try'): FunctionLowering =>
  (call, [a], ctx) => {
    const { shape, format } = shapeOfCall(call.fn, textOf(call, 1))
    const returns = call.dataType as DecimalType
    const fn: HostFunction = {
      name: hostName('to_number', format),
      args: [stringType],
      returns,
      call: s => parseNumber(s as string, shape),
    }
    if (mode === 'try') return `${ctx.host(fn)}(${a})`
    const failed = (x: string) => fail('INVALID_FORMAT_MISMATCH', { input: x, format: quoteText(format) })
    return once(a!, x => `COALESCE(${ctx.host(fn)}(${x}), CASE WHEN ${x} IS NOT NULL THEN ${failed(x)} END)`)
  }

/** to_char of numbers by a number format, of dates as date_format, of bytes as hex, base64 or utf-8. */
export const toChar: FunctionLowering = (call, [a], ctx) => {
  const type = call.args[0]!.dataType
  if (type.kind === 'binary') {
    const format = textOf(call, 1)?.toLowerCase()
    if (format === 'base64') return `base64(${a})`
    if (format === 'hex') return `hex(${a})`
    if (format === 'utf-8' || format === 'utf8') return `decode(${a})`
    throw new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'format',
      func: call.fn,
      expected: 'base64, hex or utf-8',
      value: String(format),
    })
  }
  if (type.kind !== 'decimal') {
    const stamp =
      type.kind === 'date'
        ? {
            node: 'cast' as const,
            expr: call.args[0]!,
            mode: 'ansi' as const,
            dataType: { kind: 'timestamp' as const },
            nullable: call.nullable,
          }
        : call.args[0]!
    return ctx.lower({ ...call, fn: 'date_format', args: [stamp, call.args[1]!] })
  }
  const { shape, format } = shapeOfCall(call.fn, textOf(call, 1))
  const fn: HostFunction = {
    name: hostName('to_char', format),
    args: [stringType],
    returns: stringType,
    call: s => formatWith(s as string, shape),
  }
  return `${ctx.host(fn)}(${isString(type) ? a : lowerCast(a!, type, stringType, 'ansi', ctx)})`
}
