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
})
