import { arrayType, binaryType, booleanType, type DataType, decimalType, integerType, stringType } from '../types/index.ts'
import type { Signature } from './function.ts'
import { group, type Row, sig } from './rules.ts'

/** The same function of texts and of bytes. */
const both = (args: readonly ('x' | 'integer')[], returns: DataType | 'x', rest: Partial<Signature> = {}): Signature[] =>
  (['binary', 'string'] as const).map(kind =>
    sig(
      args.map(a => (a === 'x' ? kind : a)),
      returns === 'x' ? (kind === 'binary' ? binaryType : stringType) : returns,
      rest,
    ),
  )
const padded = [
  sig(['binary', 'integer', 'binary'], binaryType, { optional: 1, defaults: ["X'00'"] }),
  sig(['string', 'integer', 'string'], stringType, { optional: 1, defaults: ["' '"] }),
]
const text = (name: string, doc: string, example: string, rest: Row[4] = {}): Row => [
  name,
  sig(['string'], stringType),
  doc,
  [example],
  rest,
]
const test = (name: string, doc: string, example: string): Row => [name, both(['x', 'x'], booleanType), doc, [example]]
const counted = (name: string, doc: string, example: string, rest: Row[4] = {}): Row => [
  name,
  both(['x'], integerType),
  doc,
  [example],
  rest,
]
const utf8 = (name: string, returns: DataType, doc: string, example: string): Row => [
  name,
  both(['x'], returns),
  doc,
  [example],
  name.startsWith('try') ? { nullability: 'always' } : {},
]
const mask = ["'X'", "'x'", "'n'", 'NULL']

/** `99G999D99`: the decimal a number format reads or writes. */
function numberFormat(format: unknown): DataType {
  if (typeof format !== 'string') return decimalType(38, 18)
  const [whole = '', fraction = ''] = format.toUpperCase().replace('D', '.').split('.')
  const digits = (part: string) => part.replace(/[^09]/g, '').length
  const precision = Math.max(1, digits(whole) + digits(fraction))
  return decimalType(Math.min(38, precision), Math.min(38, digits(fraction)))
}
const readNumber = (name: string, doc: string): Row => [
  name,
  sig(['string', 'string'], (_, literals) => numberFormat(literals[1])),
  doc,
  [`${name}('$78.12', '$99.99')`],
  { nullability: name.startsWith('try') ? 'always' : 'any-argument' },
]
/** to_char and to_varchar differ only in the names of automatic columns. */
const formatted = (name: string, bytesShownAs: string | undefined): Row => [
  name,
  [
    ...(['date', 'timestamp', 'timestampNtz'] as const).map(kind => sig([kind, 'string'], stringType, { shown: { name: 'date_format' } })),
    sig(['binary', 'string'], stringType, { shown: { ...(bytesShownAs ? { name: bytesShownAs } : {}), args: 1 } }),
    sig(['decimal', 'string'], stringType, { shown: { name: 'to_char' } }),
  ],
  'A number by a format such as 99G999D99, a date by a datetime pattern, bytes as hex, base64 or utf-8.',
  [`${name}(454, '999')`, `${name}(12454, '99G999')`],
]
const found = sig(['string', 'string', 'integer'], integerType, { optional: 1, defaults: ['1'] })
const sides = (name: string, doc: string, sample: string): Row => [
  name,
  [sig(['string'], stringType), sig(['string', 'string'], stringType)],
  doc,
  [sample],
]

/** Functions of texts; those of regular expressions are in `regex.ts`. */
export const STRING = group('string', 'scalar', [
  ['ascii', sig(['string'], integerType), 'The code point of the first character, 0 of an empty text.', ["ascii('222')"]],
  ['base64', sig(['binary'], stringType), 'The bytes in base 64.', ["base64('Spark SQL')"]],
  counted('bit_length', 'The number of bits.', "bit_length('Spark SQL')"),
  [
    'btrim',
    [sig(['string'], stringType), sig(['string', 'string'], stringType)],
    'The text without blanks, or the given characters, at both ends.',
    ["btrim('    SparkSQL   ')"],
  ],
  ['chr', sig(['long'], stringType), 'The character of a code, modulo 256; an empty text below 0.', ['chr(65)'], { aliases: ['char'] }],
  counted('length', 'The number of characters, or of bytes.', "length('Spark SQL ')", {
    aliases: ['len', 'char_length', 'character_length'],
  }),
  ['collation', sig(['string'], stringType), 'The name of the collation of a text.', ["collation('Spark SQL')"], { nullability: 'never' }],
  [
    'concat_ws',
    [sig(['string'], stringType), sig(['string', 'any'], stringType, { variadic: { min: 1 } })],
    'Texts and arrays of texts joined by the first argument; nulls are skipped.',
    ["concat_ws(' ', 'Spark', 'SQL')"],
    { nullability: 'always' },
  ],
  test('contains', 'Does the first text hold the second?', "contains('Spark SQL', 'Spark')"),
  [
    'decode',
    [
      sig(['binary', 'string'], stringType),
      sig(['any', 'any', 'any'], (types: readonly DataType[]) => types[2]!, { variadic: { min: 1 } }),
    ],
    'The bytes read in a character set; or, of more arguments: the value behind the first key that equals the first argument, else the last argument.',
    ["decode(encode('abc', 'utf-8'), 'utf-8')", "decode(2, 1, 'Southlake', 2, 'San Francisco')"],
    { nullability: 'always' },
  ],
  [
    'elt',
    [sig(['integer', 'binary'], binaryType, { variadic: { min: 1 } }), sig(['integer', 'string'], stringType, { variadic: { min: 1 } })],
    'The n-th of the following arguments.',
    ["elt(1, 'scala', 'java')"],
    { nullability: 'always' },
  ],
  ['encode', sig(['string', 'string'], binaryType), 'The bytes of a text in a character set.', ["encode('abc', 'utf-8')"]],
  test('endswith', 'Does the first text end with the second?', "endswith('Spark SQL', 'SQL')"),
  [
    'find_in_set',
    sig(['string', 'string'], integerType),
    'The place of a text in a list joined by commas, counted from 1; 0 where it is not.',
    ["find_in_set('ab','abc,b,ab,c,def')"],
  ],
  [
    'format_number',
    [sig(['numeric', 'integer'], stringType), sig(['numeric', 'string'], stringType)],
    'The number with thousands separators and so many digits after the point, or by a pattern like #,###.00.',
    ['format_number(12332.123456, 4)'],
  ],
  [
    'format_string',
    sig(['string', 'any'], stringType, { variadic: { min: 0 } }),
    'The text with its printf places (%d %s …) filled in.',
    ["format_string('Hello World %d %s', 100, 'days')"],
    { aliases: ['printf'] },
  ],
  text('initcap', 'Each word with a capital first letter and small others.', "initcap('sPark sql')"),
  [
    'instr',
    sig(['string', 'string'], integerType),
    'Where the second text begins in the first, counted from 1; 0 where it does not.',
    ["instr('SparkSQL', 'SQL')"],
  ],
  utf8('is_valid_utf8', booleanType, 'Are the bytes valid UTF-8?', "is_valid_utf8('Spark')"),
  ['left', both(['x', 'integer'], 'x'), 'So many characters from the left.', ["left('Spark SQL', 3)"]],
  [
    'levenshtein',
    sig(['string', 'string', 'integer'], integerType, { optional: 1 }),
    'How many characters must be changed, added or left out to make one text the other; -1 above the given limit.',
    ["levenshtein('kitten', 'sitting')"],
  ],
  [
    'locate',
    found,
    'Where the first text begins in the second, from a position on; 0 where it does not.',
    ["locate('bar', 'foobarbar', 5)"],
    { aliases: ['position'] },
  ],
  text('lower', 'In small letters.', "lower('SparkSql')", { aliases: ['lcase'] }),
  ['lpad', padded, 'Filled up on the left, or cut, to a length.', ["lpad('hi', 5, '??')"]],
  sides('ltrim', 'The text without blanks, or the given characters, at its beginning.', "ltrim('    SparkSQL   ')"),
  ['luhn_check', sig(['string'], booleanType), 'Do the digits pass the Luhn check of card numbers?', ["luhn_check('8112189876')"]],
  utf8('make_valid_utf8', stringType, 'The text with each invalid byte replaced by U+FFFD.', "make_valid_utf8('Spark')"),
  [
    'mask',
    sig(['string', 'string', 'string', 'string', 'string'], stringType, { optional: 4, defaults: mask }),
    'Capitals, small letters, digits and other characters each replaced; null leaves a kind as it is.',
    ["mask('abcd-EFGH-8765-4321')"],
    { nullability: 'always' },
  ],
  counted('octet_length', 'The number of bytes.', "octet_length('Spark SQL')"),
  [
    'overlay',
    both(['x', 'x', 'integer', 'integer'], 'x', { optional: 1, defaults: ['-1'] }),
    'The text with a piece replaced, from a position on, so many characters (those of the replacement where it is negative).',
    ["overlay('Spark SQL', '_', 6)"],
  ],
  text('quote', 'The text in single quotes, quotes within escaped.', "quote('Don\\'t')"),
  [
    'randstr',
    sig(['integer', 'long'], stringType, { optional: 1 }),
    'Random letters and digits.',
    ['randstr(3, 0)'],
    { deterministic: false, nullability: 'never' },
  ],
  ['repeat', sig(['string', 'integer'], stringType), 'The text so many times.', ["repeat('123', 2)"]],
  [
    'replace',
    [sig(['string', 'string'], stringType), sig(['string', 'string', 'string'], stringType)],
    'The text with every occurrence of another replaced, or left out.',
    ["replace('ABCabc', 'abc', 'DEF')"],
  ],
  ['right', sig(['string', 'integer'], stringType), 'So many characters from the right.', ["right('Spark SQL', 3)"]],
  ['rpad', padded, 'Filled up on the right, or cut, to a length.', ["rpad('hi', 5, '??')"]],
  sides('rtrim', 'The text without blanks, or the given characters, at its end.', "rtrim('    SparkSQL   ')"),
  [
    'sentences',
    sig(['string', 'string', 'string'], arrayType(arrayType(stringType, false), false), { optional: 2, defaults: ["''", "''"] }),
    'The sentences of a text as arrays of words.',
    ["sentences('Hi there! Good morning.')"],
  ],
  text('soundex', 'The Soundex code of an English word.', "soundex('Miller')"),
  ['space', sig(['integer'], stringType), 'So many blanks.', ['space(2)']],
  [
    'split_part',
    sig(['string', 'string', 'integer'], stringType),
    'The n-th part between occurrences of a separator, from the end where n is negative; an empty text beyond.',
    ["split_part('11.12.13', '.', 3)"],
  ],
  test('startswith', 'Does the first text begin with the second?', "startswith('Spark SQL', 'Spark')"),
  [
    'substring',
    both(['x', 'integer', 'integer'], 'x', { optional: 1, defaults: ['2147483647'] }),
    'A piece from a position (counted from 1, or from the end where negative) of at most a length.',
    ["substring('Spark SQL', 5)", "substring('Spark SQL', -3)", "substring('Spark SQL', 5, 1)"],
    { aliases: ['substr'] },
  ],
  [
    'substring_index',
    sig(['string', 'string', 'integer'], stringType),
    'What stands before the n-th occurrence of a separator, or behind the n-th from the end where n is negative.',
    ["substring_index('www.apache.org', '.', 2)"],
  ],
  [
    'to_binary',
    sig(['string', 'string'], binaryType, { optional: 1 }),
    'The bytes of a text written as hex, utf-8 or base64.',
    ["to_binary('abc', 'utf-8')"],
  ],
  formatted('to_char', 'base64'),
  formatted('to_varchar', undefined),
  readNumber('to_number', 'The number a text holds by a format of 0 9 . D , G $ S MI PR. Fails where it does not fit.'),
  [
    'translate',
    sig(['string', 'string', 'string'], stringType),
    'Each character found in the second argument replaced by the one at its place in the third.',
    ["translate('AaBbCc', 'abc', '123')"],
  ],
  [
    'trim',
    [sig(['string'], stringType), sig(['string', 'string'], stringType)],
    'The text without blanks, or the given characters, at both ends.',
    ["trim('    SparkSQL   ')"],
  ],
  [
    'try_to_binary',
    sig(['string', 'string'], binaryType, { optional: 1 }),
    'As to_binary, null where the text is malformed.',
    ["try_to_binary('abc', 'utf-8')"],
    { nullability: 'always' },
  ],
  readNumber('try_to_number', 'As to_number, null where the text does not fit.'),
  utf8('try_validate_utf8', stringType, 'The text, null where its bytes are no UTF-8.', "try_validate_utf8('Spark')"),
  ['unbase64', sig(['string'], binaryType), 'The bytes of a text in base 64.', ["unbase64('U3BhcmsgU1FM')"]],
  text('upper', 'In capitals.', "upper('SparkSql')", { aliases: ['ucase'] }),
  utf8('validate_utf8', stringType, 'The text; fails where its bytes are no UTF-8.', "validate_utf8('Spark')"),
])
