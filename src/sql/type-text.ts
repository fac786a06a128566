import { type DataType, parseDataType } from '../types/index.ts'
import type { Cursor } from './cursor.ts'

const OPEN: Readonly<Record<string, number>> = { '<': 1, '(': 1, '>': -1, '>>': -2, '>>>': -3, ')': -1 }
const INTERVAL_UNITS = 'year month day hour minute second'

/** A data type in the middle of an expression: takes as many tokens as belong to it and has them read by `parseDataType`. */
export function dataType(at: Cursor): DataType {
  const start = at.peek()
  const { text } = at.peek().kind === 'word' ? at.next() : at.fail()
  if (at.isSymbol('<') || at.isSymbol('(')) balanced(at)
  else at.symbol('<>')
  tail(at, text.toLowerCase())
  return parseDataType(at.textFrom(start))
}

/** From an opening bracket to its closing one. */
function balanced(at: Cursor): void {
  let depth = 0
  do {
    const token = at.next()
    if (token.kind === 'end') at.fail(token)
    if (token.kind === 'symbol') depth += OPEN[token.text] ?? 0
  } while (depth > 0)
}

/** The words behind some types. */
function tail(at: Cursor, type: string): void {
  if (type === 'interval' && at.oneOf(INTERVAL_UNITS) && at.words('to')) at.name()
  if (type === 'timestamp' && !at.words('with local time zone')) at.words('without time zone')
  if (type === 'time') at.words('without time zone')
  if ((type === 'string' || type === 'char' || type === 'varchar') && at.words('collate')) {
    at.name()
    while (at.symbol('.')) at.name()
  }
}
