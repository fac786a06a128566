import { MillraceError } from '../errors/index.ts'
import { arrayType, type DataType, integerType, parseDataType, parseDdl, sqlName, stringType } from '../types/index.ts'
import type { ResultRule } from './function.ts'
import { group, sig } from './rules.ts'

/** The type a schema argument names: a type (`MAP<STRING, INT>`), a list of columns (`a INT, b STRING`). */
function schemaArgument(text: unknown, functionName: string): DataType {
  if (typeof text !== 'string') throw new MillraceError('NON_FOLDABLE_ARGUMENT', { function: functionName, argument: 'schema' })
  const given = text
  try {
    return parseDataType(given)
  } catch {
    return parseDdl(given)
  }
}
const mismatch = (sub: string, expression: string, problem: string): MillraceError =>
  new MillraceError('DATATYPE_MISMATCH', { sub, expression, problem })

/** Keys of JSON objects are texts: no map anywhere in the type may have others. */
function checkKeys(t: DataType): void {
  if (t.kind === 'map') {
    if (t.keyType.kind !== 'string')
      throw mismatch('INVALID_JSON_MAP_KEY_TYPE', 'from_json', `keys of a map must be STRING, not ${sqlName(t.keyType)}`)
    checkKeys(t.valueType)
  } else if (t.kind === 'array') checkKeys(t.elementType)
  else if (t.kind === 'struct') for (const f of t.fields) checkKeys(f.dataType)
}

const jsonSchema: ResultRule = (_, [, schema]) => {
  const type = schemaArgument(schema, 'from_json')
  if (!['struct', 'array', 'map', 'variant'].includes(type.kind))
    throw mismatch('INVALID_JSON_SCHEMA', 'from_json', `the schema must be a STRUCT, ARRAY, MAP or VARIANT, not ${sqlName(type)}`)
  checkKeys(type)
  return nullable(type)
}
const csvSchema: ResultRule = (_, [, schema]) => {
  const type = schemaArgument(schema, 'from_csv')
  if (type.kind !== 'struct') throw new MillraceError('INVALID_SCHEMA', { text: String(schema) })
  const nested = type.fields.find(f => ['struct', 'array', 'map', 'null'].includes(f.dataType.kind))
  if (nested) throw new MillraceError('UNSUPPORTED_DATATYPE.IN_CSV', { column: nested.name, type: sqlName(nested.dataType) })
  return nullable(type)
}

/** Whatever text holds may be missing: all fields and elements may be null. */
function nullable(t: DataType): DataType {
  if (t.kind === 'struct') return { ...t, fields: t.fields.map(f => ({ ...f, nullable: true, dataType: nullable(f.dataType) })) }
  if (t.kind === 'array') return { ...t, containsNull: true, elementType: nullable(t.elementType) }
  if (t.kind === 'map') return { ...t, valueContainsNull: true, valueType: nullable(t.valueType) }
  return t
}
const MAYBE = { nullability: 'always' } as const

/** Functions of JSON text. */
export const JSON_FUNCTIONS = group('json', 'scalar', [
  [
    'from_json',
    sig(['string', 'string', 'map'], jsonSchema, { optional: 1, shown: { args: 1 } }),
    'The JSON text as a value of the given schema; text that is no JSON gives nulls (mode PERMISSIVE) or fails (FAILFAST).',
    ["from_json('{\"a\":1}', 'a INT')"],
    MAYBE,
  ],
  [
    'to_json',
    (['struct', 'array', 'map', 'variant'] as const).map(t => sig([t, 'map'], stringType, { optional: 1, shown: { args: 1 } })),
    'The value as JSON text; null fields are left out.',
    ["to_json(named_struct('a', 1))"],
  ],
  [
    'get_json_object',
    sig(['string', 'string'], stringType),
    'What a path such as $.a[0].b points at, as text.',
    ['get_json_object(\'{"a":"b"}\', \'$.a\')'],
    MAYBE,
  ],
  [
    'json_array_length',
    sig(['string'], integerType),
    'How many elements the outermost JSON array has; null for anything else.',
    ["json_array_length('[1, 2]')"],
    MAYBE,
  ],
  [
    'json_object_keys',
    sig(['string'], arrayType(stringType)),
    'The keys of the outermost JSON object; null for anything else.',
    ['json_object_keys(\'{"a": 1}\')'],
    MAYBE,
  ],
  [
    'schema_of_json',
    sig(['string', 'map'], stringType, { optional: 1, shown: { args: 1 } }),
    'The schema of a JSON text, in DDL.',
    ['schema_of_json(\'[{"col":0}]\')'],
    { nullability: 'never' },
  ],
])

/** Functions of one CSV record. */
export const CSV_FUNCTIONS = group('csv', 'scalar', [
  [
    'from_csv',
    sig(['string', 'string', 'map'], csvSchema, { optional: 1, shown: { args: 1 } }),
    'The CSV record as a struct of the given columns.',
    ["from_csv('1, 0.8', 'a INT, b DOUBLE')"],
    MAYBE,
  ],
  [
    'to_csv',
    sig(['struct', 'map'], stringType, { optional: 1, shown: { args: 1 } }),
    'The struct as a CSV record.',
    ["to_csv(named_struct('a', 1, 'b', 2))"],
  ],
  [
    'schema_of_csv',
    sig(['string', 'map'], stringType, { optional: 1, shown: { args: 1 } }),
    'The schema of a CSV record, in DDL.',
    ["schema_of_csv('1,abc')"],
    { nullability: 'never' },
  ],
])
