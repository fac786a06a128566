import { type DataType, type DecimalType, decimalType, doubleType, integerType, longType, stringType } from '../types/index.ts'
import { boundedDecimal, decimalAdd, decimalDivide, decimalMultiply, decimalRemainder } from './decimal.ts'
import type { Signature } from './function.ts'
import { apart, intervals, moved, movedBy, scaled, scaledBy } from './operators.ts'
import { arg, group, type Row, sig } from './rules.ts'

/** A function of one double, shown in capitals in automatic column names. */
const real = (name: string, doc: string, example: string): Row => [
  name,
  sig(['double'], doubleType, { shown: { name: name.toUpperCase() } }),
  doc,
  [example],
]
const realPlain = (name: string, doc: string, example: string): Row => [name, sig(['double'], doubleType), doc, [example]]

/** Spark's `RoundBase.dataType`: rounding may need one more digit before the point. */
const rounded = ([t]: readonly DataType[], literals: readonly unknown[]): DataType => {
  if (t?.kind !== 'decimal') return t ?? doubleType
  const digits = Number(literals[1] ?? 0)
  const whole = t.precision - t.scale + 1
  return digits < 0
    ? boundedDecimal(Math.max(whole, 1 - digits), 0)
    : decimalType(Math.min(whole + Math.min(t.scale, digits), 38), Math.min(t.scale, digits))
}
const toWhole = ([t]: readonly DataType[]): DataType => {
  const d = t as DecimalType
  return d.scale === 0 ? d : boundedDecimal(d.precision - d.scale + 1, 0)
}
const rounding = (name: string): Signature[] => [
  sig(['double'], longType, { shown: { name: name.toUpperCase() } }),
  sig(['decimal'], toWhole, { shown: { name: name.toUpperCase() } }),
  sig(['long'], longType, { shown: { name: name.toUpperCase() } }),
  sig(['decimal', 'integer'], rounded),
]
const signed = [
  sig(['numeric'], arg(0)),
  sig(['yearMonthInterval'], arg(0)),
  sig(['dayTimeInterval'], arg(0)),
  sig(['calendarInterval'], arg(0)),
]
const tried = (decimals: (a: DecimalType, b: DecimalType) => DataType): Signature[] => [
  sig(['decimal', 'decimal'], ([a, b]) => decimals(a as DecimalType, b as DecimalType)),
  sig(['numeric', 'same:0'], arg(0)),
]
const chance = { deterministic: false, nullability: 'never' } as const
const bucket = (kind: 'double' | 'yearMonthInterval' | 'dayTimeInterval') => sig([kind, kind, kind, 'long'], longType)

/** Mathematical functions. */
export const MATH = group('math', 'scalar', [
  ['abs', signed, 'The absolute value. Fails on overflow.', ['abs(-1)']],
  real('acos', 'The angle (in radians) whose cosine is given; NaN outside [-1, 1].', 'acos(1)'),
  real('acosh', 'Inverse hyperbolic cosine.', 'acosh(1)'),
  real('asin', 'The angle (in radians) whose sine is given; NaN outside [-1, 1].', 'asin(0)'),
  real('asinh', 'Inverse hyperbolic sine.', 'asinh(0)'),
  real('atan', 'The angle (in radians) whose tangent is given.', 'atan(0)'),
  [
    'atan2',
    sig(['double', 'double'], doubleType, { shown: { name: 'ATAN2' } }),
    'The angle between the x axis and the point (second, first).',
    ['atan2(0, 0)'],
  ],
  real('atanh', 'Inverse hyperbolic tangent.', 'atanh(0)'),
  ['bin', sig(['long'], stringType), 'The number in binary digits.', ['bin(13)']],
  [
    'bround',
    sig(['numeric', 'integer'], rounded, { optional: 1, defaults: ['0'] }),
    'Rounds to so many digits; a half goes to the even neighbour.',
    ['bround(2.5, 0)'],
  ],
  real('cbrt', 'The cube root.', 'cbrt(27.0)'),
  [
    'ceil',
    rounding('ceil'),
    'The smallest whole number not below the value, or the same at so many digits.',
    ['ceil(-0.1)', 'ceil(3.1411, 3)'],
    { aliases: ['ceiling'] },
  ],
  ['conv', sig(['string', 'integer', 'integer'], stringType), 'The digits of a number in another base.', ["conv('100', 2, 10)"]],
  real('cos', 'The cosine of an angle in radians.', 'cos(0)'),
  real('cosh', 'The hyperbolic cosine.', 'cosh(0)'),
  real('cot', 'The cotangent of an angle in radians.', 'cot(1)'),
  real('csc', 'The cosecant of an angle in radians.', 'csc(1)'),
  real('degrees', 'Radians as degrees.', 'degrees(3.141592653589793)'),
  ['e', sig([], doubleType, { shown: { name: 'E' } }), "Euler's number.", ['e()'], { nullability: 'never' }],
  real('exp', 'e to the power of the value.', 'exp(0)'),
  real('expm1', 'exp(x) - 1, exact near 0.', 'expm1(0)'),
  ['factorial', sig(['integer'], longType), 'The factorial of 0 to 20, else null.', ['factorial(5)'], { nullability: 'always' }],
  [
    'floor',
    rounding('floor'),
    'The greatest whole number not above the value, or the same at so many digits.',
    ['floor(-0.1)', 'floor(3.1411, 3)'],
  ],
  [
    'greatest',
    sig(['ordered', 'same:0'], arg(0), { variadic: { min: 1 } }),
    'The greatest value; nulls are skipped.',
    ['greatest(10, 9, 2, 4, 3)'],
    { nullability: 'all-arguments' },
  ],
  [
    'hex',
    [sig(['long'], stringType), sig(['binary'], stringType), sig(['string'], stringType)],
    'The number, bytes or text in hexadecimal digits.',
    ['hex(17)', "hex('Spark SQL')"],
  ],
  [
    'hypot',
    sig(['double', 'double'], doubleType, { shown: { name: 'HYPOT' } }),
    'The square root of the sum of both squares.',
    ['hypot(3, 4)'],
  ],
  [
    'least',
    sig(['ordered', 'same:0'], arg(0), { variadic: { min: 1 } }),
    'The least value; nulls are skipped.',
    ['least(10, 9, 2, 4, 3)'],
    { nullability: 'all-arguments' },
  ],
  ['ln', sig(['double'], doubleType), 'The natural logarithm; null of 0 and below.', ['ln(1)'], { nullability: 'always' }],
  [
    'log',
    [sig(['double'], doubleType, { shown: { name: 'LOG' } }), sig(['double', 'double'], doubleType, { shown: { name: 'LOG' } })],
    'The natural logarithm, or the logarithm of the second argument to the base of the first.',
    ['log(10, 100)', 'log(2.0)'],
    { nullability: 'always' },
  ],
  [
    'log10',
    sig(['double'], doubleType, { shown: { name: 'LOG10' } }),
    'The logarithm to base 10; null of 0 and below.',
    ['log10(10)'],
    { nullability: 'always' },
  ],
  ['log1p', sig(['double'], doubleType, { shown: { name: 'LOG1P' } }), 'ln(1 + x), exact near 0.', ['log1p(0)'], { nullability: 'always' }],
  [
    'log2',
    sig(['double'], doubleType, { shown: { name: 'LOG2' } }),
    'The logarithm to base 2; null of 0 and below.',
    ['log2(2)'],
    { nullability: 'always' },
  ],
  ['negative', signed, 'The value with the other sign. Fails on overflow.', ['negative(1)', '- abs(2)'], { aliases: ['negate'] }],
  ['pi', sig([], doubleType, { shown: { name: 'PI' } }), 'The number pi.', ['pi()'], { nullability: 'never' }],
  ['pmod', tried(decimalRemainder), 'The remainder made positive. Fails on a zero divisor.', ['pmod(-10, 3)']],
  ['positive', signed, 'The value itself.', ['positive(1)']],
  [
    'power',
    sig(['double', 'double'], doubleType, { shown: { name: 'POWER' } }),
    'The first argument to the power of the second.',
    ['power(2, 3)'],
    { aliases: ['pow'], shownAs: { pow: 'pow' } },
  ],
  real('radians', 'Degrees as radians.', 'radians(180)'),
  [
    'rand',
    sig(['long'], doubleType, { optional: 1 }),
    'A random number from [0, 1).',
    ['rand()'],
    { ...chance, aliases: ['random'], shownAs: { random: 'rand' } },
  ],
  ['randn', sig(['long'], doubleType, { optional: 1 }), 'A random number of the standard normal distribution.', ['randn()'], chance],
  realPlain('rint', 'The nearest whole number; a half goes to the even one.', 'rint(12.3456)'),
  [
    'round',
    sig(['numeric', 'integer'], rounded, { optional: 1, defaults: ['0'] }),
    'Rounds to so many digits; a half goes away from zero.',
    ['round(2.5, 0)'],
  ],
  real('sec', 'The secant of an angle in radians.', 'sec(0)'),
  [
    'signum',
    [
      sig(['double'], doubleType, { shown: { name: 'SIGNUM' } }),
      sig(['yearMonthInterval'], doubleType),
      sig(['dayTimeInterval'], doubleType),
    ],
    '-1.0, 0.0 or 1.0 by the sign of the value.',
    ['signum(40)'],
    { aliases: ['sign'], shownAs: { sign: 'sign' } },
  ],
  real('sin', 'The sine of an angle in radians.', 'sin(0)'),
  real('sinh', 'The hyperbolic sine.', 'sinh(0)'),
  real('sqrt', 'The square root; NaN below 0.', 'sqrt(4)'),
  real('tan', 'The tangent of an angle in radians.', 'tan(0)'),
  real('tanh', 'The hyperbolic tangent.', 'tanh(0)'),
  [
    'try_add',
    [...tried(decimalAdd), ...intervals, ...moved, ...movedBy],
    'The sum, null on overflow.',
    ['try_add(2147483647, 1)'],
    { nullability: 'always' },
  ],
  [
    'try_divide',
    [
      sig(['decimal', 'decimal'], ([a, b]) => decimalDivide(a as DecimalType, b as DecimalType)),
      sig(['double', 'double'], doubleType),
      ...scaled,
    ],
    'The quotient, null where the divisor is 0.',
    ['try_divide(3, 0)'],
    { nullability: 'always' },
  ],
  ['try_mod', tried(decimalRemainder), 'The remainder, null where the divisor is 0.', ['try_mod(3, 0)'], { nullability: 'always' }],
  [
    'try_multiply',
    [...tried(decimalMultiply), ...scaled, ...scaledBy],
    'The product, null on overflow.',
    ['try_multiply(2147483647, 2)'],
    { nullability: 'always' },
  ],
  [
    'try_subtract',
    [...tried(decimalAdd), ...intervals, ...moved, ...apart],
    'The difference, null on overflow.',
    ['try_subtract(-2147483648, 1)'],
    { nullability: 'always' },
  ],
  [
    'unhex',
    sig(['string'], { kind: 'binary' }),
    'The bytes of hexadecimal digits; null where they are none.',
    ["unhex('537061726B')"],
    { nullability: 'always' },
  ],
  [
    'uniform',
    sig(['numeric', 'same:0', 'long'], arg(0), { optional: 1 }),
    'A random number between two constants, both included for whole numbers.',
    ['uniform(10, 20, 0)'],
    chance,
  ],
  [
    'width_bucket',
    [bucket('double'), bucket('yearMonthInterval'), bucket('dayTimeInterval')],
    'Which of so many equal buckets between two bounds the value falls in; 0 below, one more than all above.',
    ['width_bucket(5.3, 0.2, 10.6, 5)'],
    { nullability: 'always' },
  ],
])

const flagged = sig(['integral', 'integer'], { kind: 'byte' })
const shifted = [sig(['long', 'integer'], longType), sig(['integer', 'integer'], integerType)]

/** Functions of single bits. */
export const BITWISE = group('bitwise', 'scalar', [
  ['bit_count', [sig(['integral'], integerType), sig(['boolean'], integerType)], 'How many bits are set.', ['bit_count(7)']],
  ['bit_get', flagged, 'The bit at a position counted from the right, from 0.', ['bit_get(11, 0)'], { aliases: ['getbit'] }],
  ['shiftleft', [shifted[1]!, shifted[0]!], 'Bits moved to the left.', ['shiftleft(2, 1)', '2 << 1'], { aliases: ['<<'] }],
  [
    'shiftright',
    [shifted[1]!, shifted[0]!],
    'Bits moved to the right, the sign kept.',
    ['shiftright(4, 1)', '4 >> 1'],
    { aliases: ['>>'] },
  ],
  [
    'shiftrightunsigned',
    [shifted[1]!, shifted[0]!],
    'Bits moved to the right, filled with zeros.',
    ['shiftrightunsigned(4, 1)', '4 >>> 1'],
    { aliases: ['>>>'] },
  ],
])
