import { MillraceError } from '../../errors/index.ts'
import { type FormatOptions, flag, type RecordMode, recordMode } from '../record-mode.ts'

export interface JsonOptions {
  readonly mode: RecordMode
  readonly multiLine: boolean
  readonly lineSep: string | undefined
  readonly comments: boolean
  readonly unquotedNames: boolean
  readonly singleQuotes: boolean
  readonly leadingZeros: boolean
  readonly nonNumericNumbers: boolean
  readonly anyEscape: boolean
  readonly controlChars: boolean
  readonly dateFormat: string | undefined
  readonly timestampFormat: string | undefined
  readonly timestampNtzFormat: string | undefined
  readonly fallback: boolean
  readonly timeZone: string
  /** Objects and arrays in one another; digits of a number; characters of a string: beyond that a record is a bad one. */
  readonly maxDepth: number
  readonly maxNumber: number
  readonly maxString: number
}

const MOST_DEEP = 1000
export const MOST_DIGITS = 1000
export const MOST_CHARACTERS = 20_000_000

function atMost(o: FormatOptions, option: string, otherwise: number): number {
  const text = o[option.toLowerCase()]
  if (text === undefined) return otherwise
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new MillraceError('INVALID_OPTION', { option, format: 'json', value: text, expected: 'a whole number' })
}

/** Reads the options of a json read (keys in lower case). */
export const jsonOptions = (o: FormatOptions): JsonOptions => ({
  mode: recordMode(o),
  multiLine: flag(o, 'multiline', false),
  lineSep: o.linesep,
  comments: flag(o, 'allowcomments', false),
  unquotedNames: flag(o, 'allowunquotedfieldnames', false),
  singleQuotes: flag(o, 'allowsinglequotes', true),
  leadingZeros: flag(o, 'allownumericleadingzeros', false),
  nonNumericNumbers: flag(o, 'allownonnumericnumbers', true),
  anyEscape: flag(o, 'allowbackslashescapinganycharacter', false),
  controlChars: flag(o, 'allowunquotedcontrolchars', false),
  dateFormat: o.dateformat,
  timestampFormat: o.timestampformat,
  timestampNtzFormat: o.timestampntzformat,
  fallback: flag(o, 'enabledatetimeparsingfallback', false),
  timeZone: o.timezone ?? 'UTC',
  maxDepth: atMost(o, 'maxNestingDepth', MOST_DEEP),
  maxNumber: atMost(o, 'maxNumLen', MOST_DIGITS),
  maxString: atMost(o, 'maxStringLen', MOST_CHARACTERS),
})
