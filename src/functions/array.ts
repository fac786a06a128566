import { arrayType, booleanType, type DataType, field, integerType, longType, stringType, structType } from '../types/index.ts'
import type { Signature } from './function.ts'
import { arg, arrayOf, element, elementTypeOf, group, type Row, sig } from './rules.ts'

const strings = arrayType(stringType)
/** An array and a value that may join it. */
const withElement = (returns = arg(0)): Signature => sig(['array', 'element:0'], returns)
const joining = (name: string, doc: string): Row => [
  name,
  withElement(([a, e]) => arrayType(elementTypeOf(a).kind === 'null' ? e! : elementTypeOf(a))),
  doc,
  [`${name}(array(1, 2), 3)`],
  { nullability: 'any-argument' },
]
const sets = (name: string, doc: string): Row => [name, sig(['array', 'same:0'], arg(0)), doc, [`${name}(array(1, 2, 3), array(1, 3, 5))`]]

/** Functions of arrays. */
export const ARRAY = group('array', 'scalar', [
  [
    'array',
    sig(['same:0'], ([first]) => arrayType(first ?? { kind: 'null' }), { variadic: { min: 0 } }),
    'An array of the given values.',
    ['array(1, 2, 3)'],
    { nullability: 'never' },
  ],
  joining('array_append', 'The array with the value behind its last element.'),
  joining('array_prepend', 'The array with the value before its first element.'),
  [
    'array_compact',
    sig(['array'], ([a]) => arrayType(elementTypeOf(a), false)),
    'The array without its nulls.',
    ['array_compact(array(1, null, 2))'],
  ],
  [
    'array_contains',
    withElement(booleanType),
    'Does the array hold the value? Null when it is not found and the array holds nulls.',
    ['array_contains(array(1, 2), 2)'],
    { nullability: 'always' },
  ],
  [
    'array_distinct',
    sig(['array'], arg(0)),
    'The array without repeated elements, in the order of their first appearance.',
    ['array_distinct(array(1, 2, 1))'],
  ],
  sets('array_except', 'The different elements of the first array that the second does not hold.'),
  sets('array_intersect', 'The different elements that both arrays hold.'),
  sets('array_union', 'The different elements of both arrays.'),
  [
    'arrays_overlap',
    sig(['array', 'same:0'], booleanType),
    'Do the arrays share an element? Null when they do not and one of them holds nulls.',
    ['arrays_overlap(array(1, 2), array(2, 3))'],
    { nullability: 'always' },
  ],
  [
    'array_insert',
    sig(['array', 'integer', 'element:0'], arg(0)),
    'The array with the value at the given place, counted from 1, or from the end when negative.',
    ['array_insert(array(1, 3), 2, 2)'],
  ],
  [
    'array_join',
    sig([strings, 'string', 'string'], stringType, { optional: 1 }),
    'The elements as one string; nulls are left out or replaced by the third argument.',
    ["array_join(array('a', 'b'), '-')"],
  ],
  [
    'array_max',
    sig(['array'], element(0)),
    'The largest element; nulls are left out.',
    ['array_max(array(1, 3, 2))'],
    { nullability: 'always' },
  ],
  [
    'array_min',
    sig(['array'], element(0)),
    'The smallest element; nulls are left out.',
    ['array_min(array(1, 3, 2))'],
    { nullability: 'always' },
  ],
  [
    'array_position',
    withElement(longType),
    'Where the value stands first, counted from 1; 0 when it is not there.',
    ['array_position(array(3, 2, 1), 1)'],
  ],
  ['array_remove', withElement(), 'The array without every element equal to the value.', ['array_remove(array(1, 2, 3, 2), 2)']],
  [
    'array_repeat',
    sig(['any', 'integer'], arrayOf(0)),
    'An array of the value, so many times.',
    ["array_repeat('a', 2)"],
    { nullability: 'always' },
  ],
  ['array_size', sig(['array'], integerType), 'How many elements the array has; null for null.', ['array_size(array(1, 2))']],
  [
    'arrays_zip',
    sig(['array'], args => arrayType(structType(args.map((t, i) => field(String(i), elementTypeOf(t)))), false), { variadic: { min: 0 } }),
    'Merges arrays into an array of structs; the n-th holds the n-th elements. Fields have the names of the columns.',
    ['arrays_zip(array(1, 2), array(3, 4))'],
  ],
  [
    'flatten',
    sig(['array'], element(0)),
    'An array of arrays as one array.',
    ['flatten(array(array(1, 2), array(3)))'],
    { nullability: 'always' },
  ],
  [
    'get',
    sig(['array', 'integer'], element(0)),
    'The element at an index counted from 0; null outside.',
    ['get(array(1, 2), 0)'],
    { nullability: 'always' },
  ],
  [
    'sequence',
    [
      sig(['integral', 'same:0', 'same:0'], arrayOf(0, false), { optional: 1 }),
      ...(['date', 'timestamp', 'timestampNtz'] as const).map(t => sig([t, t, 'interval'], arrayOf(0, false), { optional: 1 })),
    ],
    'An array from start to stop, both included, by step (1 or -1, one day for times).',
    ['sequence(1, 5)', "sequence(date'2018-01-01', date'2018-03-01', interval 1 month)"],
  ],
  [
    'shuffle',
    sig(['array', 'long'], arg(0), { optional: 1, shown: { args: 1 } }),
    'The array in a random order.',
    ['shuffle(array(1, 2, 3))'],
    { deterministic: false },
  ],
  [
    'slice',
    sig(['array', 'integer', 'integer'], arg(0)),
    'A part of the array: from a place counted from 1 (or from the end when negative), so many elements.',
    ['slice(array(1, 2, 3, 4), 2, 2)'],
  ],
  [
    'sort_array',
    sig(['array', 'boolean'], arg(0), { optional: 1, defaults: ['true'] }),
    'The array sorted; nulls come first in ascending order, last in descending.',
    ['sort_array(array(2, null, 1))', 'sort_array(array(2, 1), false)'],
  ],
])

const elementAt: readonly Signature[] = [
  sig(['array', 'integer'], element(0)),
  sig(['map', 'key:0'], ([m]) => (m?.kind === 'map' ? m.valueType : { kind: 'null' }) as DataType),
]
/** Functions of arrays, maps and strings alike. */
export const COLLECTION = group('collection', 'scalar', [
  [
    'size',
    [sig(['array'], integerType), sig(['map'], integerType)],
    'How many elements or entries there are; null for null.',
    ['size(array(1, 2))'],
    { aliases: ['cardinality'] },
  ],
  [
    'concat',
    [
      sig([], stringType),
      sig(['array', 'same:0'], arg(0), { variadic: { min: 0 } }),
      sig(['binary'], { kind: 'binary' }, { variadic: { min: 1 } }),
      sig(['string'], stringType, { variadic: { min: 1 } }),
    ],
    'The arguments one behind the other: strings, binaries or arrays; null if any is null.',
    ["concat('a', 'b')", 'concat(array(1), array(2))'],
  ],
  [
    'element_at',
    elementAt,
    'The element at a place counted from 1 (from the end when negative), which must exist; or the value of a key, null without it.',
    ['element_at(array(1, 2), 2)', "element_at(map('a', 1), 'a')"],
    { nullability: 'always' },
  ],
  [
    'try_element_at',
    elementAt,
    'As element_at, but null where the place does not exist.',
    ['try_element_at(array(1, 2), 3)'],
    { nullability: 'always' },
  ],
  [
    'reverse',
    [sig(['array'], arg(0)), sig(['binary'], arg(0)), sig(['string'], stringType)],
    'The elements, bytes or characters in reverse order.',
    ["reverse('abc')", 'reverse(array(1, 2))'],
  ],
])
