import { MillraceError } from '../../../../errors/index.ts'
import { doubleType, integerType, longType, stringType } from '../../../../types/index.ts'
import type { FunctionLowering, HostFunction } from '../context.ts'
import { literalNumber } from './number-argument.ts'
import { XorShift } from './xor-shift.ts'

const REAL: Readonly<Record<string, (...x: number[]) => number>> = {
  cbrt: Math.cbrt,
  cosh: Math.cosh,
  sinh: Math.sinh,
  tanh: Math.tanh,
  expm1: Math.expm1,
  log1p: Math.log1p,
  hypot: Math.hypot,
  power: (x, y) => (Math.abs(x!) === 1 && !Number.isFinite(y!) ? Number.NaN : x! ** y!),
}

/** What DuckDB has not, or fails on where Java gives infinity or NaN. */
export const hyperbolic =
  (name: string): FunctionLowering =>
  (call, args, ctx) => {
    const f = REAL[name]!
    const host: HostFunction = {
      name: `mr_${name}`,
      args: call.args.map(() => doubleType),
      returns: doubleType,
      call: (...x) => f(...(x as number[])),
    }
    return `${ctx.host(host)}(${args.join(', ')})`
  }

const MAX = 2n ** 64n

/** Spark's `conv`: leading digits that the base has, in 64 unsigned bits; a negative target base means signed. */
export function convert(text: string, from: number, to: number): string | null {
  const base = Math.abs(to)
  if (from < 2 || from > 36 || base < 2 || base > 36) return null
  const trimmed = text.trim()
  if (trimmed === '') return null
  const negative = trimmed.startsWith('-')
  let value = 0n
  for (const c of trimmed.slice(negative ? 1 : 0).toLowerCase()) {
    const digit = /[0-9a-z]/.test(c) ? Number.parseInt(c, 36) : 99
    if (digit >= from) break
    value = value * BigInt(from) + BigInt(digit)
  }
  if (value >= MAX) return 'overflow'
  if (negative) value = to > 0 ? (MAX - value) % MAX : value
  let sign = ''
  if (to < 0) {
    const signed = BigInt.asIntN(64, negative ? -value : value)
    sign = signed < 0n ? '-' : ''
    value = signed < 0n ? -signed : signed
  }
  return `${sign}${value.toString(base)}`.toUpperCase()
}
const CONV: HostFunction = {
  name: 'mr_conv',
  args: [stringType, integerType, integerType],
  returns: stringType,
  call: (text, from, to) => {
    const result = convert(text as string, from as number, to as number)
    if (result === 'overflow')
      throw new MillraceError('ARITHMETIC_OVERFLOW', { message: `"${text}" has more than 64 bits in base ${from}` })
    return result
  },
}
export const conv: FunctionLowering = (_, args, ctx) => `${ctx.host(CONV)}(${args.join(', ')})`

let made = 0

/** rand, randn, uniform: of a seed Spark's own sequence (of one partition), else DuckDB's random numbers. */
export const chance =
  (name: 'rand' | 'randn' | 'uniform'): FunctionLowering =>
  (call, args, ctx) => {
    const seedAt = name === 'uniform' ? 2 : 0
    const given = call.args[seedAt]
    if (!given)
      return name === 'rand'
        ? 'random()'
        : name === 'randn'
          ? 'sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())'
          : between(call, args, 'random()')
    const seed = BigInt(literalNumber(call, seedAt) ?? 0)
    const generator = new XorShift(seed)
    // A function of its own for each place in the plan: every sequence begins at the seed.
    const host: HostFunction = {
      name: `mr_volatile_${name}_${++made}`,
      args: [],
      returns: doubleType,
      call: () => (name === 'randn' ? generator.nextGaussian() : generator.nextDouble()),
      volatile: true,
    }
    const drawn = `${ctx.host(host)}()`
    return name === 'uniform' ? between(call, args, drawn) : drawn
  }

function between(call: Parameters<FunctionLowering>[0], [min, max]: readonly string[], drawn: string): string {
  const type = call.dataType.kind
  const value = `(CAST(${min} AS DOUBLE) + (CAST(${max} AS DOUBLE) - CAST(${min} AS DOUBLE)) * ${drawn})`
  if (type === 'double' || type === 'float') return `CAST(${value} AS ${type})`
  if (type === 'decimal')
    return `CAST(${value} AS DECIMAL(${call.dataType.kind === 'decimal' ? `${call.dataType.precision}, ${call.dataType.scale}` : ''}))`
  return `CAST(trunc(${value}) AS ${type === longType.kind ? 'BIGINT' : type === 'integer' ? 'INTEGER' : type === 'short' ? 'SMALLINT' : 'TINYINT'})`
}
