import { integerType } from '../types/index.ts'
import { arg, group, sig } from './rules.ts'

/** Choices between values. CASE, `when` and `if` are nodes of their own. */
export const CONDITIONAL = group('conditional', 'scalar', [
  [
    'coalesce',
    sig(['any', 'same:0'], arg(0), { variadic: { min: 0 } }),
    'The first value that is not null.',
    ['coalesce(NULL, 1, NULL)'],
    { nullability: 'all-arguments' },
  ],
  [
    'ifnull',
    sig(['any', 'same:0'], arg(0)),
    'The second value where the first is null.',
    ["ifnull(NULL, array('2'))"],
    { aliases: ['nvl'], nullability: 'all-arguments' },
  ],
  [
    'nanvl',
    [sig(['float', 'float'], arg(0)), sig(['double', 'double'], arg(0))],
    'The second value where the first is NaN.',
    ["nanvl(cast('NaN' as double), 123)"],
    { nullability: 'always' },
  ],
  [
    'nullif',
    sig(['any', 'same:0'], arg(0)),
    'Null where both are equal, else the first value.',
    ['nullif(2, 2)'],
    { nullability: 'always' },
  ],
  ['nullifzero', sig(['numeric'], arg(0)), 'Null for 0, else the value.', ['nullifzero(2)'], { nullability: 'always' }],
  [
    'nvl2',
    sig(['any', 'any', 'same:1'], arg(1)),
    'The second value where the first is not null, else the third.',
    ['nvl2(NULL, 2, 1)'],
    { nullability: 'always' },
  ],
  [
    'zeroifnull',
    [sig(['null'], integerType), sig(['numeric'], arg(0))],
    '0 for null, else the value.',
    ['zeroifnull(NULL)'],
    { nullability: 'never' },
  ],
])
