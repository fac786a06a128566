import { conditions } from '../condition.ts'

/** Conditions of `types/`: texts and values that are not what a schema says. */
export const types = conditions({
  PARSE_SYNTAX_ERROR: {
    domain: 'user',
    message: (p: { error: string }) => `syntax error at or near ${p.error}`,
    hint: () => 'Correct the text at the caret.',
    sparkClass: 'PARSE_SYNTAX_ERROR',
  },
  PARSE_EMPTY_STATEMENT: {
    domain: 'user',
    message: (_: {}) => 'the text is empty',
    hint: () => 'Write a schema such as "a int, b string", a type, or an expression.',
    sparkClass: 'PARSE_EMPTY_STATEMENT',
  },
  INVALID_IDENTIFIER: {
    domain: 'user',
    message: (p: { ident: string }) => `"${p.ident}" is not a plain name`,
    hint: (p: { ident: string }) => `Put it in backticks: \`${p.ident}\`.`,
    sparkClass: 'INVALID_IDENTIFIER',
  },
  UNSUPPORTED_DATATYPE: {
    domain: 'user',
    message: (p: { typeName: string; suggestion?: string }) => `there is no data type "${p.typeName}"${p.suggestion ?? ''}`,
    hint: () => 'Use one of Spark’s type names, such as int, bigint, double, decimal(10,2), string, timestamp, array<string>.',
    sparkClass: 'UNSUPPORTED_DATATYPE',
  },
  INCOMPLETE_TYPE_DEFINITION: {
    domain: 'user',
    message: (p: { typeName: 'array' | 'map' | 'struct' }) => `"${p.typeName}" does not say what it holds`,
    hint: (p: { typeName: 'array' | 'map' | 'struct' }) =>
      `Write ${{ array: 'array<string>', map: 'map<string, int>', struct: 'struct<a: int, b: string>' }[p.typeName]}, with types of your own.`,
    sparkClass: (p: { typeName: string }) => `INCOMPLETE_TYPE_DEFINITION.${p.typeName.toUpperCase()}`,
  },
  DATATYPE_MISSING_SIZE: {
    domain: 'user',
    message: (p: { typeName: string }) => `"${p.typeName}" needs a length`,
    hint: (p: { typeName: string }) => `Write ${p.typeName}(20), or string for any length.`,
    sparkClass: 'DATATYPE_MISSING_SIZE',
  },
  DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION: {
    domain: 'user',
    message: (p: { precision: number }) => `a decimal has at most 38 digits, not ${p.precision}`,
    hint: () => 'Write decimal(38, s) with s digits after the point, or double.',
    sparkClass: 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
  },
  DECIMAL_SCALE_EXCEEDS_PRECISION: {
    domain: 'user',
    message: (p: { precision: number; scale: number }) =>
      `decimal(${p.precision}, ${p.scale}) has more digits after the point than digits in all`,
    hint: () => 'The first number counts all digits, the second those after the point.',
    sparkClass: '_LEGACY_ERROR_TEMP_1228',
  },
  UNSUPPORTED_TIME_PRECISION: {
    domain: 'user',
    message: (p: { precision: number }) => `time(${p.precision}) is finer than a microsecond`,
    hint: () => 'Use time(0) to time(6).',
    sparkClass: 'UNSUPPORTED_TIME_PRECISION',
  },
  INVALID_INTERVAL_TYPE: {
    domain: 'user',
    message: (p: { from: string; to: string }) => `an interval cannot go from ${p.from} to ${p.to}`,
    hint: () => 'Name the larger unit first: interval day to second, interval year to month.',
    sparkClass: '_LEGACY_ERROR_TEMP_0028',
  },
  INVALID_JSON_SCHEMA: {
    domain: 'user',
    message: (p: { found: string }) => `this is not a schema in Spark's JSON form: ${p.found}`,
    hint: () => 'A schema looks like {"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}}]}.',
    sparkClass: 'INVALID_JSON_DATA_TYPE',
  },
  VALUE_NOT_OF_TYPE: {
    domain: 'user',
    message: (p: { value: string; jsType: string; dataType: string; column?: string; row?: number }) =>
      `${p.value} (${p.jsType}) is not a value of type ${p.dataType}${p.column === undefined ? '' : ` for column "${p.column}"`}${p.row === undefined ? '' : ` in row ${p.row}`}`,
    hint: (p: { expected: string }) => `Give ${p.expected}, or declare another type for the column.`,
    sparkClass: 'FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME',
  },
  NOT_NULL_VIOLATION: {
    domain: 'user',
    message: (p: { column: string; row?: number }) =>
      `column "${p.column}" may not be null${p.row === undefined ? '' : `, but row ${p.row} has no value`}`,
    hint: () => 'Give a value, or declare the column without NOT NULL.',
    sparkClass: 'NOT_NULL_ASSERT_VIOLATION',
  },
  INVALID_VALUE_TEXT: {
    domain: 'user',
    message: (p: { text: string; typeName: string }) => `"${p.text}" is not a ${p.typeName}`,
    hint: (p: { example: string }) => `Write it like ${p.example}.`,
    sparkClass: 'CAST_INVALID_INPUT',
  },
  DECIMAL_OVERFLOW: {
    domain: 'user',
    message: (p: { value: string; precision: number; scale: number }) => `${p.value} does not fit decimal(${p.precision},${p.scale})`,
    hint: () => 'Declare more digits, or round the value first.',
    sparkClass: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
  },
  INVALID_TIME_ZONE: {
    domain: 'user',
    message: (p: { zone: string }) => `there is no time zone "${p.zone}"`,
    hint: () => 'Use a name such as "Europe/Zurich", "UTC" or an offset such as "+02:00".',
    sparkClass: 'INVALID_TIMEZONE',
  },
})
