import { type ConditionName, MillraceError, type ParamsOf } from '../errors/index.ts'
import { caret, type Token, tokenize } from './tokenizer.ts'

/** Walks over the tokens of a text and knows how to complain. */
export class Cursor {
  readonly text: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string, escaped = true) {
    this.text = text
    this.#tokens = tokenize(text, escaped)
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!
  }

  next(): Token {
    const token = this.peek()
    if (this.#at < this.#tokens.length - 1) this.#at++
    return token
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'symbol' && token.text === symbol
  }
  /** Is the token one of these keywords? Case does not count; a name in backticks is none. */
  isWord(words: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'word' && words.split(' ').includes(token.text.toLowerCase())
  }
  isName(ahead = 0): boolean {
    const { kind } = this.peek(ahead)
    return kind === 'word' || kind === 'quoted'
  }

  symbol(symbol: string): boolean {
    const hit = this.isSymbol(symbol)
    if (hit) this.next()
    return hit
  }
  /** Takes all of these keywords, in order, or none. */
  words(words: string): boolean {
    const wanted = words.split(' ')
    const hit = wanted.every((w, i) => this.isWord(w, i))
    if (hit) for (const _ of wanted) this.next()
    return hit
  }
  /** Takes one of these keywords and answers it in lower case. */
  oneOf(words: string): string | undefined {
    return this.isWord(words) ? this.next().text.toLowerCase() : undefined
  }

  expectSymbol(symbol: string): void {
    if (!this.symbol(symbol)) this.fail()
  }
  expectWords(words: string): void {
    if (!this.words(words)) this.fail()
  }
  /** A name; one with letters beyond ASCII stands in backticks, as in Spark. */
  name(): string {
    const { kind, text } = this.peek()
    if (kind === 'word' && /[^\w]/.test(text)) this.refuse('INVALID_IDENTIFIER', { ident: text })
    return this.isName() ? this.next().text : this.fail()
  }
  string(): Token {
    return this.peek().kind === 'string' ? this.next() : this.fail()
  }

  /** Items between commas. */
  list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.symbol(',')) items.push(item())
    return items
  }

  /** The text from a token up to the last one taken, as written. */
  textFrom(start: Token): string {
    return this.text.slice(start.start, this.#tokens[this.#at - 1]?.end ?? start.start)
  }

  /** The text cannot go on with this token. */
  fail(token = this.peek()): never {
    const error = token.kind === 'end' ? 'end of input' : `'${this.text.slice(token.start, token.end)}'`
    throw new MillraceError('PARSE_SYNTAX_ERROR', { error }, { details: caret(this.text, token.start) })
  }

  /** A condition of its own, with a caret under `token`. */
  refuse<C extends ConditionName>(condition: C, params: ParamsOf<C>, token: Token = this.peek()): never {
    throw new MillraceError(condition, params, { details: caret(this.text, token.start) })
  }
}
