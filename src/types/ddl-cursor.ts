import { MillraceError } from '../errors/index.ts'
import { type DataType, nullType } from './data-type.ts'

interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'integer' | 'number' | 'symbol' | 'end'
  readonly text: string
  readonly position: number
}

/** One alternative a group, in the order they are tried. A number with letters behind it is a name, as in Spark (`1a`), save `1L` and its kind. */
const TOKEN =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<quoted>`(?:[^`]|``)*`)|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|(?<number>\d+\.\d*|\.\d+|\d+(?:[eE][+-]?\d+|[lLsSyYdDfF]|[bB][dD])(?![\p{L}\d_]))|(?<integer>\d+(?![\p{L}\d_]))|(?<word>[\p{L}\d_]+)|(?<symbol><>|[\s\S])/uy

function tokens(text: string): Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const position = TOKEN.lastIndex
    const groups = TOKEN.exec(text)!.groups!
    const [kind, value] = Object.entries(groups).find(([, v]) => v !== undefined)!
    if (kind !== 'space') found.push({ kind: kind as Token['kind'], text: value, position })
  }
  found.push({ kind: 'end', text: '', position: text.length })
  return found
}

/** Walks over the words of a schema text and knows how to complain. */
export class DdlCursor {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0
  #refusal: MillraceError | undefined

  private constructor(text: string) {
    this.#text = text
    this.#tokens = tokens(text)
  }

  static of(text: string): DdlCursor {
    const cursor = new DdlCursor(text)
    if (cursor.peek().kind === 'end') throw new MillraceError('PARSE_EMPTY_STATEMENT', {})
    return cursor
  }

  peek(): Token {
    return this.#tokens[this.#at]!
  }

  next(): Token {
    return this.#tokens[this.#at++]!
  }

  /** Takes the symbol if it is next. `<>` is a not-equal sign to the tokenizer, hence the struct without fields is one symbol. */
  take(symbol: string): boolean {
    const hit = this.peek().kind === 'symbol' && this.peek().text === symbol
    if (hit) this.#at++
    return hit
  }

  expect(symbol: string): void {
    if (!this.take(symbol)) this.fail()
  }

  word(lower: string): boolean {
    const hit = this.peek().kind === 'word' && this.peek().text.toLowerCase() === lower
    if (hit) this.#at++
    return hit
  }

  expectWord(lower: string): void {
    if (!this.word(lower)) this.fail()
  }

  integer(): number {
    if (this.peek().kind !== 'integer') this.fail()
    return Number(this.next().text)
  }

  string(): string {
    if (this.peek().kind !== 'string') this.fail()
    const { text } = this.next()
    return text
      .slice(1, -1)
      .replaceAll(text[0]!.repeat(2), text[0]!)
      .replace(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c)
  }

  identifier(): string {
    const token = this.peek()
    if (token.kind === 'quoted') return this.next().text.slice(1, -1).replaceAll('``', '`')
    if (token.kind !== 'word') this.fail()
    this.#at++
    const dash = this.peek()
    const after = this.#tokens[this.#at + 1]
    if (dash.text === '-' && after !== undefined && (after.kind === 'word' || after.kind === 'integer')) {
      throw new MillraceError('INVALID_IDENTIFIER', { ident: `${token.text}-${after.text}` })
    }
    return token.text
  }

  /** As in Spark, the whole text must be well formed before what it means is looked at: the first such refusal is kept for `end()`. */
  refuse(error: MillraceError): DataType {
    this.#refusal ??= error
    return nullType
  }

  end(): void {
    if (this.peek().kind !== 'end') this.fail()
    if (this.#refusal) throw this.#refusal
  }

  fail(): never {
    const { kind, text, position } = this.peek()
    const lineStart = this.#text.lastIndexOf('\n', position - 1) + 1
    const line = this.#text.slice(lineStart).split('\n', 1)[0]!
    throw new MillraceError(
      'PARSE_SYNTAX_ERROR',
      { error: kind === 'end' ? 'end of input' : `'${text}'` },
      { details: [line, `${' '.repeat(position - lineStart)}^`] },
    )
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', 0: '\0', Z: '\x1a' }
