import { type DataType, type DecimalType, isIntegral } from '../../../../types/index.ts'
import { outOfRange } from '../cast/number.ts'
import { type FunctionLowering, fail, type HostFunction } from '../context.ts'
import { once } from '../once.ts'
import { duckType } from '../types.ts'
import { literalNumber } from './number-argument.ts'

export type Rounding = 'half-up' | 'half-even' | 'ceil' | 'floor'

/** round, bround and the two-argument ceil and floor. Doubles round by their decimal text, as Java's BigDecimal does. */
export const round =
  (mode: Rounding): FunctionLowering =>
  (call, [a], ctx) => {
    const from = call.args[0]!.dataType
    const digits = Number(literalNumber(call, 1) ?? 0)
    if (from.kind === 'decimal') return decimal(mode, a!, from, call.dataType as DecimalType, digits)
    if (isIntegral(from)) return digits >= 0 ? a! : integral(mode, a!, from, digits)
    const host: HostFunction = {
      name: `mr_${mode.replace('-', '_')}_${from.kind}_${digits < 0 ? 'm' : ''}${Math.abs(digits)}`,
      args: [from],
      returns: from,
      call: x => roundText(x as number, digits, mode, from.kind === 'float'),
    }
    return `${ctx.host(host)}(${a})`
  }

const pow10 = (n: number): string => `1${'0'.repeat(n)}`

/** A whole number rounded to a multiple of ten to the `unit`, in SQL. */
function multiple(mode: Rounding, v: string, unit: string): string {
  const x = `CAST(${v} AS HUGEINT)`
  const u = `CAST(${unit} AS HUGEINT)`
  switch (mode) {
    case 'half-up':
      return `(sign(${x}) * ((2 * abs(${x}) + ${u}) // (2 * ${u})) * ${u})`
    case 'half-even': {
      const q = `(abs(${x}) // ${u})`
      const rest = `(2 * (abs(${x}) % ${u}))`
      return `(sign(${x}) * (${q} + CASE WHEN ${rest} > ${u} OR (${rest} = ${u} AND ${q} % 2 = 1) THEN 1 ELSE 0 END) * ${u})`
    }
    case 'ceil':
      return `((${x} // ${u} + CASE WHEN ${x} > 0 AND ${x} % ${u} <> 0 THEN 1 ELSE 0 END) * ${u})`
    case 'floor':
      return `((${x} // ${u} - CASE WHEN ${x} < 0 AND ${x} % ${u} <> 0 THEN 1 ELSE 0 END) * ${u})`
  }
}

function integral(mode: Rounding, v: string, type: DataType, digits: number): string {
  if (-digits > 19) return `CASE WHEN ${v} IS NOT NULL THEN CAST(0 AS ${duckType(type)}) END`
  const overflow = fail('ARITHMETIC_OVERFLOW', { message: `'the rounded number is out of range'` })
  return once(
    once(v, x => multiple(mode, x, pow10(-digits))),
    r => `COALESCE(TRY_CAST(${r} AS ${duckType(type)}), CASE WHEN ${r} IS NOT NULL THEN ${overflow} END)`,
  )
}

/** Through the unscaled number where digits are lost. */
function decimal(mode: Rounding, v: string, from: DecimalType, to: DecimalType, digits: number): string {
  const type = duckType(to)
  const checked = (sql: string) =>
    once(sql, r => `COALESCE(TRY_CAST(${r} AS ${type}), CASE WHEN ${r} IS NOT NULL THEN ${outOfRange({ mode: 'ansi', to }, r)} END)`)
  if (digits >= from.scale) return checked(v)
  if (mode === 'half-up' && digits >= 0) return checked(v)
  const shift = from.scale
  // One side has more than 18 digits: else DuckDB stops at 18.
  const unscaled =
    from.precision + shift + 1 <= 38
      ? `CAST(${v} * CAST(${pow10(shift)} AS DECIMAL(${Math.max(shift + 1, from.precision > 18 ? 1 : 19)}, 0)) AS HUGEINT)`
      : `CAST(replace(CAST(${v} AS VARCHAR), '.', '') AS HUGEINT)`
  const rounded = once(unscaled, x => multiple(mode, x, pow10(Math.min(38, from.scale - digits))))
  // The multiple divides evenly by what the new scale leaves out.
  const kept = `(${rounded} // ${pow10(from.scale - to.scale)})`
  const unit = to.scale === 0 ? '1' : `CAST('0.${'1'.padStart(to.scale, '0')}' AS DECIMAL(${to.scale}, ${to.scale}))`
  return checked(`CAST(CAST(${kept} AS DECIMAL(${Math.min(38, Math.max(to.precision, 1))}, 0)) * ${unit} AS ${type})`)
}

// Doubles by their text ---------------------------------------------------------------------------------------------------------------

/** Java: `BigDecimal.valueOf(x).setScale(digits, mode).doubleValue()`. */
function roundText(x: number, digits: number, mode: Rounding, single: boolean): number {
  if (!Number.isFinite(x) || x === 0) return x
  const text = single ? shortestFloat(x) : String(Math.abs(x))
  const [mantissa = '', exponent = '0'] = text.split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  if (scale <= digits) return x
  const drop = scale - digits
  const all = BigInt(whole + fraction)
  if (drop > 400) return mode === 'ceil' && x > 0 ? 10 ** -digits : mode === 'floor' && x < 0 ? -(10 ** -digits) : 0
  const unit = 10n ** BigInt(drop)
  const [q, rest] = [all / unit, (all % unit) * 2n]
  const up = rest > unit || (rest === unit && (mode !== 'half-even' || q % 2n === 1n))
  const n = Number(`${q + (up ? 1n : 0n)}e${-digits}`)
  return x < 0 ? -n : n
}
function shortestFloat(x: number): string {
  const a = Math.abs(x)
  for (let d = 1; d < 10; d++) if (Math.fround(Number(a.toPrecision(d))) === a) return String(Number(a.toPrecision(d)))
  return String(a)
}
