import type { Expression } from '../../plan/index.ts'
import { call as callNode, named } from '../build.ts'
import { Column, lambda } from '../column.ts'
import type { AnyColumn } from '../column-types.ts'
import { toLiteral } from '../literal.ts'

/**
 * Where a text is a value and not a column's name, by function and position (from 0), as in PySpark. Elsewhere a text names a column;
 * `lit('…')` makes it a value anywhere.
 */
export const TEXT_ARGUMENTS: Readonly<Record<string, readonly number[] | 'all'>> = {
  split: [1],
  regexp_replace: [1, 2],
  regexp_extract: [1],
  to_timestamp: [1],
  try_to_timestamp: [1],
  to_timestamp_ltz: [1],
  to_timestamp_ntz: [1],
  try_to_date: [1],
  try_to_time: [1],
  to_unix_timestamp: [1],
  to_date: [1],
  to_time: [1],
  date_format: [1],
  date_trunc: [0],
  trunc: [1],
  unix_timestamp: [1],
  from_unixtime: [1],
  from_utc_timestamp: [1],
  to_utc_timestamp: [1],
  next_day: [1],
  timestamp_add: [0],
  timestamp_diff: [0],
  timestampadd: [0],
  timestampdiff: [0],
  concat_ws: [0],
  format_string: [0],
  printf: [0],
  lpad: [2],
  rpad: [2],
  instr: [1],
  locate: [0],
  substring_index: [1],
  translate: [1, 2],
  decode: [1],
  encode: [1],
  collate: [1],
  get_json_object: [1],
  json_tuple: Array.from({ length: 32 }, (_, i) => i + 1),
  schema_of_json: [0],
  schema_of_csv: [0],
  schema_of_avro: [0],
  from_avro: [1],
  to_avro: [1],
  array_join: [1, 2],
  array_contains: [1],
  array_position: [1],
  array_remove: [1],
  array_append: [1],
  array_prepend: [1],
  array_insert: [2],
  element_at: [1],
  try_element_at: [1],
  map_contains_key: [1],
  assert_true: [1],
  raise_error: [0],
  listagg: [1],
  string_agg: [1],
  window: 'all',
  session_window: 'all',
}

const isText = (name: string, position: number): boolean => {
  const positions = TEXT_ARGUMENTS[name]
  return positions !== undefined && (positions === 'all' ? position > 0 : positions.includes(position))
}

/** An argument of a function: columns stay, texts name columns (see the table above), functions are lambdas, everything else is a value. */
export function argument(name: string, position: number, value: unknown): Expression {
  if (value instanceof Column) return value.expr
  if (typeof value === 'function') return lambda(value as (...args: unknown[]) => AnyColumn)
  return typeof value === 'string' && !isText(name, position) ? named(value) : toLiteral(value)
}

/** A function of the language by its name; left-out arguments at the end are left out. */
export function invoke(name: string, args: readonly unknown[]): AnyColumn {
  const given = args.slice(0, args.findLastIndex(a => a !== undefined) + 1)
  return new Column(callNode(name, ...given.map((a, i) => argument(name, i, a))))
}

/** `callFunction('sha2', 'x', lit(256))`: any function of the language, or one registered with `session.udf.register`, by its name. */
export const callFunction = (name: string, ...args: readonly (AnyColumn | string)[]): AnyColumn =>
  new Column(
    Object.freeze({
      kind: 'callFunction',
      functionName: name,
      arguments: Object.freeze(args.map(a => (a instanceof Column ? a.expr : named(a)))),
    }),
  )
