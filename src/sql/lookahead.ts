import type { Cursor } from './cursor.ts'

/** Every keyword may be a name too (Spark's default), so what a word is depends on what follows. */

/** Can no operand begin at this token? */
export function endsOperand(at: Cursor, ahead: number): boolean {
  const { kind, text } = at.peek(ahead)
  return kind === 'end' || (kind === 'symbol' && !OPENING.has(text))
}
const OPENING = new Set(['(', '-', '+', '~', '!', '*', '?', ':'])

/** Is the word here an operator? At the end of an expression it can only be a name. */
export const isOperator = (at: Cursor, word: string): boolean => at.isWord(word) && !endsOperand(at, 1)

/** Does a query begin at this token? Brackets before it do not count. */
export function isQuery(at: Cursor, ahead: number): boolean {
  let i = ahead
  while (at.isSymbol('(', i)) i++
  if (at.isWord('select', i)) return !endsOperand(at, i + 1)
  if (at.isWord('values', i)) return at.isSymbol('(', i + 1) || at.peek(i + 1).kind === 'number' || at.peek(i + 1).kind === 'string'
  if (at.isWord('with', i)) return at.isName(i + 1) && (at.isWord('as', i + 2) || at.isSymbol('(', i + 2))
  return at.isWord('from table', i) && at.isName(i + 1)
}

/** Does `(a, b) ->` begin at this token? One parameter alone has no brackets. */
export function isLambda(at: Cursor): boolean {
  if (!at.isSymbol(',', 2)) return false
  let i = 1
  while (at.isName(i) && at.isSymbol(',', i + 1)) i += 2
  return at.isName(i) && at.isSymbol(')', i + 1) && at.isSymbol('->', i + 2)
}

/** Does the bracket at this token close before a UNION or another clause of a query? */
export function isCombined(at: Cursor, ahead: number): boolean {
  let i = ahead
  for (let depth = 0; at.peek(i).kind !== 'end'; i++) {
    if (at.isSymbol('(', i)) depth++
    else if (at.isSymbol(')', i) && --depth === 0) break
  }
  return at.isWord('union except intersect minus order limit', i + 1)
}
