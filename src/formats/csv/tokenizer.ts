import type { CsvShape } from './options.ts'

/** Thrown where the text ends inside a field; carries nothing, so that it costs nothing. */
const END = Symbol('end of text')

const blank = (c: string): boolean => c !== '' && c <= ' '

/**
 * Cuts csv text into records, character by character, with the rules of Spark's parser (univocity) for quotes that are closed, escaped,
 * doubled, left open or followed by more text. The decoder's short cuts on bytes take the plain cases; this is the meaning of all.
 *
 * A field is null where it is empty and unquoted.
 */
export class CsvTokenizer {
  readonly #shape: CsvShape
  readonly #multiLine: boolean
  #text = ''
  #at = 0
  #ch = ''
  #prev = ''
  #field = ''
  #unescaped = false
  #fields: (string | null)[] = []

  constructor(shape: CsvShape, multiLine = false) {
    this.#shape = shape
    this.#multiLine = multiLine
  }

  /** The fields of one line. */
  line(text: string): (string | null)[] {
    this.start(text)
    return this.record() ?? []
  }

  /** Begins a text of many records. Line ends are `\n` here. */
  start(text: string): void {
    this.#text = text
    this.#at = 0
  }

  /** Where the next record begins. */
  get position(): number {
    return this.#at
  }

  /** The next record, or undefined at the end of the text. */
  record(): (string | null)[] | undefined {
    if (this.#at >= this.#text.length) return undefined
    this.#fields = []
    this.#field = ''
    this.#prev = ''
    this.#unescaped = false
    try {
      this.#next()
      this.#parse()
    } catch (error) {
      if (error !== END) throw error
      this.#finish()
    }
    return this.#fields
  }

  #next(): void {
    if (this.#at >= this.#text.length) throw END
    const c = this.#text[this.#at]!
    const { separator } = this.#shape
    if (separator.length > 1 && this.#text.startsWith(separator, this.#at)) {
      this.#ch = separator
      this.#at += separator.length
      return
    }
    this.#ch = c
    this.#at++
  }

  get #ends(): boolean {
    return this.#ch === this.#shape.separator || (this.#multiLine && this.#ch === '\n')
  }
  get #newLine(): boolean {
    return this.#multiLine && this.#ch === '\n'
  }

  #parse(): void {
    const { quote, separator, trimLeft } = this.#shape
    while (!this.#newLine) {
      if (trimLeft) while (blank(this.#ch) && this.#ch !== separator && this.#ch !== quote && !this.#newLine) this.#next()
      if (this.#ends) this.#fields.push(null)
      else if (quote !== '' && this.#ch === quote) {
        this.#unescaped = false
        this.#prev = ''
        this.#quoted()
        if (!(this.#unescaped && this.#shape.quoteHandling === 'BACK_TO_DELIMITER' && this.#field === ''))
          this.#close(this.#shape.emptyValue)
      } else {
        this.#unescaped = false
        this.#prev = ''
        this.#until(this.#shape.trimRight)
      }
      if (!this.#newLine) {
        this.#next()
        if (this.#newLine) this.#fields.push(null)
      }
    }
  }

  /** An unquoted field, as it stands. */
  #until(trim: boolean): void {
    const start = this.#at - this.#ch.length
    while (!this.#ends) {
      if (this.#at >= this.#text.length) {
        this.#at = this.#text.length
        this.#field = trim ? trimmedRight(this.#text.slice(start)) : this.#text.slice(start)
        this.#ch = ''
        throw END
      }
      this.#next()
    }
    const raw = this.#text.slice(start, this.#at - this.#ch.length)
    this.#field = trim ? trimmedRight(raw) : raw
    this.#close(null)
  }

  #close(whenEmpty: string | null): void {
    this.#fields.push(this.#field === '' ? whenEmpty : this.#field)
    this.#field = ''
  }

  #append(text: string): void {
    this.#field += text
  }

  /** What follows an unescaped quote is taken as it stands, up to the next separator. */
  #rest(): void {
    if (this.#shape.quoteHandling === 'SKIP_VALUE') {
      this.#field = ''
      while (!this.#ends) this.#next()
      return
    }
    this.#field = this.#shape.quote + this.#field
    this.#next()
    const first = this.#ch
    try {
      while (!this.#ends) {
        this.#append(this.#ch)
        this.#next()
      }
    } catch (end) {
      // At the end of the text the first character decides, not the last.
      this.#ch = first
      throw end
    }
    if (this.#shape.trimRight) this.#field = trimmedRight(this.#field)
  }

  #quoted(): void {
    const { quote, escape: esc, escapeEscape, quoteHandling } = this.#shape
    const toDelimiter = quoteHandling !== 'STOP_AT_CLOSING_QUOTE' && quoteHandling !== 'RAISE_ERROR'
    if (this.#prev !== '' && toDelimiter) {
      this.#rest()
      return
    }
    this.#next()
    for (;;) {
      if (this.#prev === quote && (blank(this.#ch) || this.#ends)) break
      if (this.#ch !== quote && (esc === '' || this.#ch !== esc)) {
        if (this.#prev === quote) {
          this.#unescapedQuote()
          return
        }
        if (this.#prev === esc && esc !== '') this.#append(esc)
        while (this.#ch !== quote && this.#ch !== esc && this.#ch !== escapeEscape) {
          this.#append(this.#ch)
          this.#next()
        }
        this.#prev = this.#ch
        this.#next()
      } else {
        if (this.#escaped()) return
        this.#prev = this.#ch
        this.#next()
        if (this.#unescaped && this.#ends) return
      }
    }
    this.#afterQuote()
  }

  /** Blanks behind a closing quote are left out; anything else behind them makes the quote a part of the text. */
  #afterQuote(): void {
    if (this.#ends || !blank(this.#ch)) return
    let blanks = ''
    do {
      blanks += this.#ch
      this.#next()
      if (this.#newLine) return
    } while (blank(this.#ch) && !this.#ends)
    if (this.#ch === this.#shape.separator) return
    this.#append(this.#shape.quote + blanks)
    const { quoteHandling, quote, escape: esc } = this.#shape
    if (quoteHandling !== 'STOP_AT_CLOSING_QUOTE' || (this.#ch !== quote && this.#ch !== esc)) this.#append(this.#ch)
    this.#prev = this.#ch
    this.#quoted()
  }

  #unescapedQuote(): void {
    this.#unescaped = true
    if (this.#shape.quoteHandling === 'RAISE_ERROR') throw new SyntaxError('a quote that is not escaped')
    if (this.#shape.quoteHandling === 'SKIP_VALUE') {
      this.#rest()
      return
    }
    if (this.#shape.quoteHandling === 'BACK_TO_DELIMITER') {
      this.#backToDelimiter()
      return
    }
    this.#append(this.#shape.quote + this.#ch)
    this.#prev = this.#ch
    this.#quoted()
  }

  /** The quotes were none: what they held is cut at its separators. */
  #backToDelimiter(): void {
    const parts = this.#field.split(this.#shape.separator)
    this.#fields.push(...parts.slice(0, -1))
    this.#field = parts.at(-1)! + this.#ch
    this.#prev = ''
    this.#quoted()
  }

  /** A quote or an escape inside a quoted field. True when the rest of the field was taken as it stands. */
  #escaped(): boolean {
    const { quote, escape: esc, escapeEscape } = this.#shape
    if (this.#ch === esc && this.#prev === escapeEscape && escapeEscape !== '') {
      this.#append(esc)
      this.#ch = ''
    } else if (this.#prev === esc && esc !== '') {
      if (this.#ch === quote) {
        this.#append(quote)
        this.#ch = ''
      } else this.#append(this.#prev)
    } else if (this.#ch === quote && this.#prev === quote) this.#append(quote)
    else if (this.#prev === quote) return this.#quoteThenEscape()
    return false
  }

  /** A closing quote with an escape right behind it: the rest is unquoted text in which escapes count. */
  #quoteThenEscape(): boolean {
    const { quote, escape: esc } = this.#shape
    this.#append(quote)
    this.#prev = this.#ch
    while (!this.#ends) {
      if (this.#ch !== quote && this.#ch !== esc) {
        if (this.#prev === quote) return this.#quoteThenEscape()
        this.#append(this.#ch)
      } else if (this.#escaped()) return true
      this.#prev = this.#ch
      this.#next()
    }
    return true
  }

  /** The text ended: the field at hand is closed as far as it goes. */
  #finish(): void {
    const { quote, separator } = this.#shape
    let taken = this.#prev !== '' && this.#ch !== separator
    if (this.#ch === quote && quote !== '') {
      if (this.#prev === quote) taken = true
      else if (!this.#unescaped) this.#append(quote)
    }
    if (this.#field !== '' || taken) this.#close(this.#prev === quote && quote !== '' ? this.#shape.emptyValue : null)
    else this.#fields.push(null)
    this.#ch = ''
    this.#prev = ''
  }
}

const trimmedRight = (text: string): string => text.replace(/[\u0000-\u0020]+$/, '')
