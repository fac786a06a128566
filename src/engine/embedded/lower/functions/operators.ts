import type { TCall } from '../../../../analyze/resolved.ts'
import type { DataType } from '../../../../types/index.ts'
import { type FunctionLowering, fail } from '../context.ts'
import { once } from '../once.ts'
import { divide, integralDivide, minus, plus, remainder, times } from './arithmetic.ts'

const infix =
  (op: string): FunctionLowering =>
  (_, [a, b]) =>
    `(${a} ${op} ${b})`

/** Structs compare field by field with nulls last in DuckDB and first in Spark; equality is the same. */
const compare = (op: string): FunctionLowering => infix(op)

const isIn: FunctionLowering = (call, [value, ...list]) => {
  // A null in a struct makes DuckDB's IN answer as if it were a value; Spark compares structs the same way.
  return call.args.length === 1 ? 'FALSE' : `(${value} IN (${list.join(', ')}))`
}

const joined: FunctionLowering = (_, args) => `(${args.join(' || ')})`

/**
 * `array[i]` from 0, failing outside; `map[key]`, null for a missing key. The array stands outside of CASE, where DuckDB computes
 * a text split once for all the columns taken from it.
 */
const getItem: FunctionLowering = (call, [from, key]) => {
  if (call.args[0]!.dataType.kind === 'map') return `map_extract_value(${from}, ${key})`
  return onceBig(from!, array =>
    once(key!, i => {
      const failed = fail('INVALID_ARRAY_INDEX', { indexValue: i, arraySize: `len(${array})` })
      return `COALESCE(list_extract(${array}, CASE WHEN ${i} >= 0 THEN ${i} + 1 END), CASE WHEN ${i} < 0 OR ${i} >= len(${array}) THEN ${failed} END)`
    }),
  )
}
/** Very long texts are bound after all. */
const onceBig = (sql: string, body: (v: string) => string): string => (sql.length > 2000 ? once(sql, body) : body(sql))

export const operators: Readonly<Record<string, FunctionLowering>> = {
  '+': plus('ansi'),
  '-': (call, args, ctx) => minus('ansi')(call, args, ctx),
  '*': times('ansi'),
  '/': divide('ansi'),
  div: integralDivide,
  '%': remainder('ansi'),
  '==': compare('='),
  '!=': compare('<>'),
  '<': compare('<'),
  '<=': compare('<='),
  '>': compare('>'),
  '>=': compare('>='),
  '<=>': infix('IS NOT DISTINCT FROM'),
  and: infix('AND'),
  or: infix('OR'),
  not: (_, [a]) => `(NOT ${a})`,
  '&': infix('&'),
  '|': infix('|'),
  '^': (_, [a, b]) => `xor(${a}, ${b})`,
  '~': (_, [a]) => `(~${a})`,
  getItem,
  in: isIn,
  '||': joined,
}

export const typeOf = (call: TCall, i: number): DataType => call.args[i]!.dataType
