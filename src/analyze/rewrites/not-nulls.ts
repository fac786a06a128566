import { booleanType } from '../../types/index.ts'
import { callOf } from '../expressions/call.ts'
import type { Attribute, Typed } from '../resolved.ts'
import { keyOf } from '../tree.ts'

/** Tests that a null never passes, and functions that make a null of a null: what Spark calls null intolerant. */
const NULL_REJECTING = new Set(['==', '!=', '<', '<=', '>', '>=', 'like', 'rlike', 'startswith', 'endswith', 'contains'])
const ARITHMETIC = ['+', '-', '*', '/', '%', 'div', 'pmod', 'negative', 'positive', 'abs', '&', '|', '^', '~']
const TEXT = ['upper', 'lower', 'length', 'substring', 'reverse', 'trim', 'ltrim', 'rtrim', 'instr']
const TIME = [
  'year',
  'quarter',
  'month',
  'dayofmonth',
  'dayofweek',
  'dayofyear',
  'weekday',
  'weekofyear',
  'hour',
  'minute',
  'second',
  'date_add',
  'date_sub',
  'datediff',
  'date_trunc',
  'trunc',
]
const NULL_PASSING = new Set([...ARITHMETIC, ...TEXT, ...TIME])

/** `column IS NOT NULL` for each nullable column that a conjunct cannot do without, unless it is known already. */
export function notNulls(conjuncts: readonly Typed[], columns: readonly Attribute[], known: readonly Typed[]): readonly Typed[] {
  const have = new Set(known.map(keyOf))
  const read = new Map<number, Typed>()
  for (const c of conjuncts) for (const column of rejecting(c)) read.set(column.id, column)
  return columns
    .filter(c => c.nullable && read.has(c.id))
    .map(c => callOf('isnotnull', [read.get(c.id)!], booleanType, false))
    .filter(c => !have.has(keyOf(c)))
}

type Column = Extract<Typed, { node: 'attribute' }>

function rejecting(e: Typed): readonly Column[] {
  if (e.node !== 'call') return []
  if (e.fn === 'not') return rejecting(e.args[0]!)
  return NULL_REJECTING.has(e.fn) ? e.args.flatMap(needed) : []
}

function needed(e: Typed): readonly Column[] {
  if (e.node === 'attribute') return [e]
  if (e.node === 'cast' && e.mode === 'ansi') return needed(e.expr)
  return e.node === 'call' && NULL_PASSING.has(e.fn) ? e.args.flatMap(needed) : []
}
