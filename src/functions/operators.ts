import { booleanType, type DataType, type DecimalType, doubleType, longType, stringType } from '../types/index.ts'
import { decimalAdd, decimalDivide, decimalMultiply, decimalRemainder } from './decimal.ts'
import { arg, group, sig } from './rules.ts'

/** Decimals keep their own precision on both sides (an integer comes as the decimal that holds it); other numbers meet in one type. */
const arithmetic = (decimals: (a: DecimalType, b: DecimalType) => DataType) => [
  sig(['decimal', 'decimal'], ([a, b]) => decimals(a as DecimalType, b as DecimalType)),
  sig(['numeric', 'same:0'], arg(0)),
]
export const intervals = [
  sig(['yearMonthInterval', 'same:0'], arg(0)),
  sig(['dayTimeInterval', 'same:0'], arg(0)),
  sig(['calendarInterval', 'calendarInterval'], arg(0)),
]
export const moved = [
  sig(['date', 'integer'], arg(0)),
  sig(['date', 'yearMonthInterval'], arg(0)),
  sig(['date', 'dayTimeInterval'], ([, b]) =>
    b?.kind === 'dayTimeInterval' && b.endField === 0 ? { kind: 'date' } : { kind: 'timestamp' },
  ),
  sig(['date', 'calendarInterval'], arg(0)),
  sig(['timestamp', 'interval'], arg(0)),
  sig(['timestampNtz', 'interval'], arg(0)),
]
export const movedBy = [
  sig(['integer', 'date'], arg(1)),
  sig(['yearMonthInterval', 'date'], arg(1)),
  sig(['dayTimeInterval', 'date'], ([a]) => (a?.kind === 'dayTimeInterval' && a.endField === 0 ? { kind: 'date' } : { kind: 'timestamp' })),
  sig(['calendarInterval', 'date'], arg(1)),
  sig(['interval', 'timestamp'], arg(1)),
  sig(['interval', 'timestampNtz'], arg(1)),
]
const dayTime: DataType = { kind: 'dayTimeInterval', startField: 0, endField: 3 }
const yearMonth: DataType = { kind: 'yearMonthInterval', startField: 0, endField: 1 }
export const apart = [
  sig(['date', 'date'], { kind: 'dayTimeInterval', startField: 0, endField: 0 }),
  sig(['timestamp', 'timestamp'], dayTime),
  sig(['timestampNtz', 'timestampNtz'], dayTime),
]
export const scaled = [
  sig(['yearMonthInterval', 'numeric'], yearMonth),
  sig(['dayTimeInterval', 'numeric'], dayTime),
  sig(['calendarInterval', 'numeric'], { kind: 'calendarInterval' }),
]
export const scaledBy = [
  sig(['numeric', 'yearMonthInterval'], yearMonth),
  sig(['numeric', 'dayTimeInterval'], dayTime),
  sig(['numeric', 'calendarInterval'], { kind: 'calendarInterval' }),
]
const compare = sig(['ordered', 'same:0'], booleanType)
const bits = sig(['integral', 'same:0'], arg(0))

/** Operators of the language under the names they have in a plan. */
export const OPERATORS = group('operator', 'operator', [
  ['+', [...arithmetic(decimalAdd), ...intervals, ...moved, ...movedBy], 'The sum. Fails on overflow.', ['1 + 2']],
  [
    '-',
    [...arithmetic(decimalAdd), ...intervals, ...moved, ...apart],
    'The difference. Fails on overflow. Two dates or timestamps give an interval.',
    ['2 - 1'],
  ],
  ['*', [...arithmetic(decimalMultiply), ...scaled, ...scaledBy], 'The product. Fails on overflow.', ['2 * 3']],
  [
    '/',
    [
      sig(['decimal', 'decimal'], ([a, b]) => decimalDivide(a as DecimalType, b as DecimalType)),
      sig(['double', 'double'], doubleType),
      ...scaled,
    ],
    'The quotient, never truncated. Fails on a zero divisor.',
    ['3 / 2'],
  ],
  [
    'div',
    [
      sig(['long', 'long'], longType),
      sig(['decimal', 'decimal'], longType),
      sig(['yearMonthInterval', 'yearMonthInterval'], longType),
      sig(['dayTimeInterval', 'dayTimeInterval'], longType),
    ],
    'The whole part of the quotient. Fails on a zero divisor.',
    ['3 div 2'],
  ],
  [
    '%',
    arithmetic(decimalRemainder),
    'The remainder, with the sign of the dividend. Fails on a zero divisor.',
    ['2 % 1.8', 'mod(2, 1.8)'],
    { aliases: ['mod'] },
  ],
  ['==', compare, 'Are both sides equal? NaN equals NaN.', ['2 == 2', "1 = '1'"], { aliases: ['='] }],
  ['!=', compare, 'Do the sides differ?', ['1 != 2'], { aliases: ['<>'] }],
  ['<', compare, 'Is the left side smaller?', ['1 < 2']],
  ['<=', compare, 'Is the left side smaller or equal?', ['2 <= 2']],
  ['>', compare, 'Is the left side greater? NaN is greater than any number.', ['2 > 1']],
  ['>=', compare, 'Is the left side greater or equal?', ['2 >= 1']],
  [
    '<=>',
    sig(['any', 'same:0'], booleanType),
    'Are both sides equal, a null being equal to a null?',
    ['NULL <=> NULL'],
    { nullability: 'never' },
  ],
  ['and', sig(['boolean', 'boolean'], booleanType), 'Are both true?', ['true and NULL']],
  ['or', sig(['boolean', 'boolean'], booleanType), 'Is one of them true?', ['true or false']],
  ['not', sig(['boolean'], booleanType), 'The opposite truth value.', ['not true', '! true'], { aliases: ['!'] }],
  ['&', bits, 'Bits set in both numbers.', ['3 & 5']],
  ['|', bits, 'Bits set in either number.', ['3 | 5']],
  ['^', bits, 'Bits set in exactly one of the numbers.', ['3 ^ 5']],
  ['~', sig(['integral'], arg(0)), 'All bits turned over.', ['~ 0'], { aliases: ['bitwise_not'] }],
  [
    'in',
    sig(['any', 'same:0'], booleanType, { variadic: { min: 1 } }),
    'Is the first value among the others? Null when it is not and one of the others is null.',
    ['1 in (1, 2, 3)'],
  ],
  [
    '||',
    [sig(['binary', 'binary'], arg(0)), sig(['array', 'same:0'], arg(0)), sig(['string', 'string'], stringType)],
    'Both sides joined: texts, bytes or arrays.',
    ["'a' || 'b'"],
  ],
])
