import { conditions } from '../condition.ts'

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** What dates, patterns, arrays and maps of the data can do wrong under ANSI. */
export const functionValues = conditions({
  CANNOT_PARSE_TIMESTAMP: {
    domain: 'user',
    sparkClass: 'CANNOT_PARSE_TIMESTAMP',
    message: (p: { value: unknown; pattern?: string }) => `"${p.value}" is no time${p.pattern ? ` by the pattern "${p.pattern}"` : ''}`,
    hint: (p: { func?: string }) =>
      `Mend the value or the pattern, or use ${p.func ?? 'try_to_timestamp'}() (${camel(p.func ?? 'try_to_timestamp')} in TypeScript), which gives null.`,
  },
  PARSE_MODE_UNSUPPORTED: {
    domain: 'user',
    sparkClass: 'PARSE_MODE_UNSUPPORTED',
    message: (p: { func: string; mode: string }) => `${p.func}() cannot leave out rows, as mode '${p.mode}' asks for`,
    hint: () => "Use mode 'PERMISSIVE' (bad fields become null, or a null struct to filter by) or 'FAILFAST'.",
  },
  CANNOT_PARSE_TIME: {
    domain: 'user',
    sparkClass: 'CANNOT_PARSE_TIME',
    message: (p: { value: unknown; pattern?: string }) =>
      `"${p.value}" is no time of day${p.pattern ? ` by the pattern "${p.pattern}"` : ''}`,
    hint: () => 'Mend the value or the pattern, or use try_to_time() (tryToTime in TypeScript), which gives null.',
  },
  DATETIME_FIELD_OUT_OF_BOUNDS: {
    domain: 'user',
    sparkClass: 'DATETIME_FIELD_OUT_OF_BOUNDS',
    message: (p: { range: string }) => `a field of a date or time is out of bounds: ${p.range}`,
    hint: (p: { func?: string }) => `Mend the value, or use ${p.func ?? 'the try_ function'}, which gives null.`,
  },
  INVALID_DATETIME_PATTERN: {
    domain: 'user',
    sparkClass: p => (p.letter ? 'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER' : 'INVALID_DATETIME_PATTERN.LENGTH'),
    message: (p: { pattern: string; why: string; letter?: string }) => `"${p.pattern}" is no datetime pattern: ${p.why}`,
    hint: () =>
      'Letters are y M L d D E F a h K k H m s S V z O X x Z Q q G; put other text in single quotes, as in "yyyy-MM-dd\'T\'HH:mm".',
  },
  INVALID_EXTRACT_FIELD: {
    domain: 'user',
    sparkClass: 'INVALID_EXTRACT_FIELD',
    message: (p: { field: string; type: string }) => `a value of type ${p.type} has no field "${p.field}"`,
    hint: () => 'Take YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DOY, HOUR, MINUTE or SECOND.',
  },
  INVALID_LIKE_PATTERN: {
    domain: 'user',
    sparkClass: p => `INVALID_FORMAT.${p.kind}`,
    message: (p: { pattern: string; escape: string; kind: 'ESC_AT_THE_END' | 'ESC_IN_THE_MIDDLE' }) =>
      `in the LIKE pattern "${p.pattern}" the escape character "${p.escape}" stands ${p.kind === 'ESC_AT_THE_END' ? 'at the end' : 'before another character than _, % or itself'}`,
    hint: (p: { escape: string }) => `Write ${p.escape}${p.escape} for the character itself.`,
  },
  ILLEGAL_DAY_OF_WEEK: {
    domain: 'user',
    sparkClass: 'ILLEGAL_DAY_OF_WEEK',
    message: (p: { string: string }) => `"${p.string}" is no day of the week`,
    hint: () => 'Write MON, MO or MONDAY, and so on.',
  },
  INVALID_ARRAY_INDEX: {
    domain: 'user',
    sparkClass: 'INVALID_ARRAY_INDEX',
    message: (p: { indexValue: unknown; arraySize: unknown }) => `index ${p.indexValue} lies outside an array of ${p.arraySize} elements`,
    hint: () => 'Use get(array, index), in SQL text as in TypeScript, which gives null outside the array.',
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    domain: 'user',
    sparkClass: 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT',
    message: (p: { indexValue: unknown; arraySize: unknown }) => `place ${p.indexValue} lies outside an array of ${p.arraySize} elements`,
    hint: () => 'Use try_element_at() (tryElementAt in TypeScript), which gives null outside the array.',
  },
  INVALID_INDEX_OF_ZERO: {
    domain: 'user',
    sparkClass: 'INVALID_INDEX_OF_ZERO',
    message: () => 'places in an array are counted from 1, or from -1 at the end: 0 is none',
    hint: () => 'Count from 1, or use get(), which counts from 0.',
  },
  INVALID_PARAMETER_VALUE: {
    domain: 'user',
    sparkClass: p => (p.kind ? `INVALID_PARAMETER_VALUE.${p.kind}` : 'INVALID_PARAMETER_VALUE'),
    message: (p: { parameter: string; func: string; value: unknown; kind?: string }) =>
      `"${p.value}" cannot be the ${p.parameter} of ${p.func}()`,
    hint: (p: { expected?: string }) => `Give ${p.expected ?? 'another value'}.`,
  },
  COMPARATOR_RETURNS_NULL: {
    domain: 'user',
    sparkClass: 'COMPARATOR_RETURNS_NULL',
    message: () => 'the comparison of array_sort() gave null',
    hint: () => 'Let it answer below 0, 0 or above 0 for nulls, too.',
  },
  DUPLICATED_MAP_KEY: {
    domain: 'user',
    sparkClass: 'DUPLICATED_MAP_KEY',
    message: (p: { key: unknown }) => `the key ${p.key} comes twice in one map`,
    hint: () => 'Make the keys unique before the map is built.',
  },
  NULL_MAP_KEY: {
    domain: 'user',
    sparkClass: 'NULL_MAP_KEY',
    message: () => 'a key of a map is null',
    hint: () => 'Leave out or replace null keys before the map is built.',
  },
})
