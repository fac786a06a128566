import { type FunctionLowering, fail, type LowerContext } from '../context.ts'
import { once, onceEach } from '../once.ts'
import { duckType } from '../types.ts'
import { divide, minus, plus, remainder, remainderOf, times } from './arithmetic.ts'
import { chance, conv, hyperbolic } from './math-host.ts'
import { round } from './rounding.ts'

type Table = Readonly<Record<string, FunctionLowering>>

/** DuckDB's function of the same meaning. */
const native =
  (name: string): FunctionLowering =>
  (_, args) =>
    `${name}(${args.join(', ')})`
/** Where the value lies outside of what DuckDB's function takes, Java gives NaN. */
const within =
  (name: string, inside: (x: string) => string): FunctionLowering =>
  (_, [a]) =>
    once(a!, x => `CASE WHEN ${inside(x)} THEN ${name}(${x}) WHEN ${x} IS NOT NULL THEN 'NaN'::DOUBLE END`)
const unit = (x: string): string => `${x} BETWEEN -1 AND 1`
/** sin, cos, tan of infinity: NaN. */
const finite = (name: string): FunctionLowering => within(name, x => `isfinite(${x})`)
/** Logarithms of what is not above `floor` are null. */
const logarithm =
  (body: (x: string) => string, floor = '0'): FunctionLowering =>
  (_, [a]) =>
    once(a!, x => `CASE WHEN ${x} > ${floor} THEN ${logOf(x, body)} END`)
const logOf = (x: string, body: (x: string) => string): string => body(x)
const inverse = (name: string): FunctionLowering => within(`1::DOUBLE / ${name}`, x => `isfinite(${x})`)

const log: FunctionLowering = (call, args, ctx) => {
  if (args.length === 1) return logarithm(x => `ln(${x})`)(call, args, ctx)
  return onceEach(args, (base, x) => `CASE WHEN ${base} > 0 AND ${x} > 0 THEN ln(${x}) / ln(${base}) END`)
}

const negative: FunctionLowering = (call, [a]) =>
  call.dataType.kind === 'double' || call.dataType.kind === 'float' ? `(${a} * -1)` : `(-${a})`

/** Up and down to a whole number, or (a decimal) to so many digits. */
const whole =
  (name: 'ceil' | 'floor'): FunctionLowering =>
  (call, [a], ctx) => {
    const type = call.args[0]!.dataType
    if (type.kind === 'long') return a!
    if (type.kind === 'double') {
      const edges = (x: string) =>
        `WHEN ${x} >= 9223372036854775808::DOUBLE THEN 9223372036854775807 WHEN ${x} < -9223372036854775808::DOUBLE THEN -9223372036854775807 - 1`
      return once(`${name}(${a})`, x => `CASE WHEN isnan(${x}) THEN 0 ${edges(x)} ELSE TRY_CAST(${x} AS BIGINT) END`)
    }
    if (call.args.length === 1) return `CAST(${name}(${a}) AS ${duckType(call.dataType)})`
    return round(name)(call, [a!, '0'], ctx)
  }

const pmod: FunctionLowering = (call, [a, b], ctx) =>
  onceEach([a!, b!], (x, y) => {
    const rest = (v: string) => remainderOf(call.dataType, call, v, y!, ctx)
    const moved = once(rest(x!), r => `CASE WHEN ${r} < 0 THEN ${plusThenRest(call.dataType.kind, r, y!, call, ctx)} ELSE ${r} END`)
    return `CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${fail('REMAINDER_BY_ZERO', {})} ELSE ${moved} END`
  })
/** (r + y) % y, in a type in which the sum cannot overflow. */
function plusThenRest(kind: string, r: string, y: string, call: Parameters<FunctionLowering>[0], ctx: LowerContext): string {
  const type = duckType(call.dataType)
  if (kind === 'float' || kind === 'double') return `((${r} + ${y}) % ${y})`
  if (kind === 'decimal') return `CAST((${r} + ${y}) % ${y} AS ${type})`
  void ctx
  return `CAST((CAST(${r} AS HUGEINT) + ${y}) % ${y} AS ${type})`
}

/** An odd number of digits counts as if a 0 stood before them. */
const unhex: FunctionLowering = (_, [a]) =>
  once(
    a!,
    x =>
      `CASE WHEN regexp_full_match(${x}, '[0-9a-fA-F]*') THEN from_hex(CASE WHEN length(${x}) % 2 = 1 THEN '0' || ${x} ELSE ${x} END) END`,
  )

const factorial: FunctionLowering = (_, [a]) => once(a!, x => `CASE WHEN ${x} BETWEEN 0 AND 20 THEN CAST(factorial(${x}) AS BIGINT) END`)

const widthBucket: FunctionLowering = (_, args) =>
  onceEach(args, (v, low, high, n) => {
    const bad = `${n} <= 0 OR ${n} = 9223372036854775807 OR ${low} = ${high} OR isnan(CAST(${v} AS DOUBLE)) OR NOT isfinite(CAST(${low} AS DOUBLE)) OR NOT isfinite(CAST(${high} AS DOUBLE))`
    const [x, lo, hi] = [v, low, high].map(s => `CAST(${s} AS DOUBLE)`)
    const rising = `CASE WHEN ${x} < ${lo} THEN 0 WHEN ${x} >= ${hi} THEN ${n} + 1 ELSE CAST(trunc(${n} * (${x} - ${lo}) / (${hi} - ${lo})) AS BIGINT) + 1 END`
    const falling = `CASE WHEN ${x} > ${lo} THEN 0 WHEN ${x} <= ${hi} THEN ${n} + 1 ELSE CAST(trunc(${n} * (${lo} - ${x}) / (${lo} - ${hi})) AS BIGINT) + 1 END`
    return `CASE WHEN ${bad} THEN NULL WHEN ${low} < ${high} THEN ${rising} WHEN ${low} > ${high} THEN ${falling} END`
  })

const absolute: FunctionLowering = (call, [a]) => `CAST(abs(${a}) AS ${duckType(call.dataType)})`

export const math: Table = {
  abs: absolute,
  acos: within('acos', unit),
  acosh: within('acosh', x => `${x} >= 1`),
  asin: within('asin', unit),
  asinh: native('asinh'),
  atan: native('atan'),
  atan2: native('atan2'),
  atanh: (_, [a]) =>
    once(
      a!,
      x =>
        `CASE WHEN ${x} > -1 AND ${x} < 1 THEN atanh(${x}) WHEN ${x} = 1 THEN 'Infinity'::DOUBLE WHEN ${x} = -1 THEN '-Infinity'::DOUBLE WHEN ${x} IS NOT NULL THEN 'NaN'::DOUBLE END`,
    ),
  bin: native('bin'),
  bround: round('half-even'),
  cbrt: hyperbolic('cbrt'),
  ceil: whole('ceil'),
  conv,
  cos: finite('cos'),
  cosh: hyperbolic('cosh'),
  cot: inverse('tan'),
  csc: inverse('sin'),
  degrees: native('degrees'),
  e: () => '2.718281828459045::DOUBLE',
  exp: native('exp'),
  expm1: hyperbolic('expm1'),
  factorial,
  floor: whole('floor'),
  greatest: extreme('greatest'),
  hex: native('hex'),
  hypot: hyperbolic('hypot'),
  least: extreme('least'),
  ln: logarithm(x => `ln(${x})`),
  log,
  log10: logarithm(x => `log10(${x})`),
  log1p: (call, args, ctx) => once(args[0]!, x => `CASE WHEN ${x} > -1 THEN ${hyperbolic('log1p')(call, [x], ctx)} END`),
  log2: logarithm(x => `(ln(${x}) / ln(2::DOUBLE))`),
  negative,
  pi: () => '3.141592653589793::DOUBLE',
  pmod,
  positive: (_, [a]) => a!,
  power: hyperbolic('power'),
  radians: native('radians'),
  rand: chance('rand'),
  randn: chance('randn'),
  rint: (_, [a]) => `round_even(${a}, 0)`,
  round: round('half-up'),
  sec: inverse('cos'),
  signum: (call, [a]) =>
    call.args[0]!.dataType.kind === 'double'
      ? once(a!, x => `CASE WHEN isnan(${x}) THEN ${x} ELSE CAST(sign(${x}) AS DOUBLE) END`)
      : `CAST(sign(${a}) AS DOUBLE)`,
  sin: finite('sin'),
  sinh: hyperbolic('sinh'),
  sqrt: within('sqrt', x => `${x} >= 0`),
  tan: finite('tan'),
  tanh: hyperbolic('tanh'),
  try_add: plus('try'),
  try_divide: divide('try'),
  try_mod: remainder('try'),
  try_multiply: times('try'),
  try_subtract: minus('try'),
  unhex,
  uniform: chance('uniform'),
  width_bucket: widthBucket,
}

/** Nulls are skipped in both; NaN is the greatest in both. */
function extreme(name: string): FunctionLowering {
  return native(name)
}
