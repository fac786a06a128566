import type { Expression } from '../plan/index.ts'
import { endsOperand } from './lookahead.ts'
import { call, node, type Parser, text } from './syntax.ts'
import type { Token } from './tokenizer.ts'
import { over, sortItem } from './window.ts'

interface Call {
  readonly name: string
  readonly args: readonly Expression[]
}

/** A function and its arguments, from the opening bracket on. `given` are arguments already read. */
export function functionCall(p: Parser, name: string, given: readonly Expression[] = []): Expression {
  const { at } = p
  if (given.length === 0) at.expectSymbol('(')
  const first = at.peek()
  const distinct = at.isWord('distinct') && !endsOperand(at, 1) && at.words('distinct')
  if (at.isWord('all') && !endsOperand(at, 1)) at.next()
  const args = [...given]
  if (given.length > 0 ? at.symbol(',') : !at.isSymbol(')')) args.push(...at.list(() => argument(p, name)))
  const ignoresNulls = /^(first|last|any_value)$/i.test(name) && at.words('ignore nulls')
  at.expectSymbol(')')
  const made = (SHAPES[name.toLowerCase()] ?? asWritten)(p, { name, args }, first)
  const arguments_ = at.words('within group') ? [...made.args, ...withinGroup(p)] : made.args
  const node = Object.freeze({ ...call(made.name, ...arguments_), ...(distinct ? { isDistinct: true } : {}) })
  return suffixes(p, node, ignoresNulls)
}
const asWritten = (_: Parser, made: Call): Call => made

/** `name => value`, `*`, an expression; inside `struct(…)` with an alias. */
function argument(p: Parser, name: string): Expression {
  const { at } = p
  if (at.isName() && at.isSymbol('=>', 1)) {
    const key = at.name()
    at.next()
    return node({ kind: 'namedArgumentExpression', key, value: p.expression() })
  }
  return name.toLowerCase() === 'struct' ? p.named() : p.expression()
}

/** `WITHIN GROUP (ORDER BY …)`: the order stands behind the arguments. */
function withinGroup(p: Parser): Expression[] {
  p.at.expectSymbol('(')
  p.at.expectWords('order by')
  const order = p.at.list(() => sortItem(p))
  p.at.expectSymbol(')')
  return order
}

/** `FILTER (WHERE …)`, `IGNORE NULLS`, `OVER …`. */
function suffixes(p: Parser, aggregate: Expression, ignored: boolean): Expression {
  const { at } = p
  let where: Expression | undefined
  if (at.isWord('filter') && at.isSymbol('(', 1)) {
    at.next()
    at.next()
    at.expectWords('where')
    where = p.expression()
    at.expectSymbol(')')
  }
  const ignoreNulls = at.words('ignore nulls') || ignored
  at.words('respect nulls')
  const filtered: Expression =
    where || ignoreNulls
      ? node({
          kind: 'extension',
          name: 'FilteredAggregate',
          aggregate,
          ...(where ? { where } : {}),
          ...(ignoreNulls ? { ignoreNulls } : {}),
        })
      : aggregate
  return at.isWord('over') && (at.isSymbol('(', 1) || at.isName(1)) && at.words('over') ? over(p, filtered) : filtered
}

const UNITS = /^(year|quarter|month|week|day|dayofyear|hour|minute|second|millisecond|microsecond)$/i

/** `DATEADD(HOUR, 8, t)`: with three arguments the first is a unit. */
const withUnit =
  (name: string) =>
  (p: Parser, made: Call, first: Token): Call => {
    if (made.args.length !== 3) return made
    if (first.kind === 'string') p.at.refuse('INVALID_DATETIME_UNIT', { functionName: made.name, value: `'${first.text}'` }, first)
    return first.kind === 'word' && UNITS.test(first.text) && made.args[0]!.kind === 'unresolvedAttribute'
      ? { name, args: [text(first.text), ...made.args.slice(1)] }
      : made
  }

/** Functions whose arguments mean something else by their place. */
const SHAPES: Readonly<Record<string, (p: Parser, made: Call, first: Token) => Call>> = {
  timestampadd: withUnit('timestampadd'),
  dateadd: withUnit('timestampadd'),
  date_add: withUnit('timestampadd'),
  timestampdiff: withUnit('timestampdiff'),
  datediff: withUnit('timestampdiff'),
  date_diff: withUnit('timestampdiff'),
  timediff: withUnit('timestampdiff'),
}
