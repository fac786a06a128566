import { type Expression, rewriteExpression } from '../plan/index.ts'
import { functionCall } from './call.ts'
import { isCombined, isLambda, isQuery } from './lookahead.ts'
import { numberLiteral } from './number-literal.ts'
import { FORMS } from './special-forms.ts'
import { subquery } from './subquery.ts'
import { attribute, call, nameParts, node, nothing, type Parser, text, truth } from './syntax.ts'
import { dataType } from './type-text.ts'
import { typedLiteral } from './typed-literal.ts'

/** An operand and what binds to it most tightly: `.field`, `[index]`, `::type`, `COLLATE name`. */
export function primary(p: Parser): Expression {
  let operand = atom(p)
  for (;;) {
    const next = postfix(p, operand)
    if (!next) return operand
    operand = next
  }
}

function postfix(p: Parser, operand: Expression): Expression | undefined {
  const { at } = p
  if (at.symbol('::')) return node({ kind: 'cast', expr: operand, type: dataType(at) })
  if (at.symbol('[')) {
    const extraction = p.value()
    at.expectSymbol(']')
    return node({ kind: 'unresolvedExtractValue', child: operand, extraction })
  }
  if (at.isSymbol('.') && at.isName(1)) {
    at.next()
    return node({ kind: 'unresolvedExtractValue', child: operand, extraction: text(at.name()) })
  }
  if (at.isSymbol(':') && (at.isName(1) || at.isSymbol('[', 1))) return path(p, operand)
  if (at.isWord('collate') && at.isName(1)) {
    at.next()
    return call('collate', operand, text(qualifiedName(p).join('.')))
  }
  return undefined
}

/** `column:field.inner[0]`: a path into a variant or a JSON text. */
function path(p: Parser, operand: Expression): Expression {
  const { at } = p
  at.next()
  const start = at.peek()
  if (!at.isSymbol('[')) at.name()
  for (;;) {
    if (at.isSymbol('.') && at.isName(1)) {
      at.next()
      at.name()
    } else if (at.symbol('[')) {
      if (!['number', 'string'].includes(at.next().kind)) at.fail()
      at.expectSymbol(']')
    } else return call('semi_structured_extract', operand, text(at.textFrom(start)))
  }
}

function atom(p: Parser): Expression {
  const { at } = p
  const token = at.peek()
  switch (token.kind) {
    case 'number':
      return numberLiteral(at, at.next(), false)
    case 'string':
      return strings(p)
    case 'word':
      return word(p)
    case 'quoted':
      return name(p)
    case 'symbol':
      return (SYMBOLS[token.text] ?? failing)(p)
    default:
      return at.fail()
  }
}
const failing = (p: Parser): never => p.at.fail()

const SYMBOLS: Readonly<Record<string, (p: Parser) => Expression>> = {
  '-': ({ at }) => {
    at.next()
    return at.peek().kind === 'number' ? numberLiteral(at, at.next(), true) : at.fail()
  },
  '*': p => star(p),
  '(': p => brackets(p),
  '?': ({ at }) => {
    const { start } = at.next()
    return node({ kind: 'extension', name: 'Parameter', parameter: `?${start}` })
  },
  ':': ({ at }) => {
    at.next()
    return node({ kind: 'extension', name: 'Parameter', parameter: at.name() })
  },
}

/** String literals side by side are one. */
function strings({ at }: Parser): Expression {
  let value = at.string().text
  while (at.peek().kind === 'string') value += at.next().text
  return text(value)
}

const CONSTANTS: Readonly<Record<string, Expression>> = { null: nothing, true: truth(true), false: truth(false) }

function word(p: Parser): Expression {
  const { at } = p
  const lower = at.peek().text.toLowerCase()
  const form = FORMS[lower]?.(p)
  if (form) return form
  if (at.peek(1).kind === 'string') return typedLiteral(p)
  const constant = CONSTANTS[lower]
  if (constant && !at.isSymbol('(', 1)) {
    at.next()
    return constant
  }
  return name(p)
}

/** A name: of a column, a function to be called, the parameter of a lambda, or a table before `.*`. */
function name(p: Parser): Expression {
  const { at } = p
  if (at.isSymbol('->', 1)) {
    const parameter = at.name()
    at.next()
    return lambda(p, [parameter])
  }
  const parts = qualifiedName(p)
  if (at.isSymbol('(')) return functionCall(p, parts.join('.'))
  if (at.isSymbol('.') && at.isSymbol('*', 1)) {
    at.next()
    return star(p, parts)
  }
  return attribute(...parts)
}

function qualifiedName({ at }: Parser): string[] {
  const parts = [at.name()]
  while (at.isSymbol('.') && at.isName(1)) {
    at.next()
    parts.push(at.name())
  }
  return parts
}

function star({ at }: Parser, target: readonly string[] = []): Expression {
  const token = at.next()
  if (at.isWord('except') && at.isSymbol('(', 1))
    at.refuse('NOT_SUPPORTED', { what: '* EXCEPT', instead: 'Use drop(), or name the columns.' }, token)
  const prefix = attribute(...target) as { readonly unparsedIdentifier: string }
  return node(
    target.length === 0 ? { kind: 'unresolvedStar' } : { kind: 'unresolvedStar', unparsedTarget: `${prefix.unparsedIdentifier}.*` },
  )
}

/** `(a)`, `(a, b)` a struct, `(a, b) -> …`, `(SELECT …)`. */
function brackets(p: Parser): Expression {
  const { at } = p
  if (isLambda(at)) {
    at.next()
    const parameters = at.list(() => at.name())
    at.next()
    at.next()
    return lambda(p, parameters)
  }
  if (isQuery(at, 1) && (!at.isSymbol('(', 1) || isCombined(at, 1))) return subquery(p, 'SCALAR', [])
  at.next()
  const items = at.list(() => p.named())
  at.expectSymbol(')')
  const [only] = items
  if (items.length > 1) return row(items)
  return only!.kind === 'alias' ? at.fail() : only!
}

/** Fields are named as their columns, else by place: col1, col2. */
const row = (items: readonly Expression[]): Expression =>
  call(
    'named_struct',
    ...items.flatMap((e, i) => (e.kind === 'alias' ? [text(e.name[0]!), e.expr] : [text(fieldName(e) ?? `col${i + 1}`), e])),
  )
const fieldName = (e: Expression): string | undefined =>
  e.kind === 'unresolvedAttribute' ? nameParts(e.unparsedIdentifier).at(-1) : undefined

/** Names in the body that are parameters become variables; a name behind them is a field. */
function lambda(p: Parser, parameters: readonly string[]): Expression {
  const known = new Map(parameters.map(n => [n.toLowerCase(), node({ kind: 'unresolvedNamedLambdaVariable', nameParts: [n] })]))
  const bound = (e: Expression): Expression => {
    if (e.kind !== 'unresolvedAttribute') return e
    const [first, ...fields] = nameParts(e.unparsedIdentifier)
    const variable = known.get(first!.toLowerCase())
    return variable
      ? fields.reduce<Expression>((child, f) => node({ kind: 'unresolvedExtractValue', child, extraction: text(f) }), variable)
      : e
  }
  return node({ kind: 'lambdaFunction', function: rewriteExpression(p.expression(), bound), arguments: [...known.values()] })
}
