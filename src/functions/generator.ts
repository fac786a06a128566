import { type DataType, field, integerType, stringType, structType } from '../types/index.ts'
import type { ResultRule } from './function.ts'
import { elementTypeOf, entryTypeOf, group, type Row, sig } from './rules.ts'

const columnsOf = (t: DataType | undefined): readonly (readonly [string, DataType])[] =>
  t?.kind === 'map' ? entryTypeOf(t).fields.map(f => [f.name, f.dataType] as const) : [['col', elementTypeOf(t)]]
const struct = (columns: readonly (readonly [string, DataType])[]): DataType => structType(columns.map(([name, type]) => field(name, type)))

const exploded: ResultRule = ([t]) => struct(columnsOf(t))
const positioned: ResultRule = ([t]) => struct([['pos', integerType], ...columnsOf(t)])
const inlined: ResultRule = ([t]) => elementTypeOf(t)
const stacked: ResultRule = (args, literals) => {
  const rows = Math.max(1, Number(literals[0] ?? 1))
  const width = Math.ceil((args.length - 1) / rows)
  return struct(Array.from({ length: width }, (_, i) => [`col${i}`, args[1 + i]!] as const))
}

const of = (name: string, returns: ResultRule, doc: string, example: string): Row[] => [
  [name, [sig(['array'], returns), ...(name === 'inline' ? [] : [sig(['map'], returns)])], doc, [`${name}(${example})`]],
  [
    `${name}_outer`,
    [sig(['array'], returns), ...(name === 'inline' ? [] : [sig(['map'], returns)])],
    `${doc} A row of nulls where there is none.`,
    [`${name}_outer(${example})`],
  ],
]

/** Functions that make rows. `returns` is a struct with one field for each generated column. */
export const GENERATOR = group('generator', 'generator', [
  ...of('explode', exploded, 'A row for each element (col) or entry (key, value).', 'array(10, 20)'),
  ...of('posexplode', positioned, 'A row for each element or entry, with its position from 0.', 'array(10, 20)'),
  ...of('inline', inlined, 'A row for each struct of an array, a column for each of its fields.', "array(struct(1, 'a'))"),
  [
    'stack',
    sig(['integer', 'any'], stacked, { variadic: { min: 1 } }),
    'The values laid out in n rows; every column takes the type of its first value.',
    ['stack(2, 1, 2, 3)'],
  ],
  [
    'json_tuple',
    sig(['string', 'string'], args => struct(args.slice(1).map((_, i) => [`c${i}`, stringType] as const)), { variadic: { min: 1 } }),
    'The named top-level fields of a JSON text, as strings.',
    ["json_tuple('{\"a\":1}', 'a')"],
  ],
])
