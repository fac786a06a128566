import { MillraceError } from '../../errors/index.ts'
import { type FormatOptions, flag, type RecordMode, recordMode } from '../record-mode.ts'

/** Quotes inside a field that are not escaped (univocity's names). */
const QUOTE_HANDLINGS = ['STOP_AT_DELIMITER', 'STOP_AT_CLOSING_QUOTE', 'BACK_TO_DELIMITER', 'SKIP_VALUE', 'RAISE_ERROR'] as const
export type QuoteHandling = (typeof QUOTE_HANDLINGS)[number]

/** How a csv text is cut into fields. A character of '' is none. */
export interface CsvShape {
  readonly separator: string
  readonly quote: string
  readonly escape: string
  readonly escapeEscape: string
  readonly comment: string
  readonly trimLeft: boolean
  readonly trimRight: boolean
  /** The text of an unquoted empty field; equal to null afterwards. */
  readonly nullValue: string
  /** The text of a quoted empty field. */
  readonly emptyValue: string
  readonly quoteHandling: QuoteHandling
  readonly maxColumns: number
  /** -1 = any number. */
  readonly maxChars: number
}

export interface CsvOptions extends CsvShape {
  readonly mode: RecordMode
  readonly header: boolean
  readonly enforceSchema: boolean
  readonly multiLine: boolean
  readonly lineSep: string | undefined
  readonly nanValue: string
  readonly positiveInf: string
  readonly negativeInf: string
  readonly dateFormat: string | undefined
  readonly preferDate: boolean
  readonly timestampFormat: string | undefined
  readonly timestampNtzFormat: string | undefined
  /** Undefined where nothing is said: dates and times without a format of one's own may stand in any form of Spark's. */
  readonly fallback: boolean | undefined
  readonly timeZone: string
}

const invalid = (option: string, value: string, expected: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, format: 'csv', value, expected })

function character(options: FormatOptions, key: string, otherwise: string): string {
  const value = options[key]
  if (value === undefined) return otherwise
  if ([...value].length > 1) throw invalid(key, value, 'one character')
  return value === '\u0000' ? '' : value
}

function whole(options: FormatOptions, option: string, otherwise: number): number {
  const text = options[option.toLowerCase()]
  if (text === undefined) return otherwise
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  throw invalid(option, text, 'a whole number')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\t': '\t',
  '\\r': '\r',
  '\\b': '\b',
  '\\f': '\f',
  "\\'": "'",
  '\\"': '"',
  '\\\\': '\\',
  '\\u0000': '\u0000',
}

/** Spark's separators: one or more characters, `\t` and the like written out. */
function separator(options: FormatOptions): string {
  const text = options.sep ?? options.delimiter ?? ','
  if (text === '') throw invalid('sep', text, 'at least one character')
  if (text === '\\') throw invalid('sep', text, 'a character; a backslash is written \\\\')
  return text.replace(/\\(u0000|.)/gs, whole => ESCAPES[whole] ?? whole)
}

function quoteHandling(options: FormatOptions): QuoteHandling {
  const name = (options.unescapedquotehandling ?? 'STOP_AT_DELIMITER').toUpperCase()
  const known = QUOTE_HANDLINGS.find(h => h === name)
  if (!known) throw invalid('unescapedQuoteHandling', name, `one of ${QUOTE_HANDLINGS.join(', ')}`)
  // There Spark's parser makes several records of one, out of order.
  if (known === 'BACK_TO_DELIMITER' && flag(options, 'multiline', false)) {
    throw new MillraceError('NOT_SUPPORTED', {
      what: 'unescapedQuoteHandling BACK_TO_DELIMITER with multiLine',
      instead: 'Use STOP_AT_DELIMITER.',
    })
  }
  return known
}

/** Reads the options of a csv read (keys in lower case). */
export function csvOptions(options: FormatOptions): CsvOptions {
  const quote = character(options, 'quote', '"')
  const escapeWith = character(options, 'escape', '\\')
  return {
    mode: recordMode(options),
    separator: separator(options),
    quote,
    escape: escapeWith,
    escapeEscape: options.chartoescapequoteescaping
      ? character(options, 'chartoescapequoteescaping', '')
      : quote === escapeWith
        ? ''
        : escapeWith,
    comment: character(options, 'comment', ''),
    trimLeft: flag(options, 'ignoreleadingwhitespace', false),
    trimRight: flag(options, 'ignoretrailingwhitespace', false),
    nullValue: options.nullvalue ?? '',
    emptyValue: options.emptyvalue ?? '',
    quoteHandling: quoteHandling(options),
    maxColumns: whole(options, 'maxColumns', 20_480),
    maxChars: whole(options, 'maxCharsPerColumn', -1),
    header: flag(options, 'header', false),
    enforceSchema: flag(options, 'enforceschema', true),
    multiLine: flag(options, 'multiline', false),
    lineSep: options.linesep,
    nanValue: options.nanvalue ?? 'NaN',
    positiveInf: options.positiveinf ?? 'Inf',
    negativeInf: options.negativeinf ?? '-Inf',
    dateFormat: options.dateformat,
    preferDate: flag(options, 'preferdate', true),
    timestampFormat: options.timestampformat,
    timestampNtzFormat: options.timestampntzformat,
    fallback: options.enabledatetimeparsingfallback === undefined ? undefined : flag(options, 'enabledatetimeparsingfallback', false),
    timeZone: options.timezone ?? 'UTC',
  }
}
