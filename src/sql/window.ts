import type { Expression, FrameBoundary, SortOrder, WindowExpression } from '../plan/index.ts'
import { operandsOf } from '../plan/index.ts'
import { node, type Parser } from './syntax.ts'

/** `expression [ASC | DESC] [NULLS FIRST | LAST]`. */
export function sortItem(p: Parser): SortOrder {
  const child = p.expression()
  const descending = p.at.oneOf('asc desc') === 'desc'
  const nulls = p.at.words('nulls') ? (p.at.oneOf('first last') ?? p.at.fail()) : descending ? 'last' : 'first'
  return node({
    kind: 'sortOrder',
    child,
    direction: descending ? 'SORT_DIRECTION_DESCENDING' : 'SORT_DIRECTION_ASCENDING',
    nullOrdering: nulls === 'first' ? 'SORT_NULLS_FIRST' : 'SORT_NULLS_LAST',
  })
}

/** What follows OVER: a specification in brackets, or the name of a window. */
export function over(p: Parser, windowFunction: Expression): Expression {
  const { at } = p
  if (at.isName()) return named(windowFunction, at.name())
  at.expectSymbol('(')
  if (at.isName() && at.isSymbol(')', 1)) {
    const window = named(windowFunction, at.name())
    at.next()
    return window
  }
  const clustered = at.words('cluster by') ? at.list(() => p.expression()) : undefined
  const partitionSpec = clustered ?? (at.words('partition by') || at.words('distribute by') ? at.list(() => p.expression()) : [])
  const orderSpec = !clustered && (at.words('order by') || at.words('sort by')) ? at.list(() => sortItem(p)) : []
  const frameSpec = frame(p)
  at.expectSymbol(')')
  return node({ kind: 'window', windowFunction, partitionSpec, orderSpec, ...(frameSpec ? { frameSpec } : {}) })
}
const named = (windowFunction: Expression, windowName: string): Expression =>
  node({ kind: 'extension', name: 'NamedWindow', windowFunction, windowName })

function frame(p: Parser): WindowExpression['frameSpec'] {
  const { at } = p
  const word = at.oneOf('rows range')
  if (!word) return undefined
  const frameType = word === 'rows' ? 'FRAME_TYPE_ROW' : 'FRAME_TYPE_RANGE'
  if (!at.words('between')) return Object.freeze({ frameType, lower: bound(p), upper: Object.freeze({ currentRow: true }) })
  const lower = bound(p)
  at.expectWords('and')
  return Object.freeze({ frameType, lower, upper: bound(p) })
}

/** Rows before count down from the current one: `3 PRECEDING` is -3, as Spark Connect has it. */
function bound(p: Parser): FrameBoundary {
  const { at } = p
  if (at.words('current row')) return Object.freeze({ currentRow: true })
  if (at.words('unbounded')) {
    if (!at.oneOf('preceding following')) at.fail()
    return Object.freeze({ unbounded: true })
  }
  const start = at.peek()
  const value = p.expression()
  const bound = at.textFrom(start)
  const side = at.oneOf('preceding following') ?? at.fail()
  if (!isConstant(value)) at.refuse('INVALID_WINDOW_FRAME', { bound }, start)
  return Object.freeze({ value: side === 'following' ? value : negative(value) })
}
const negative = (e: Expression): Expression =>
  e.kind === 'literal' && typeof e.value === 'number' && e.value !== 0
    ? node({ ...e, value: -e.value })
    : e.kind === 'literal' && typeof e.value === 'bigint'
      ? node({ ...e, value: -e.value })
      : node({ kind: 'unresolvedFunction', functionName: 'negative', arguments: [e] })

const OPERATORS = new Set(['+', '-', '*', '/', '%', 'div', 'negative', 'positive', '~', '&', '|', '^', '<<', '>>', '>>>'])
/** Numbers and operators on them: what is known before any row is. */
const isConstant = (e: Expression): boolean => {
  if (e.kind === 'literal') return true
  const folds = e.kind === 'cast' || (e.kind === 'unresolvedFunction' && OPERATORS.has(e.functionName))
  return folds && operandsOf(e).every(isConstant)
}
