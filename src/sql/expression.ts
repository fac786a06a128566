import type { Expression } from '../plan/index.ts'
import { endsOperand, isOperator, isQuery } from './lookahead.ts'
import { primary } from './primary.ts'
import { subquery } from './subquery.ts'
import { call, not, type Parser, text, truth, when } from './syntax.ts'

/** Binary operators of values: how tightly they bind, and the function each becomes. All take their left side first. */
const BINARY: Readonly<Record<string, { readonly power: number; readonly make: (l: Expression, r: Expression) => Expression }>> = (() => {
  const plain = (power: number, ...names: string[]) =>
    names.map(n => [n, { power, make: (l: Expression, r: Expression) => call(n, l, r) }] as const)
  const comparison = (symbol: string, make: (l: Expression, r: Expression) => Expression) => [symbol, { power: 1, make }] as const
  return Object.fromEntries([
    comparison('=', (l, r) => call('==', l, r)),
    comparison('<>', (l, r) => not(call('==', l, r))),
    comparison('!=', (l, r) => not(call('==', l, r))),
    comparison('!>', (l, r) => call('<=', l, r)),
    comparison('!<', (l, r) => call('>=', l, r)),
    ...plain(1, '==', '<=>', '<', '<=', '>', '>='),
    ...plain(2, '|'),
    ...plain(3, '^'),
    ...plain(4, '&'),
    ...plain(5, '<<', '>>', '>>>'),
    ...plain(6, '+', '-'),
    ['||', { power: 6, make: (l: Expression, r: Expression) => call('concat', l, r) }],
    ...plain(7, '*', '/', '%', 'div'),
  ])
})()
/** A minus of SQL text shows as it is written; `negative` is the function. */
const UNARY: Readonly<Record<string, string>> = { '-': '-', '+': 'positive', '~': '~' }

/** Spark's `expression`: `or` under `and` under `not` and predicates. */
export const expression = (p: Parser, left?: Expression): Expression => {
  let found = conjunction(p, left)
  while (isOperator(p.at, 'or') && p.at.words('or')) found = call('or', found, conjunction(p))
  return found
}
const conjunction = (p: Parser, left?: Expression): Expression => {
  let found = negation(p, left)
  while (isOperator(p.at, 'and') && p.at.words('and')) found = call('and', found, negation(p))
  return found
}

function negation(p: Parser, left?: Expression): Expression {
  const { at } = p
  if (left) return predicate(p, value(p, 1, left))
  if (at.symbol('!') || (at.isWord('not') && !endsOperand(at, 1) && at.words('not'))) return not(negation(p))
  if (at.isWord('exists') && at.isSymbol('(', 1) && isQuery(at, 2)) {
    at.next()
    return subquery(p, 'EXISTS', [])
  }
  return predicate(p, value(p, 1))
}

/** Operators between values, by how tightly they bind (Pratt). */
export function value(p: Parser, power: number, first?: Expression): Expression {
  const { at } = p
  let left = first ?? unary(p)
  for (;;) {
    const token = at.peek()
    const operator = token.kind === 'symbol' ? BINARY[token.text] : isOperator(at, 'div') ? BINARY.div : undefined
    if (!operator || operator.power < power) return left
    at.next()
    left = operator.make(left, value(p, operator.power + 1))
  }
}

function unary(p: Parser): Expression {
  const { kind, text: symbol } = p.at.peek()
  const name = kind === 'symbol' ? UNARY[symbol] : undefined
  if (!name || (symbol === '-' && p.at.peek(1).kind === 'number')) return primary(p)
  p.at.next()
  return call(name, unary(p))
}

/** What may follow a value once: BETWEEN, IN, LIKE and its kin, IS. */
function predicate(p: Parser, left: Expression): Expression {
  const { at } = p
  if (isOperator(at, 'is') && at.words('is')) return is(p, left)
  const negated = at.isWord('not') && at.isWord('between in like ilike rlike regexp', 1) && at.words('not')
  if (!negated && endsOperand(at, 1)) return left
  const word = at.oneOf('between in like ilike rlike regexp')
  return word ? when(negated && !QUANTIFIED.test(word), PREDICATES[word]!(p, left, negated)) : left
}
/** Quantified patterns negate each pattern by themselves. */
const QUANTIFIED = /^i?like$/

const PREDICATES: Readonly<Record<string, (p: Parser, left: Expression, negated: boolean) => Expression>> = {
  between: (p, left) => {
    const low = p.value()
    p.at.expectWords('and')
    return call('between', left, low, p.value())
  },
  in: (p, left) => {
    const { at } = p
    if (at.isSymbol('(') && isQuery(at, 1)) return subquery(p, 'IN', [left])
    const open = at.peek()
    at.expectSymbol('(')
    if (at.isSymbol(')')) {
      const instead = 'Write at least one value in the brackets.'
      at.refuse('INVALID_SQL_SYNTAX', { problem: 'IN has no values', kind: 'EMPTY_IN_PREDICATE', instead }, open)
    }
    const options = at.list(() => p.expression())
    at.expectSymbol(')')
    return call('in', left, ...options)
  },
  rlike: (p, left) => call('rlike', left, p.value()),
  regexp: (p, left) => call('rlike', left, p.value()),
  like: (p, left, negated) => like(p, 'like', left, negated),
  ilike: (p, left, negated) => like(p, 'ilike', left, negated),
}

function like(p: Parser, name: string, left: Expression, negated: boolean): Expression {
  const { at } = p
  const quantifier = at.isSymbol('(', 1) ? at.oneOf('any some all') : undefined
  if (quantifier) return quantified(p, name, left, negated, quantifier)
  const pattern = p.value()
  if (!at.words('escape')) return when(negated, call(name, left, pattern))
  const sign = at.string()
  if ([...sign.text].length !== 1) at.refuse('INVALID_ESC', { invalidEscape: at.text.slice(sign.start, sign.end) }, sign)
  return when(negated, call(name, left, pattern, text(sign.text)))
}

/** `LIKE ANY (…)` is a chain of `or`, `LIKE ALL (…)` of `and`. */
function quantified(p: Parser, name: string, left: Expression, negated: boolean, quantifier: string): Expression {
  const { at } = p
  const open = at.next()
  if (at.isSymbol(')')) {
    const kind = 'EMPTY_QUANTIFIED_PATTERN'
    at.refuse(
      'INVALID_SQL_SYNTAX',
      { problem: `${quantifier.toUpperCase()} has no pattern`, kind, instead: 'Write at least one pattern in the brackets.' },
      open,
    )
  }
  const tests = at.list(() => when(negated, call(name, left, p.expression())))
  at.expectSymbol(')')
  return tests.reduce((a, b) => call(quantifier === 'all' ? 'and' : 'or', a, b))
}

function is(p: Parser, left: Expression): Expression {
  const { at } = p
  const negated = at.words('not')
  if (at.words('distinct from')) return when(!negated, call('<=>', left, p.value()))
  const kind = at.oneOf('null unknown true false') ?? at.fail()
  if (kind === 'true' || kind === 'false') return when(negated, call('<=>', left, truth(kind === 'true')))
  return call(negated ? 'isNotNull' : 'isNull', left)
}

/** `expression [[AS] alias]`, `AS (a, b)` for functions that make several columns. */
export function named(p: Parser): Expression {
  const { at } = p
  const expr = p.expression()
  const as = at.words('as')
  if (at.isName()) return Object.freeze({ kind: 'alias', expr, name: Object.freeze([at.name()]) })
  if (as || (at.isSymbol('(') && at.isName(1))) {
    at.expectSymbol('(')
    const names = at.list(() => at.name())
    at.expectSymbol(')')
    return Object.freeze({ kind: 'alias', expr, name: Object.freeze(names) })
  }
  return expr
}
