import { conjunctsOf } from '../conjuncts.ts'
import type { Attribute, RJoin, TCall, Typed } from '../resolved.ts'

/** `smaller < bigger`, from any of the four comparisons. */
const ORDERED: Readonly<Record<string, (a: Typed, b: Typed) => readonly [smaller: Typed, bigger: Typed]>> = {
  '<': (a, b) => [a, b],
  '<=': (a, b) => [a, b],
  '>': (a, b) => [b, a],
  '>=': (a, b) => [b, a],
}

/**
 * Does a condition of the join keep the event time of `side` above the other side's watermark, so that old rows of `side` can be forgotten?
 * As in Spark only sums and differences of columns and constants count: `a.ts > b.ts - interval 5 minutes`.
 */
export function boundsStateOf(join: RJoin, side: 'left' | 'right'): boolean {
  const own = side === 'left' ? join.left.output : join.right.output
  const other = side === 'left' ? join.right.output : join.left.output
  return join.condition !== undefined && conjunctsOf(join.condition).some(c => c.node === 'call' && isLowerBound(c, own, other))
}

function isLowerBound(c: TCall, own: readonly Attribute[], other: readonly Attribute[]): boolean {
  const ordered = ORDERED[c.fn]?.(c.args[0]!, c.args[1]!)
  if (!ordered) return false
  const terms = [...(termsOf(ordered[1], 1) ?? [undefined]), ...(termsOf(ordered[0], -1) ?? [undefined])]
  if (terms.includes(undefined)) return false
  const columns = (terms as readonly Term[]).filter(t => t.column)
  const [mine, ...more] = columns.filter(t => own.some(c => c.id === t.id))
  if (!mine || more.length > 0 || mine.sign !== 1) return false
  const theirs = columns.filter(t => other.some(c => c.id === t.id))
  return theirs.length === 1 && theirs[0]!.sign === -1 && other.some(c => c.id === theirs[0]!.id && c.watermarkDelayMs !== undefined)
}

interface Term {
  readonly sign: 1 | -1
  readonly column: boolean
  readonly id?: number
}

/** The terms of a sum, or undefined where it is none, or where months make its length unknown. */
function termsOf(e: Typed, sign: 1 | -1): readonly Term[] | undefined {
  if (e.node === 'attribute') return [{ sign, column: true, id: e.id }]
  if (e.node === 'cast') return termsOf(e.expr, sign)
  if (e.node === 'literal') return hasMonths(e.value) || e.dataType.kind === 'yearMonthInterval' ? undefined : [{ sign, column: false }]
  if (e.node !== 'call' || (e.fn !== '+' && e.fn !== '-') || e.args.length !== 2) return undefined
  const [a, b] = [termsOf(e.args[0]!, sign), termsOf(e.args[1]!, e.fn === '+' ? sign : sign === 1 ? -1 : 1)]
  return a && b && [...a, ...b]
}

const hasMonths = (value: unknown): boolean => typeof value === 'object' && value !== null && 'months' in value && value.months !== 0
