import { arrayType, booleanType, type DataType, integerType, mapType } from '../types/index.ts'
import { arg, elementTypeOf, group, keyTypeOf, type Row, sig, valueTypeOf } from './rules.ts'

const elements = ([a]: readonly DataType[]): readonly DataType[] => [elementTypeOf(a)]
const elementsAndIndex = ([a]: readonly DataType[]): readonly DataType[] => [elementTypeOf(a), integerType]
const entries = ([m]: readonly DataType[]): readonly DataType[] => [keyTypeOf(m), valueTypeOf(m)]
/** `merge(state, element)` stands at 2, `finish(state)` at 3. */
const folding = ([a, zero]: readonly DataType[], position: number): readonly DataType[] =>
  position === 2 ? [zero!, elementTypeOf(a)] : [zero!]

const fold: Row = [
  'aggregate',
  sig(['array', 'any', 'lambda', 'lambda'], args => args[3] ?? args[2]!, { optional: 1, defaults: ['x -> x'], lambdas: folding }),
  'Folds the array: from a start value, merge(state, element) for each, then finish(state).',
  ['aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x)'],
  { aliases: ['reduce'], nullability: 'always' },
]
const byOrder: Row = [
  'array_sort',
  sig(['array', 'lambda'], arg(0), {
    optional: 1,
    defaults: [
      '(left, right) -> IF(left IS NULL AND right IS NULL, 0, IF(left IS NULL, 1, IF(right IS NULL, -1, IF(left < right, -1, IF(left > right, 1, 0)))))',
    ],
    lambdas: ([a]) => [elementTypeOf(a), elementTypeOf(a)],
  }),
  'The array sorted by a comparison that answers below 0, 0 or above; without one ascending, nulls last.',
  ['array_sort(array(5, 6, 1))'],
]

/** Functions of functions. */
export const LAMBDA = group('lambda', 'scalar', [
  fold,
  byOrder,
  [
    'exists',
    sig(['array', 'lambda'], booleanType, { lambdas: elements }),
    'Does the condition hold for any element? Null when it holds for none and is null for one.',
    ['exists(array(1, 2, 3), x -> x % 2 = 0)'],
    { nullability: 'always' },
  ],
  [
    'forall',
    sig(['array', 'lambda'], booleanType, { lambdas: elements }),
    'Does the condition hold for all elements? Null when it fails for none and is null for one.',
    ['forall(array(1, 2, 3), x -> x > 0)'],
    { nullability: 'always' },
  ],
  [
    'filter',
    sig(['array', 'lambda'], arg(0), { lambdas: elementsAndIndex }),
    'The elements that make the condition true; it may take the index (from 0) as well.',
    ['filter(array(1, 2, 3), x -> x > 1)'],
  ],
  [
    'transform',
    sig(['array', 'lambda'], ([, body]) => arrayType(body!), { lambdas: elementsAndIndex }),
    'Each element through the function; it may take the index (from 0) as well.',
    ['transform(array(1, 2), x -> x + 1)'],
  ],
  [
    'zip_with',
    sig(['array', 'array', 'lambda'], ([, , body]) => arrayType(body!), { lambdas: ([a, b]) => [elementTypeOf(a), elementTypeOf(b)] }),
    'Two arrays joined element by element; the shorter is filled with nulls.',
    ['zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)'],
  ],
  [
    'map_filter',
    sig(['map', 'lambda'], arg(0), { lambdas: entries }),
    'The entries that make the condition true.',
    ["map_filter(map('a', 1), (k, v) -> v > 0)"],
  ],
  [
    'map_zip_with',
    sig(['map', 'map', 'lambda'], ([a, , body]) => mapType(keyTypeOf(a), body!), {
      lambdas: ([a, b]) => [keyTypeOf(a), valueTypeOf(a), valueTypeOf(b)],
    }),
    'Two maps joined by key; where one lacks a key its value is null.',
    ["map_zip_with(map('a', 1), map('a', 2), (k, x, y) -> x + y)"],
  ],
  [
    'transform_keys',
    sig(['map', 'lambda'], ([m, body]) => mapType(body!, valueTypeOf(m)), { lambdas: entries }),
    'Each key through the function; new keys may come once.',
    ["transform_keys(map('a', 1), (k, v) -> upper(k))"],
  ],
  [
    'transform_values',
    sig(['map', 'lambda'], ([m, body]) => mapType(keyTypeOf(m), body!), { lambdas: entries }),
    'Each value through the function.',
    ["transform_values(map('a', 1), (k, v) -> v + 1)"],
  ],
])
