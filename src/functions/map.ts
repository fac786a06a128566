import { arrayType, booleanType, type DataType, field, mapType, nullType, stringType, structType } from '../types/index.ts'
import { arg, elementTypeOf, entryTypeOf, group, keyTypeOf, sig, valueTypeOf } from './rules.ts'

const entriesAsMap = (t: DataType | undefined): DataType => {
  const entry = elementTypeOf(t)
  const [key, value] = entry.kind === 'struct' ? entry.fields : []
  return mapType(key?.dataType ?? nullType, value?.dataType ?? nullType, value?.nullable ?? true)
}

/** Functions of maps. */
export const MAP = group('map', 'scalar', [
  [
    'map',
    sig(['same:0', 'same:1'], ([k, v]) => mapType(k ?? nullType, v ?? nullType), { variadic: { min: 0, repeat: 2 } }),
    'A map of keys and values in turn. A key may come once and may not be null.',
    ["map('a', 1, 'b', 2)"],
    { nullability: 'never', aliases: ['create_map'], shownAs: { create_map: 'map' } },
  ],
  [
    'map_concat',
    sig(['same:0'], ([m]) => m ?? mapType(stringType, stringType), { variadic: { min: 0 } }),
    'All entries of the maps in one; a key may come once.',
    ["map_concat(map('a', 1), map('b', 2))"],
  ],
  ['map_contains_key', sig(['map', 'key:0'], booleanType), 'Does the map hold the key?', ["map_contains_key(map('a', 1), 'a')"]],
  [
    'map_entries',
    sig(['map'], ([m]) => arrayType(entryTypeOf(m), false)),
    'The entries as an array of structs key, value.',
    ["map_entries(map('a', 1))"],
  ],
  [
    'map_from_arrays',
    sig(['array', 'array'], ([k, v]) => mapType(elementTypeOf(k), elementTypeOf(v))),
    'A map from an array of keys and an array of values of the same length.',
    ["map_from_arrays(array('a', 'b'), array(1, 2))"],
  ],
  [
    'map_from_entries',
    sig(['array'], ([a]) => entriesAsMap(a)),
    'A map from an array of structs of key and value.',
    ["map_from_entries(array(struct('a', 1)))"],
    { nullability: 'always' },
  ],
  ['map_keys', sig(['map'], ([m]) => arrayType(keyTypeOf(m), false)), 'The keys of the map.', ["map_keys(map('a', 1))"]],
  ['map_values', sig(['map'], ([m]) => arrayType(valueTypeOf(m))), 'The values of the map.', ["map_values(map('a', 1))"]],
  [
    'str_to_map',
    sig(['string', 'string', 'string'], mapType(stringType, stringType), { optional: 2, defaults: ["','", "':'"] }),
    'A map from text: entries between the first delimiter, key and value between the second (both regular expressions).',
    ["str_to_map('a:1,b:2')"],
  ],
])

/** Functions that make structs. `struct(…)` names its fields by the columns; `named_struct` takes the names. */
export const STRUCT = group('struct', 'scalar', [
  [
    'named_struct',
    sig(
      ['string', 'any'],
      (args, literals) => structType(args.flatMap((t, i) => (i % 2 === 1 ? [field(String(literals[i - 1]), t)] : []))),
      { variadic: { min: 1, repeat: 2 } },
    ),
    'A struct of names and values in turn.',
    ["named_struct('a', 1, 'b', 2)"],
    { nullability: 'never' },
  ],
  [
    'struct',
    sig(['any'], args => structType(args.map((t, i) => field(`col${i + 1}`, t))), { variadic: { min: 1 } }),
    'A struct of the given columns; each field has the name of its column, or col1, col2, ….',
    ['struct(1, 2)'],
    { nullability: 'never' },
  ],
  ['with_field', sig(['struct', 'string', 'any'], arg(0)), 'The struct with one field replaced or added; what withField() makes.', []],
])
