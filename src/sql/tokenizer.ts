import { MillraceError } from '../errors/index.ts'

/**
 * `word`: a name or keyword as written; `quoted`: a name in backticks, decoded; `string`: a literal, decoded; `number`: as written;
 * `symbol`: an operator or bracket.
 */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end'
  readonly text: string
  readonly start: number
  readonly end: number
}

const WORD = /[\p{L}\p{Nd}_]+/uy
/** A decimal point counts only where no letter, digit or underscore follows the number: `a.123_` is a name behind a dot. */
const NUMBER =
  /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[fFdD]|[bB][dD])?(?![\p{L}\d_])|\d+(?:[lLsSyY]|(?:[eE][+-]?\d+)?(?:[fFdD]|[bB][dD])?)(?![\p{L}\d_])|\d+[eE][+-]\d+(?:[fFdD]|[bB][dD])?/uy
const STRING = /[rR]'[^']*'|[rR]"[^"]*"|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/y
const QUOTED = /`(?:[^`]|``)*`/y
const SYMBOL = /<=>|>>>|<=|>=|<>|!=|!<|!>|==|->|=>|\|\||::|<<|>>|\|>|[-+*/%&|^~<>=!()[\]{},.:;?$@#\\]/y
const SPACE = /\s+/y
const LINE_COMMENT = /--(?:\\\n|[^\r\n])*/y

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Where the comment that begins at `start` ends; comments nest. */
function commentEnd(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length - 1; i++) {
    const pair = text.slice(i, i + 2)
    if (pair === '/*') depth++
    else if (pair === '*/' && --depth === 0) return i + 2
    else continue
    i++
  }
  throw new MillraceError('UNCLOSED_BRACKETED_COMMENT', {}, { details: caret(text, start) })
}

/** The line of `text` that holds `position`, and a caret under it. */
export function caret(text: string, position: number): string[] {
  const start = text.lastIndexOf('\n', position - 1) + 1
  const line = text.slice(start).split('\n', 1)[0]!
  return [line, `${line.slice(0, position - start).replace(/[^\t]/g, ' ')}^`]
}

/** What a string literal stands for. Raw strings (`r'…'`) are taken as they are. */
function decode(literal: string, escaped: boolean): string {
  if (/^r/i.test(literal)) return literal.slice(2, -1)
  if (!escaped) return literal.slice(1, -1)
  const quote = literal[0]!
  return literal.slice(1, -1).replace(ESCAPE, (all, unicode4: string, unicode8: string, octal: string, plain: string) => {
    if (unicode4) return String.fromCharCode(Number.parseInt(unicode4, 16))
    if (unicode8) return codePoint(unicode8)
    if (octal) return String.fromCharCode(Number.parseInt(octal, 8))
    if (plain === undefined) return all === quote + quote ? quote : all
    return ESCAPES[plain] ?? plain
  })
}
const ESCAPE = /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([01][0-7]{2})|\\([\s\S])|''|""/g
const ESCAPES: Readonly<Record<string, string>> = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a', '%': '\\%', _: '\\_' }
const codePoint = (hex: string): string => {
  const code = Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : '?'
}

function tokenAt(text: string, start: number, escaped: boolean): Token {
  const token = (kind: Token['kind'], raw: string, value = raw): Token => ({ kind, text: value, start, end: start + raw.length })
  const string = match(STRING, text, start)
  if (string !== undefined) return token('string', string, decode(string, escaped))
  const number = match(NUMBER, text, start)
  if (number !== undefined) return token('number', number)
  const word = match(WORD, text, start)
  if (word !== undefined) return token('word', word)
  const quoted = match(QUOTED, text, start)
  if (quoted !== undefined) return token('quoted', quoted, quoted.slice(1, -1).replaceAll('``', '`'))
  return token('symbol', match(SYMBOL, text, start) ?? String.fromCodePoint(text.codePointAt(start)!))
}

/** SQL text as tokens, comments and blanks left out. The last token is the end. With `escaped` false backslashes in strings stay. */
export function tokenize(text: string, escaped = true): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const skipped = match(SPACE, text, at) ?? match(LINE_COMMENT, text, at)
    if (skipped) at += skipped.length
    else if (text.startsWith('/*', at) && text[at + 2] !== '+') at = commentEnd(text, at)
    else {
      const token = tokenAt(text, at, escaped)
      tokens.push(token)
      at = token.end
    }
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}
