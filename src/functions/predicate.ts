import { booleanType } from '../types/index.ts'
import { group, sig } from './rules.ts'

/** Questions about single values; comparison and logic are in `operators.ts`, LIKE and its kin in `regex.ts`. */
export const PREDICATE = group('predicate', 'scalar', [
  [
    'equal_null',
    sig(['any', 'same:0'], booleanType),
    'Are both equal, a null being equal to a null?',
    ['equal_null(1, 11)'],
    { nullability: 'never' },
  ],
  [
    'isnan',
    [sig(['float'], booleanType), sig(['double'], booleanType)],
    'Is the value NaN? False for null.',
    ["isnan(cast('NaN' as double))"],
    { nullability: 'never' },
  ],
  ['isnotnull', sig(['any'], booleanType), 'Is there a value?', ['isnotnull(1)'], { nullability: 'never' }],
  ['isnull', sig(['any'], booleanType), 'Is the value null?', ['isnull(1)'], { nullability: 'never' }],
])
