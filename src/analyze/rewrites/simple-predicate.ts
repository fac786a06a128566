import type { TCall, Typed } from '../resolved.ts'
import { referencesOf, some } from '../tree.ts'

const COMPARISONS = new Set(['==', '<=>', '<', '<=', '>', '>=', '!='])
const TEXT_TESTS = new Set(['startswith', 'endswith', 'contains'])

const isColumn = (e: Typed | undefined): boolean => e?.node === 'attribute'
const isConstant = (e: Typed | undefined): boolean =>
  e !== undefined && referencesOf(e).size === 0 && !some(e, x => x.node === 'userFunction')

type Test = (e: TCall) => boolean
const comparison: Test = ({ args: [a, b] }) => (isColumn(a) && isConstant(b)) || (isColumn(b) && isConstant(a))
const TESTS: Readonly<Record<string, Test>> = {
  isnull: e => isColumn(e.args[0]),
  isnotnull: e => isColumn(e.args[0]),
  in: e => isColumn(e.args[0]) && e.args.slice(1).every(isConstant),
  and: e => e.args.every(isSimple),
  or: e => e.args.every(isSimple),
  not: e => isSimple(e.args[0]!),
  like: e => isColumn(e.args[0]) && isPrefixPattern(e.args[1]),
  ...Object.fromEntries([...COMPARISONS].map(fn => [fn, comparison])),
  ...Object.fromEntries([...TEXT_TESTS].map(fn => [fn, comparison])),
}

/** `a%`, `%a`, `%a%`, `a`: what Spark turns into starts with, ends with, contains, equals. */
function isPrefixPattern(e: Typed | undefined): boolean {
  if (e?.node !== 'literal' || typeof e.value !== 'string') return false
  return /^%?[^%_\\]*%?$/.test(e.value) && e.value.replaceAll('%', '') !== ''
}

/** May a json or csv scan of Spark's apply the predicate? Columns of the top level against constants only. */
export function isSimple(e: Typed): boolean {
  if (e.node === 'attribute') return e.dataType.kind === 'boolean'
  return e.node === 'call' && (TESTS[e.fn]?.(e) ?? false)
}
