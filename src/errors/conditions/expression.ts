import { conditions } from '../condition.ts'

type Value = { value: string; sourceType: string; targetType: string }

/** What goes wrong while an expression is computed. Names are Spark's. */
export const expression = conditions({
  CAST_INVALID_INPUT: {
    domain: 'user',
    message: (p: Value) => `the ${p.sourceType} value ${JSON.stringify(p.value)} cannot be cast to ${p.targetType}: it is malformed`,
    hint: () => 'Correct the value, or use try_cast (tryCast in TypeScript), which gives null instead.',
  },
  CAST_OVERFLOW: {
    domain: 'user',
    message: (p: Value) => `the ${p.sourceType} value ${p.value} is out of range of ${p.targetType}`,
    hint: () => 'Cast to a wider type, or use try_cast (tryCast in TypeScript), which gives null instead.',
  },
  NUMERIC_VALUE_OUT_OF_RANGE: {
    domain: 'user',
    message: (p: { value: string; precision: string; scale: string }) => `${p.value} does not fit in decimal(${p.precision},${p.scale})`,
    hint: () =>
      'Take a decimal of more digits, or a try_ function (try_cast, try_add …; tryCast, tryAdd in TypeScript), which gives null instead.',
    sparkClass: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
  },
  ARITHMETIC_OVERFLOW: {
    domain: 'user',
    message: (p: { message: string }) => `${p.message}`,
    hint: () =>
      'Cast to a wider type first, or use try_add, try_subtract, try_multiply or try_sum (tryAdd … in TypeScript), which give null instead.',
  },
  DIVIDE_BY_ZERO: {
    domain: 'user',
    message: () => 'division by zero',
    hint: () => 'Use try_divide (tryDivide in TypeScript), which gives null where the divisor is 0, or nullif(divisor, 0).',
  },
  REMAINDER_BY_ZERO: {
    domain: 'user',
    message: () => 'remainder by zero',
    hint: () => 'Use try_mod (tryMod in TypeScript), which gives null where the divisor is 0, or nullif(divisor, 0).',
  },
  INTERVAL_DIVIDED_BY_ZERO: {
    domain: 'user',
    message: () => 'an interval is divided by zero',
    hint: () => 'Use try_divide (tryDivide in TypeScript), which gives null where the divisor is 0.',
  },
  INTERVAL_ARITHMETIC_OVERFLOW: {
    domain: 'user',
    message: (p: { message: string }) => `the result is out of range of the interval: ${p.message}`,
    hint: () => 'Use smaller intervals, or a try_ function, which gives null instead.',
  },
  DATETIME_OVERFLOW: {
    domain: 'user',
    message: (p: { operation: string }) => `${p.operation} is out of range of dates and timestamps`,
    hint: () => 'Check the values: dates and timestamps hold years up to about 290,000.',
  },
  EXCEED_LIMIT_LENGTH: {
    domain: 'user',
    message: (p: { limit: string }) => `the text is longer than ${p.limit} characters`,
    hint: () => 'Shorten it with left(), or take a longer type.',
  },
  INVALID_NUMBER_FORMAT: {
    domain: 'user',
    message: (p: { format: string }) => `"${p.format}" is no number format`,
    hint: () => 'Use 0 and 9 for digits, D or . for the point, G or , between thousands, and $, S, MI or PR once.',
    sparkClass: 'INVALID_FORMAT.UNEXPECTED_TOKEN',
  },
  INVALID_FORMAT_MISMATCH: {
    domain: 'user',
    message: (p: { input: string; format: string }) => `"${p.input}" does not fit the number format "${p.format}"`,
    hint: () => 'Mend the value or the format, or use try_to_number() (tryToNumber in TypeScript), which gives null.',
    sparkClass: 'INVALID_FORMAT.MISMATCH_INPUT',
  },
  INVALID_FORMAT_STRING: {
    domain: 'user',
    message: (p: { format: string }) => `the places of "${p.format}" do not fit the values given`,
    hint: () => 'Use %s for anything, %d for whole numbers, %f for others, and give a value for each place.',
    sparkClass: 'INVALID_PARAMETER_VALUE',
  },
  INVALID_BIT_POSITION: {
    domain: 'user',
    message: (p: { position: string; bits: string }) => `there is no bit ${p.position} in a number of ${p.bits} bits`,
    hint: (p: { bits: string }) => `Count from 0 to ${Number(p.bits) - 1}.`,
    sparkClass: 'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE',
  },
  MALFORMED_CHARACTER_CODING: {
    domain: 'user',
    message: (p: { function: string; charset: string }) => `${p.function}() met characters that ${p.charset} does not have`,
    hint: () => 'Use UTF-8, or mend the value.',
  },
  INVALID_UTF8_STRING: {
    domain: 'user',
    message: () => 'the bytes are no valid UTF-8',
    hint: () => 'Use make_valid_utf8(), or try_validate_utf8(), which gives null.',
  },
  CONVERSION_INVALID_INPUT: {
    domain: 'user',
    message: (p: { value: string; format: string; targetType: string }) =>
      `"${p.value}" is no ${p.format} and cannot become ${p.targetType}`,
    hint: () => 'Mend the value, or use the try_ function, which gives null.',
  },
  INVALID_URL: {
    domain: 'user',
    message: (p: { url: string }) => `"${p.url}" is no URL`,
    hint: () => 'Mend the value, or use try_parse_url() (tryParseUrl in TypeScript), which gives null.',
  },
  CANNOT_DECODE_URL: {
    domain: 'user',
    message: (p: { url: string }) => `"${p.url}" cannot be decoded`,
    hint: () => 'Mend the value, or use try_url_decode() (tryUrlDecode in TypeScript), which gives null.',
  },
  USER_RAISED_EXCEPTION: {
    domain: 'user',
    message: (p: { errorMessage: string }) => p.errorMessage,
    hint: () => 'The program itself raised this with raise_error() or assert_true().',
  },
  AES_FAILED: {
    domain: 'user',
    message: (p: { reason: string }) => `AES: ${p.reason}`,
    hint: () =>
      'Keys have 16, 24 or 32 bytes; decrypt with the mode, padding and additional data of the encryption, or use try_aes_decrypt().',
    sparkClass: 'INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR',
  },
})
