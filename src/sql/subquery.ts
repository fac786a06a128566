import type { Expression, SubqueryExpression } from '../plan/index.ts'
import type { Cursor } from './cursor.ts'
import type { Parser } from './syntax.ts'

/** From the opening bracket to the closing one: the query is kept as text, with the names it reads, to be resolved or refused later. */
export function subquery(
  { at }: Parser,
  subqueryType: SubqueryExpression['subqueryType'],
  values: readonly Expression[],
): SubqueryExpression {
  at.expectSymbol('(')
  const first = at.peek()
  const relations = new Set<string>()
  let last = first
  for (let depth = 1; ; ) {
    if (at.peek().kind === 'end') at.fail()
    if (at.isSymbol('(')) depth++
    if (at.isSymbol(')') && --depth === 0) break
    const reads = at.isWord('from join table')
    last = at.next()
    if (reads) for (const name of tables(at)) relations.add(name)
  }
  at.next()
  const text = at.text.slice(first.start, last.end)
  return Object.freeze({
    kind: 'extension',
    name: 'Subquery',
    subqueryType,
    values: Object.freeze([...values]),
    text,
    relations: Object.freeze([...relations]),
  })
}

/** The names behind FROM or JOIN: `a.b, c AS d`. Nothing is taken. */
function tables(at: Cursor): string[] {
  const names: string[] = []
  for (let i = 0; at.isName(i); ) {
    const parts = [at.peek(i).text]
    for (i++; at.isSymbol('.', i) && at.isName(i + 1); i += 2) parts.push(at.peek(i + 1).text)
    if (!at.isSymbol('(', i)) names.push(parts.join('.'))
    if (at.isWord('as', i)) i++
    if (at.isName(i) && at.isSymbol(',', i + 1)) i++
    if (!at.isSymbol(',', i)) break
    i++
  }
  return names
}
