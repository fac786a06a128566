import type { TCall } from '../../../../analyze/resolved.ts'
import type { DataType } from '../../../../types/index.ts'
import type { FunctionLowering } from '../context.ts'
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
  in: isIn,
  '||': joined,
}

export const typeOf = (call: TCall, i: number): DataType => call.args[i]!.dataType
