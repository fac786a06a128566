import { MillraceError } from '../errors/index.ts'
import { compilePattern } from '../types/index.ts'
import { csvOptions } from './csv/options.ts'
import { toUtf8 } from './open-bytes.ts'
import type { FormatOptions } from './record-mode.ts'
import { samplingRatio } from './sample.ts'

type Format = 'csv' | 'json' | 'text' | 'parquet' | 'avro'
type Side = 'source' | 'sink'

const PATTERNS = ['dateformat', 'timestampformat', 'timestampntzformat']

const FLAGS: Partial<Record<Format, Partial<Record<Side, readonly string[]>>>> = {
  csv: {
    source:
      'header inferSchema ignoreLeadingWhiteSpace ignoreTrailingWhiteSpace preferDate enforceSchema multiLine enableDateTimeParsingFallback'.split(
        ' ',
      ),
    sink: 'header ignoreLeadingWhiteSpace ignoreTrailingWhiteSpace quoteAll escapeQuotes'.split(' '),
  },
  json: {
    source: (
      'primitivesAsString prefersDecimal allowComments allowUnquotedFieldNames allowSingleQuotes allowNumericLeadingZeros allowNonNumericNumbers ' +
      'allowBackslashEscapingAnyCharacter allowUnquotedControlChars dropFieldIfAllNull multiLine inferTimestamp enableDateTimeParsingFallback useUnsafeRow'
    ).split(' '),
    sink: 'ignoreNullFields pretty writeNonAsciiCharacterAsCodePoint'.split(' '),
  },
}

function checkFlags(format: Format, options: FormatOptions, side: Side): void {
  for (const option of FLAGS[format]?.[side] ?? []) {
    const value = options[option.toLowerCase()]
    if (value !== undefined && !/^(true|false)$/i.test(value))
      throw new MillraceError('INVALID_OPTION', { option, format, value, expected: 'true or false' })
  }
}

/** Names of months and days are English, as patterns without a locale have them. */
const ENGLISH = /^en([-_]US)?$/i

function checkLocale(locale: string | undefined): void {
  if (locale === undefined || ENGLISH.test(locale)) return
  throw new MillraceError('NOT_SUPPORTED', {
    what: `the locale "${locale}"`,
    instead: 'Leave locale out (en-US), and write months and days as numbers, e.g. MM instead of MMM.',
  })
}

function checkEncoding(encoding: string | undefined, side: Side): void {
  const convert = toUtf8(encoding)
  if (convert && side === 'sink')
    throw new MillraceError('NOT_SUPPORTED', { what: `writing files in "${encoding}"`, instead: 'Write UTF-8.' })
}

/**
 * Looks at the options of a format before anything is read or written, so that a mistake ends the start and not the first batch.
 * Keys in lower case. Throws INVALID_OPTION, NOT_SUPPORTED, UNSUPPORTED_ENCODING and what a pattern of times may be refused with.
 */
export function checkFormatOptions(format: Format, options: FormatOptions, side: Side): void {
  checkLocale(options.locale)
  checkFlags(format, options, side)
  checkEncoding(options.encoding ?? options.charset, side)
  samplingRatio(options, format)
  for (const key of PATTERNS) if (options[key] !== undefined) compilePattern(options[key], side === 'sink' ? 'format' : 'parse')
  if (format === 'csv') csvOptions(options)
}
