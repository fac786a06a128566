import type { TCall } from '../../../../analyze/resolved.ts'
import { type DataType, type DecimalType, decimalType, longType } from '../../../../types/index.ts'
import { outOfRange } from '../cast/number.ts'
import { fail, type HostFunction, type LowerContext } from '../context.ts'
import { once } from '../once.ts'
import { duckType } from '../types.ts'
import type { Mode } from './arithmetic.ts'

const operands = (call: TCall) => call.args.map(a => a.dataType) as [DecimalType, DecimalType]

/**
 * Decimals with the result type Spark gives them. DuckDB computes exactly while the exact result has at most 38 digits;
 * beyond that a host function computes with whole numbers of any size.
 */
export function decimalOperation(op: '+' | '-' | '*' | '%', call: TCall, a: string, b: string, mode: Mode, ctx: LowerContext): string {
  const [left, right] = operands(call)
  const to = call.dataType as DecimalType
  const exact = exactDigits(op, left, right)
  if (exact > 38) return byHost(op, call, a, b, mode, ctx)
  const type = duckType(to)
  const common = `DECIMAL(${exact}, ${Math.max(left.scale, right.scale)})`
  if (op === '%') return `CAST(CAST(${a} AS ${common}) % CAST(${b} AS ${common}) AS ${type})`
  // The exact result fits DuckDB's type; only a scale given up for 38 digits is rounded here.
  return `CAST((${exact > NARROW ? wide(a, left, right) : a} ${op} ${b}) AS ${type})`
}

/** DuckDB keeps what it computes from decimals of up to 18 digits at 18 digits, and fails beyond: one side must have more. */
const NARROW = 18
const wide = (v: string, t: DecimalType, other: DecimalType): string =>
  Math.max(t.precision, other.precision) > NARROW ? v : `CAST(${v} AS DECIMAL(${NARROW + 1}, ${t.scale}))`

function exactDigits(op: string, a: DecimalType, b: DecimalType): number {
  if (op === '*') return a.precision + b.precision
  const carry = op === '%' ? 0 : 1
  return Math.max(a.precision - a.scale, b.precision - b.scale) + Math.max(a.scale, b.scale) + carry
}

/** `a` times ten to the `shift`, as a whole number; undefined where DuckDB's decimals are too small. */
function whole(v: string, t: DecimalType, shift: number): string | undefined {
  if (t.precision + shift + 1 > 38) return undefined
  const digits = Math.max(shift + 1, t.precision > NARROW ? 1 : NARROW + 1)
  return `CAST(${v} * CAST(1${'0'.repeat(shift)} AS DECIMAL(${digits}, 0)) AS HUGEINT)`
}

export function decimalDivide(call: TCall, a: string, b: string, mode: Mode, ctx: LowerContext): string {
  const [left, right] = operands(call)
  const to = call.dataType as DecimalType
  const n = whole(a, left, to.scale + right.scale)
  const d = whole(b, right, right.scale)
  if (!n || !d || to.precision + to.scale > 38) return byHost('/', call, a, b, mode, ctx)
  const rounded = once(n, x => once(d, y => `(sign(${x}) * sign(${y}) * ((2 * abs(${x}) + abs(${y})) // (2 * abs(${y}))))`))
  const unit = to.scale === 0 ? '1' : `CAST('0.${'1'.padStart(to.scale, '0')}' AS DECIMAL(${to.scale}, ${to.scale}))`
  return `CAST(CAST(${rounded} AS DECIMAL(${to.precision}, 0)) * ${unit} AS ${duckType(to)})`
}

/** The whole part of the quotient as a bigint. */
export function decimalQuotient(call: TCall, a: string, b: string, ctx: LowerContext): string {
  const [left, right] = operands(call)
  const scale = Math.max(left.scale, right.scale)
  const n = whole(a, left, scale)
  const d = whole(b, right, scale)
  const quotient = n && d ? `(${n} // ${d})` : `CAST(${byHost('div', call, a, b, 'ansi', ctx)} AS HUGEINT)`
  const overflow = fail('ARITHMETIC_OVERFLOW', { message: `'overflow in div'` })
  return once(quotient, q => `COALESCE(TRY_CAST(${q} AS BIGINT), CASE WHEN ${q} IS NOT NULL THEN ${overflow} END)`)
}

// Whole numbers of any size ----------------------------------------------------------------------------------------------------------

const unscaled = (text: string): bigint => BigInt(text.replace('.', ''))
const abs = (n: bigint): bigint => (n < 0n ? -n : n)
const pow10 = (n: number): bigint => 10n ** BigInt(n)

/** n / d rounded half away from zero. */
const halfUp = (n: bigint, d: bigint): bigint => {
  const q = (2n * abs(n) + abs(d)) / (2n * abs(d))
  return n < 0n === d < 0n ? q : -q
}
/** From one scale to another, rounded half away from zero. */
const rescale = (n: bigint, from: number, to: number): bigint => (to >= from ? n * pow10(to - from) : halfUp(n, pow10(from - to)))

const EXACT: Readonly<Record<string, (a: bigint, b: bigint, l: DecimalType, r: DecimalType, scale: number) => bigint>> = {
  '+': (a, b, l, r, s) => rescaleSum(a, b, l, r, s, (x, y) => x + y),
  '-': (a, b, l, r, s) => rescaleSum(a, b, l, r, s, (x, y) => x - y),
  '%': (a, b, l, r, s) => rescaleSum(a, b, l, r, s, (x, y) => x % y),
  '*': (a, b, l, r, s) => rescale(a * b, l.scale + r.scale, s),
  '/': (a, b, l, r, s) => halfUp(a * pow10(s + r.scale), b * pow10(l.scale)),
  div: (a, b, l, r) => (a * pow10(r.scale)) / (b * pow10(l.scale)),
}
function rescaleSum(a: bigint, b: bigint, l: DecimalType, r: DecimalType, to: number, op: (x: bigint, y: bigint) => bigint): bigint {
  const scale = Math.max(l.scale, r.scale)
  return rescale(op(rescale(a, l.scale, scale), rescale(b, r.scale, scale)), scale, to)
}

function text(n: bigint, scale: number): string {
  const digits = abs(n)
    .toString()
    .padStart(scale + 1, '0')
  return `${n < 0n ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}`
}

const NAMES: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
  div: 'div',
}

function byHost(op: string, call: TCall, a: string, b: string, mode: Mode, ctx: LowerContext): string {
  const [left, right] = operands(call)
  const to: DecimalType = call.dataType.kind === longType.kind ? decimalType(38, 0) : (call.dataType as DecimalType)
  const tag = (t: DecimalType) => `${t.precision}_${t.scale}`
  const limit = pow10(to.precision)
  const host: HostFunction = {
    name: `mr_decimal_${NAMES[op]}_${tag(left)}_${tag(right)}_${tag(to)}`,
    args: [left, right],
    returns: to,
    call: (x, y) => {
      const n = EXACT[op]!(unscaled(x as string), unscaled(y as string), left, right, to.scale)
      return abs(n) >= limit ? null : text(n, to.scale)
    },
  }
  const result = `${ctx.host(host)}(${a}, ${b})`
  const failed = outOfRange({ mode, to: to as DataType }, `concat(${a}, ' ${op} ', ${b})`)
  if (failed === 'NULL') return result
  return once(result, r => `COALESCE(${r}, CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${failed} END)`)
}
