import type { Expression, Relation } from '../../src/plan/index.ts'

const SHAPE =
  /^\s*select\s+(.+?)\s+from\s+values\s+(.+?)\s+(?:as\s+)?(\w+)\s*\(([\w\s,]+)\)\s*(?:group\s+by\s+(.+?))?\s*(?:order\s+by\s+.+?)?;?\s*$/is
const ONE_ROW: Relation = { kind: 'range', start: '0', end: '1', step: '1' }
const SETS = /^(cube|rollup)\s*\((.+)\)$/i

/**
 * `SELECT <list> FROM VALUES <rows> [AS] t(<names>) [GROUP BY <keys>]`, the one shape in which recorded examples see rows, as a plan; undefined for
 * any other. Expressions are read by the language's parser; this reader only cuts the text. An ORDER BY is left out: rows are compared as a multiset.
 */
export function overValues(query: string, parse: (list: string) => Expression[]): Relation | undefined {
  const found = SHAPE.exec(query)
  if (!found || /\(\s*select\b/i.test(query)) return undefined
  const [, list, values, alias, names, by] = found as unknown as [string, string, string, string, string, string?]
  const columns = names.split(',').map(n => n.trim())
  const rows = call('array', ...parse(values).map(e => struct(cellsOf(e, columns.length), columns)))
  const all: Relation = { kind: 'project', input: ONE_ROW, expressions: [call('inline', rows)] }
  const input: Relation = { kind: 'subqueryAlias', input: all, alias }
  return by === undefined ? { kind: 'project', input, expressions: parse(list) } : grouped(input, list, by, parse)
}

const call = (functionName: string, ...args: Expression[]): Expression => ({ kind: 'unresolvedFunction', functionName, arguments: args })
const struct = (cells: readonly Expression[], names: readonly string[]): Expression =>
  call('struct', ...cells.map((expr, i): Expression => ({ kind: 'alias', expr, name: [names[i]!] })))

/** The parser reads `(1, 'a')` as a struct of names and values. */
const cellsOf = (e: Expression, count: number): readonly Expression[] =>
  count > 1 && e.kind === 'unresolvedFunction' ? e.arguments.filter((_, i) => i % 2 === 1) : [e]

/**
 * groupBy() puts the keys before the aggregates. Where all of them have aliases, the list is selected above it, so that it may name fields of the
 * keys; else the list stands in groupBy() itself, behind the keys.
 */
function grouped(input: Relation, list: string, by: string, parse: (list: string) => Expression[]): Relation {
  const [, sets, inside] = SETS.exec(by) ?? []
  const items = parse(list)
  const computed = items.filter(e => e.kind !== 'unresolvedAttribute')
  const apart = computed.every(e => e.kind === 'alias')
  const aggregate: Relation = {
    kind: 'aggregate',
    input,
    groupType: sets === undefined ? 'GROUP_TYPE_GROUPBY' : sets.toLowerCase() === 'cube' ? 'GROUP_TYPE_CUBE' : 'GROUP_TYPE_ROLLUP',
    groupingExpressions: parse(inside ?? by),
    aggregateExpressions: apart ? computed : items,
  }
  const names = items.map(e => (e.kind === 'alias' ? ({ kind: 'unresolvedAttribute', unparsedIdentifier: e.name[0]! } as const) : e))
  return apart ? { kind: 'project', input: aggregate, expressions: names } : aggregate
}
