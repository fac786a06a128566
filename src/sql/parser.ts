import { MillraceError } from '../errors/index.ts'
import type { Expression } from '../plan/index.ts'
import { Cursor } from './cursor.ts'
import { expression, named, value } from './expression.ts'
import type { Parser } from './syntax.ts'

export interface ParseOptions {
  /** The session time zone: `TIMESTAMP '2024-01-06 04:00:00'` is read in it. Default UTC. */
  readonly timeZone?: string
  /** Backslashes in string literals stay (spark.sql.parser.escapedStringLiterals). Default false. */
  readonly escapedStringLiterals?: boolean
}

function parserOf(text: string, { timeZone = 'UTC', escapedStringLiterals = false }: ParseOptions): Parser {
  const parser: Parser = {
    at: new Cursor(text, !escapedStringLiterals),
    timeZone,
    expression: () => expression(parser),
    value: () => value(parser, 1),
    named: () => named(parser),
    rest: left => expression(parser, left),
  }
  if (text.trim() === '') throw new MillraceError('PARSE_EMPTY_STATEMENT', {})
  return parser
}

function ended({ at }: Parser): void {
  if (at.peek().kind !== 'end') at.fail()
}

/**
 * Reads a SQL expression, with an alias if it has one, as Spark's `parseExpression` does: `sum(a) + 1 AS b`, `a IN (1, 2)`, `x -> x + 1`.
 * Operators become functions by the names Spark Connect's clients send (`==`, `and`, `isNull`, `when`, …).
 *
 * @throws PARSE_SYNTAX_ERROR (or a more specific condition) with the text and a caret in the details
 */
export function parseExpression(text: string, options: ParseOptions = {}): Expression {
  const parser = parserOf(text, options)
  const found = parser.named()
  ended(parser)
  return found
}

/** Reads `a, b + 1 AS c`, with or without `SELECT` before it: the columns of a query without FROM. */
export function parseSelectList(text: string, options: ParseOptions = {}): Expression[] {
  const parser = parserOf(text, options)
  parser.at.words('select')
  const found = parser.at.list(() => parser.named())
  while (parser.at.symbol(';'));
  ended(parser)
  return found
}
