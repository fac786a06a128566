import type { Expression } from '../plan/index.ts'
import { functionCall } from './call.ts'
import { intervalLiteral, startsInterval } from './interval-literal.ts'
import { endsOperand } from './lookahead.ts'
import { attribute, call, nameParts, node, type Parser, text } from './syntax.ts'
import { dataType } from './type-text.ts'

/** Answers undefined, nothing taken, where the word is a plain name or function after all. */
type Form = (p: Parser) => Expression | undefined

/** A form `name(…`: takes the name and the bracket, and goes on as a plain call when the first argument is not the form's. */
const bracketed =
  (form: (p: Parser, name: string) => Expression): Form =>
  p => {
    if (!p.at.isSymbol('(', 1) || p.at.isSymbol(')', 2)) return undefined
    const name = p.at.next().text
    p.at.next()
    return form(p, name)
  }
const closed = (p: Parser, e: Expression): Expression => {
  p.at.expectSymbol(')')
  return e
}

const cast = (mode?: 'EVAL_MODE_TRY'): Form =>
  bracketed((p, name) => {
    const expr = p.expression()
    if (!p.at.words('as')) return functionCall(p, name, [expr])
    return closed(p, node({ kind: 'cast', expr, type: dataType(p.at), ...(mode ? { evalMode: mode } : {}) }))
  })

const substring = bracketed((p, name) => {
  const source = p.expression()
  if (!p.at.words('from')) return functionCall(p, name, [source])
  const from = p.value()
  return closed(p, p.at.words('for') ? call('substring', source, from, p.value()) : call('substring', source, from))
})

const TRIMS: Readonly<Record<string, string>> = { both: 'trim', leading: 'ltrim', trailing: 'rtrim' }
const trim = bracketed((p, name) => {
  const side = endsOperand(p.at, 1) ? undefined : p.at.oneOf('both leading trailing')
  const fn = side ? TRIMS[side]! : 'trim'
  if ((side || !endsOperand(p.at, 1)) && p.at.words('from')) return closed(p, call(fn, p.value()))
  const characters = p.expression()
  if (p.at.words('from')) return closed(p, call(fn, characters, p.value()))
  return side ? p.at.fail() : functionCall(p, name, [characters])
})

const overlay = bracketed((p, name) => {
  const source = p.expression()
  if (!p.at.words('placing')) return functionCall(p, name, [source])
  const replacement = p.value()
  p.at.expectWords('from')
  const from = p.value()
  return closed(p, p.at.words('for') ? call('overlay', source, replacement, from, p.value()) : call('overlay', source, replacement, from))
})

const position = bracketed((p, name) => {
  const wanted = p.value()
  if (p.at.words('in')) return closed(p, call('locate', wanted, p.value()))
  return functionCall(p, name, [p.rest(wanted)])
})

const extract: Form = p => {
  const { at } = p
  if (!at.isSymbol('(', 1) || !at.isName(2) || !at.isWord('from', 3)) return undefined
  at.next()
  at.next()
  const field = at.name()
  at.next()
  return closed(p, call('extract', text(field), p.value()))
}

/** `IDENTIFIER('a.b')` is the name in the text. */
const identifier: Form = p => {
  const { at } = p
  if (!at.isSymbol('(', 1) || at.peek(2).kind !== 'string' || !at.isSymbol(')', 3)) return undefined
  at.next()
  at.next()
  const name = at.next().text
  at.next()
  return at.isSymbol('(') ? functionCall(p, name) : attribute(...nameParts(name))
}

/** `CASE WHEN … THEN … ELSE … END`, and `CASE a WHEN 1 …`, which compares. */
const cases: Form = p => {
  const { at } = p
  if (endsOperand(at, 1) || (at.isWord('end', 1) && endsOperand(at, 2))) return undefined
  at.next()
  const compared = at.isWord('when') ? undefined : p.expression()
  const args: Expression[] = []
  while (at.words('when')) {
    const test = p.expression()
    at.expectWords('then')
    args.push(compared ? call('==', compared, test) : test, p.expression())
  }
  if (args.length === 0) at.fail()
  if (at.words('else')) args.push(p.expression())
  at.expectWords('end')
  return call('when', ...args)
}

/** Forms of the language that begin with a word and are not plain calls. */
export const FORMS: Readonly<Record<string, Form>> = {
  case: cases,
  cast: cast(),
  try_cast: cast('EVAL_MODE_TRY'),
  interval: p => (startsInterval(p.at) ? intervalLiteral(p) : undefined),
  substring,
  substr: substring,
  trim,
  overlay,
  position,
  extract,
  identifier,
}
