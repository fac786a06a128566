import { conditions } from '../condition.ts'

/** Conditions of `sql/`: texts that are not SQL, or say something that cannot be. The text stands with a caret in the details. */
export const sql = conditions({
  INVALID_NUMERIC_LITERAL_RANGE: {
    domain: 'user',
    message: (p: { literal: string; typeName: string; min: string; max: string }) =>
      `the number ${p.literal} is not between ${p.min} and ${p.max}, the limits of ${p.typeName}`,
    hint: () => 'Write it without the letter behind it, or with one of a wider type: L, D, BD.',
    sparkClass: 'INVALID_NUMERIC_LITERAL_RANGE',
  },
  INVALID_TYPED_LITERAL: {
    domain: 'user',
    message: (p: { typeName: string; value: string }) => `${p.value} is not a value of type ${p.typeName}`,
    hint: (p: { example: string }) => `Write it like ${p.example}.`,
    sparkClass: 'INVALID_TYPED_LITERAL',
  },
  UNSUPPORTED_TYPED_LITERAL: {
    domain: 'user',
    message: (p: { typeName: string }) => `there are no literals of type ${p.typeName}`,
    hint: () => "Write DATE '…', TIMESTAMP '…', TIME '…', INTERVAL '…' or X'…', or cast a string.",
    sparkClass: 'UNSUPPORTED_TYPED_LITERAL',
  },
  INVALID_INTERVAL_FORMAT: {
    domain: 'user',
    message: (p: { value: string; problem: string; kind: string }) => `${p.value} is not an interval: ${p.problem}`,
    hint: () => "Write INTERVAL 5 MINUTES, INTERVAL '1 02:03:04' DAY TO SECOND or INTERVAL '1-2' YEAR TO MONTH.",
    sparkClass: (p: { kind: string }) => (/^_|\./.test(p.kind) ? p.kind : `INVALID_INTERVAL_FORMAT.${p.kind}`),
  },
  MIXED_INTERVAL_UNITS: {
    domain: 'user',
    message: (p: { value: string }) => `an interval cannot hold both months and days: ${p.value}`,
    hint: () => 'Years and months are one kind of interval, weeks to microseconds another. Add two intervals, or use make_interval().',
    sparkClass: '_LEGACY_ERROR_TEMP_0029',
  },
  INVALID_ESC: {
    domain: 'user',
    message: (p: { invalidEscape: string }) => `the escape of LIKE must be one character, not ${p.invalidEscape}`,
    hint: () => "Write ESCAPE '/' with a single character.",
    sparkClass: 'INVALID_ESC',
  },
  INVALID_SQL_SYNTAX: {
    domain: 'user',
    message: (p: { problem: string; kind: string }) => p.problem,
    hint: (p: { instead: string }) => p.instead,
    sparkClass: (p: { kind: string }) => `INVALID_SQL_SYNTAX.${p.kind}`,
  },
  INVALID_WITHIN_GROUP_EXPRESSION: {
    domain: 'user',
    message: (p: { name: string; sub: string; problem: string }) => `${p.name}() with WITHIN GROUP: ${p.problem}`,
    hint: (p: { instead: string }) => p.instead,
    sparkClass: (p: { sub: string }) => `INVALID_WITHIN_GROUP_EXPRESSION.${p.sub}`,
  },
  UNCLOSED_BRACKETED_COMMENT: {
    domain: 'user',
    message: (_: {}) => 'a comment that begins with /* does not end',
    hint: () => 'Close it with */.',
    sparkClass: 'UNCLOSED_BRACKETED_COMMENT',
  },
  INVALID_DATETIME_UNIT: {
    domain: 'user',
    message: (p: { functionName: string; value: string }) => `${p.functionName} takes a unit, not ${p.value}`,
    hint: () =>
      'Write the unit without quotes: YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND.',
    sparkClass: 'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
  },
  INVALID_WINDOW_FRAME: {
    domain: 'user',
    message: (p: { bound: string }) => `a bound of a window frame must be a constant, not ${p.bound}`,
    hint: () => 'Write a number, such as 3 PRECEDING, or an interval.',
    sparkClass: 'INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND',
  },
})
