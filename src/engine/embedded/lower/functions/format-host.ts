import type { LiteralValue } from '../../../../plan/index.ts'
import { type DataType, doubleText, floatText, isIntegral, stringType } from '../../../../types/index.ts'
import { lowerCast } from '../cast.ts'
import { type FunctionLowering, fail, type HostFunction } from '../context.ts'
import { once } from '../once.ts'

// format_number ------------------------------------------------------------------------------------------------------------------------

/** A number as exactly `digits / 10^scale`. */
interface Exact {
  readonly digits: bigint
  readonly scale: number
}

/** A double's exact value: m × 2^e as a decimal fraction. */
function exactOf(x: number): Exact {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n)
  const e = Math.max(exponent, 1) - 1075
  const value = e >= 0 ? { digits: mantissa << BigInt(e), scale: 0 } : { digits: mantissa * 5n ** BigInt(-e), scale: -e }
  return x < 0 ? { ...value, digits: -value.digits } : value
}
function exactText(text: string): Exact {
  const [whole = '', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

/** Rounded half to even, with so many digits after the point and blanks between thousands. */
function grouped({ digits, scale }: Exact, places: number, group: number, least = 1): string {
  const negative = digits < 0n
  let n = negative ? -digits : digits
  if (scale > places) {
    const unit = 10n ** BigInt(scale - places)
    const [q, rest] = [n / unit, (n % unit) * 2n]
    n = q + (rest > unit || (rest === unit && q % 2n === 1n) ? 1n : 0n)
  } else n *= 10n ** BigInt(places - scale)
  const text = n.toString().padStart(places + 1, '0')
  let whole = places === 0 ? text : text.slice(0, -places)
  if (whole === '0' && least === 0) whole = ''
  whole = whole.padStart(least, '0')
  const thousands = group > 0 ? whole.replace(new RegExp(`\\B(?=(\\d{${group}})+(?!\\d))`, 'g'), ',') : whole
  return `${negative && n !== 0n ? '-' : ''}${thousands}${places > 0 ? `.${text.slice(-places)}` : ''}`
}

/** A pattern of Java's DecimalFormat: `#,###,##0.00##`, with text before and behind. */
function byPattern(value: Exact, pattern: string): string {
  const m = /^([^#0,.]*)([#0,]*)(?:\.([#0]*))?([^#0,.]*)$/.exec(pattern)
  if (!m) return pattern
  const [, before = '', whole = '', fraction = '', behind = ''] = m
  const comma = whole.lastIndexOf(',')
  const least = (whole.match(/0/g) ?? []).length
  const text = grouped(value, fraction.length, comma < 0 ? 0 : whole.length - comma - 1, least)
  const optional = fraction.length - (fraction.match(/0/g) ?? []).length
  const cut = optional === 0 ? text : text.replace(new RegExp(`0{0,${optional}}$`), '').replace(/\.$/, '')
  return cut.startsWith('-') ? `-${before}${cut.slice(1)}${behind}` : `${before}${cut}${behind}`
}

export const formatNumber: FunctionLowering = (call, args, ctx) => {
  const [from, how] = call.args.map(a => a.dataType) as [DataType, DataType]
  const fn: HostFunction = {
    name: `mr_format_number_${from.kind}${from.kind === 'decimal' ? `_${from.precision}_${from.scale}` : ''}_${how.kind}`,
    args: [from, how],
    returns: stringType,
    call: (x, by) => {
      if (typeof x === 'number' && !Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? '∞' : '-∞'
      const value = typeof x === 'number' ? exactOf(x) : exactText(String(x))
      if (typeof by === 'string') return by === '' ? grouped(value, 0, 3) : byPattern(value, by)
      return (by as number) < 0 ? null : grouped(value, by as number, 3)
    },
  }
  return `${ctx.host(fn)}(${args.join(', ')})`
}

// format_string ------------------------------------------------------------------------------------------------------------------------

const PLACE = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

function whole(value: LiteralValue, flags: string): string {
  const n = BigInt(value as number | bigint)
  const digits = (n < 0n ? -n : n).toString()
  const shown = flags.includes(',') ? digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',') : digits
  return signed(shown, n < 0n, flags)
}
function signed(shown: string, negative: boolean, flags: string): string {
  if (negative) return flags.includes('(') ? `(${shown})` : `-${shown}`
  return flags.includes('+') ? `+${shown}` : flags.includes(' ') ? ` ${shown}` : shown
}
function real(value: LiteralValue, flags: string, places: number, conversion: string): string {
  const x = Number(value)
  if (!Number.isFinite(x)) return signed(Number.isNaN(x) ? 'NaN' : 'Infinity', x < 0, flags)
  const a = Math.abs(x)
  const text =
    conversion === 'e'
      ? a.toExponential(places).replace(/e([+-])(\d)$/, 'e$10$2')
      : conversion === 'g'
        ? general(a, places || 1)
        : fixed(value, places)
  return signed(flags.includes(',') ? text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',') : text, x < 0, flags)
}
const general = (a: number, precision: number): string =>
  a !== 0 && (a < 1e-4 || a >= 10 ** precision)
    ? a.toExponential(precision - 1).replace(/e([+-])(\d)$/, 'e$10$2')
    : a.toFixed(Math.max(0, precision - 1 - Math.floor(Math.log10(a || 1))))

/** Half up on the decimal digits Java prints. */
function fixed(value: LiteralValue, places: number): string {
  const text = typeof value === 'number' ? plain(Math.abs(value)) : String(value).replace('-', '')
  const { digits, scale } = exactText(text)
  const unit = 10n ** BigInt(Math.max(0, scale - places))
  const n = scale > places ? (2n * digits + unit) / (2n * unit) : digits * 10n ** BigInt(places - scale)
  const all = n.toString().padStart(places + 1, '0')
  return places === 0 ? all : `${all.slice(0, -places)}.${all.slice(-places)}`
}
function plain(a: number): string {
  const m = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(a))!
  const exponent = Number(m[3] ?? 0)
  const fraction = m[2] ?? ''
  if (exponent === 0) return String(a)
  if (exponent > 0) return `${m[1]}${fraction.padEnd(exponent, '0')}`
  return `0.${'0'.repeat(-exponent - 1)}${m[1]}${fraction}`
}

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, integer: 32, long: 64 }

function convert(conversion: string, value: LiteralValue, type: DataType, flags: string, precision: number | undefined): string | null {
  const cut = (s: string) => (precision === undefined ? s : s.slice(0, precision))
  switch (conversion.toLowerCase()) {
    case 's':
      return cut(value === null ? 'null' : textOfValue(value, type))
    case 'b':
      return cut(String(value === null ? false : type.kind === 'boolean' ? value : true))
    case 'd':
      return value === null ? 'null' : isIntegral(type) ? whole(value, flags) : null
    case 'x':
    case 'o':
      if (value !== null && !isIntegral(type)) return null
      return value === null
        ? 'null'
        : BigInt.asUintN(BITS[type.kind]!, BigInt(value as number)).toString(conversion.toLowerCase() === 'x' ? 16 : 8)
    case 'c':
      return value === null ? 'null' : isIntegral(type) ? String.fromCodePoint(Number(value)) : null
    case 'e':
    case 'f':
    case 'g':
      if (value !== null && !['float', 'double', 'decimal'].includes(type.kind)) return null
      return value === null ? 'null' : real(value, flags, precision ?? 6, conversion.toLowerCase())
    default:
      return null
  }
}
const textOfValue = (value: LiteralValue, type: DataType): string =>
  type.kind === 'double' ? doubleText(value as number) : type.kind === 'float' ? floatText(value as number) : String(value)

/** Java's Formatter, as far as SQL values go; null where a place does not fit its value. */
function formatText(format: string, values: readonly LiteralValue[], types: readonly DataType[]): string | null {
  let next = 0
  let wrong = /%(?!(?:\d+\$)?[-#+ 0,(<]*\d*(?:\.\d+)?[a-zA-Z%])/.test(format)
  const text = format.replace(PLACE, (_, index, flags: string, width, precision, conversion: string) => {
    if (conversion === '%') return '%'.padStart(Number(width ?? 0))
    if (conversion === 'n') return '\n'
    const at = index ? Number(index) - 1 : flags.includes('<') ? next - 1 : next++
    const shown =
      at < 0 || at >= values.length
        ? null
        : convert(conversion, values[at]!, types[at]!, flags, precision === undefined ? undefined : Number(precision))
    if (shown === null) {
      wrong = true
      return ''
    }
    return padded(conversion < 'a' ? shown.toUpperCase() : shown, Number(width ?? 0), flags)
  })
  return wrong ? null : text
}
function padded(shown: string, width: number, flags: string): string {
  if (flags.includes('-')) return shown.padEnd(width)
  if (!flags.includes('0')) return shown.padStart(width)
  const sign = /^[+\- ]/.exec(shown)?.[0] ?? ''
  return sign + shown.slice(sign.length).padStart(width - sign.length, '0')
}

const SIMPLE = new Set(['boolean', 'byte', 'short', 'integer', 'long', 'float', 'double', 'decimal', 'string'])

export const formatString: FunctionLowering = (call, args, ctx) => {
  // What is no number, truth value or text is shown as its text.
  const given = call.args.slice(1).map((a, i) => {
    const simple = SIMPLE.has(a.dataType.kind)
    return {
      sql: simple ? args[i + 1]! : lowerCast(args[i + 1]!, a.dataType, stringType, 'ansi', ctx),
      type: simple ? a.dataType : stringType,
    }
  })
  const types = given.map(g => g.type)
  const tag = types.map(t => (t.kind === 'decimal' ? `d${t.precision}_${t.scale}` : t.kind)).join('_')
  const fn: HostFunction = {
    name: `mr_format_string_${tag}`,
    args: [stringType, ...types],
    returns: stringType,
    call: (format, ...values) => (format === null ? null : formatText(format as string, values, types)),
    nulls: true,
  }
  return once(args[0]!, format => {
    const made = `${ctx.host(fn)}(${[format, ...given.map(g => g.sql)].join(', ')})`
    return `COALESCE(${made}, CASE WHEN ${format} IS NOT NULL THEN ${fail('INVALID_FORMAT_STRING', { format })} END)`
  })
}
