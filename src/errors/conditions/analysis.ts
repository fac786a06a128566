import { conditions } from '../condition.ts'
import { didYouMean } from '../did-you-mean.ts'

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(n => `"${n}"`).join(', '))
const castHint = (p: { problem: string }): string => `Change the expression, or cast its argument to a type that fits (${p.problem}).`

/** Conditions of name and type resolution. */
export const analysis = conditions({
  UNRESOLVED_COLUMN: {
    domain: 'user',
    message: (p: { name: string; known: readonly string[] }) => `there is no column "${p.name}"${didYouMean(p.name, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Use one of the columns of the input: ${list(p.known)}.`,
    sparkClass: p => (p.known.length > 0 ? 'UNRESOLVED_COLUMN.WITH_SUGGESTION' : 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION'),
  },
  UNRESOLVED_COLUMN_AMONG_FIELD_NAMES: {
    domain: 'user',
    message: (p: { name: string; known: readonly string[] }) => `there is no column "${p.name}"${didYouMean(p.name, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Use one of the columns of the input: ${list(p.known)}.`,
  },
  FIELD_NOT_FOUND: {
    domain: 'user',
    message: (p: { name: string; known: readonly string[] }) => `there is no struct field "${p.name}"${didYouMean(p.name, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Use one of the fields of the struct: ${list(p.known)}.`,
  },
  AMBIGUOUS_REFERENCE: {
    domain: 'user',
    message: (p: { name: string; candidates: readonly string[] }) =>
      `the name "${p.name}" is ambiguous: it may be ${p.candidates.join(' or ')}`,
    hint: () => "Put alias() on each input and write the alias before the name, like col('a.id'), or rename one of the columns.",
  },
  AMBIGUOUS_LATERAL_COLUMN_ALIAS: {
    domain: 'user',
    message: (p: { name: string; count: number }) => `"${p.name}" is the alias of ${p.count} columns before it in the list`,
    hint: () => 'Give the columns different aliases.',
  },
  LATERAL_ALIAS_NOT_HERE: {
    domain: 'user',
    message: (p: { where: string; sub: string }) => `the alias of a column of the same list cannot stand in ${p.where}`,
    hint: () => 'Compute the column in a select() or withColumn() of its own before.',
    sparkClass: (p: { sub: string }) => `UNSUPPORTED_FEATURE.${p.sub}`,
  },
  AMBIGUOUS_REFERENCE_TO_FIELDS: {
    domain: 'user',
    message: (p: { name: string; count: number }) => `the struct has ${p.count} fields called "${p.name}"`,
    hint: () => 'Rename the fields of the struct so that they differ.',
  },
  AMBIGUOUS_COLUMN_REFERENCE: {
    domain: 'user',
    message: (p: { name: string }) => `column "${p.name}" belongs to a frame that stands on both sides of a join`,
    hint: () => "Put alias() on each side before the join and write col('alias.name').",
  },
  CANNOT_RESOLVE_DATAFRAME_COLUMN: {
    domain: 'user',
    message: (p: { name: string }) =>
      `column "${p.name}" belongs to a frame that is not part of this one, or that no longer has it at this step`,
    hint: () => 'Take the column from this frame, or name it by col() and its name.',
  },
  CANNOT_RESOLVE_STAR_EXPAND: {
    domain: 'user',
    message: (p: { target: string; known: readonly string[] }) =>
      `"${p.target}.*" cannot be expanded: there is no input or struct of that name`,
    hint: (p: { known: readonly string[] }) => `Columns of the input: ${list(p.known)}.`,
  },
  INVALID_STAR: {
    domain: 'user',
    message: (p: { where: string }) => `"*" cannot be used in ${p.where}`,
    hint: () => 'Name the columns one by one.',
    sparkClass: 'INVALID_USAGE_OF_STAR_OR_REGEX',
  },
  INVALID_EXTRACT_BASE_FIELD_TYPE: {
    domain: 'user',
    message: (p: { base: string; other: string }) => `nothing can be extracted from ${p.base}, which is ${p.other}`,
    hint: () => 'Fields come from structs, items from arrays and maps.',
  },
  UNRESOLVED_ROUTINE: {
    domain: 'user',
    message: (p: { name: string; known: readonly string[] }) => `there is no function "${p.name}"${didYouMean(p.name, p.known)}`,
    hint: () => 'Correct the name, or register a function of your own with session.udf.register().',
  },
  WRONG_NUM_ARGS: {
    domain: 'user',
    message: (p: { name: string; expected: string; actual: number }) => `"${p.name}" takes ${p.expected} argument(s), got ${p.actual}`,
    hint: (p: { name: string; expected: string }) => `Give "${p.name}" ${p.expected} argument(s).`,
    sparkClass: 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
  },
  DATATYPE_MISMATCH: {
    domain: 'user',
    message: (p: { sub: string; expression: string; problem: string }) => `types do not fit in "${p.expression}": ${p.problem}`,
    hint: castHint,
    sparkClass: p => `DATATYPE_MISMATCH.${p.sub}`,
  },
  NON_FOLDABLE_ARGUMENT: {
    domain: 'user',
    message: (p: { function: string; argument: string }) => `argument "${p.argument}" of "${p.function}" must be a constant`,
    hint: () => 'Give a literal there, not a column.',
  },
  INVALID_SCHEMA: {
    domain: 'user',
    message: (p: { text: string }) => `"${p.text}" is no schema`,
    hint: () => "Give a DDL text such as 'a INT, b STRING', a schema() object, or JSON.",
    sparkClass: 'INVALID_SCHEMA.PARSE_ERROR',
  },
  COLUMN_ALREADY_EXISTS: {
    domain: 'user',
    message: (p: { name: string }) => `column "${p.name}" stands there twice`,
    hint: () => 'Give each column a name of its own.',
  },
  ASSIGNMENT_ARITY_MISMATCH: {
    domain: 'user',
    message: (p: { names: number; columns: number }) => `${p.names} names were given for ${p.columns} columns`,
    hint: () => 'Give one name a column.',
    sparkClass: '_LEGACY_ERROR_TEMP_1188',
  },
  NUM_COLUMNS_MISMATCH: {
    domain: 'user',
    message: (p: { operator: string; left: number; right: number }) =>
      `${p.operator} needs inputs with as many columns, got ${p.left} and ${p.right}`,
    hint: () => 'Select the same columns on both sides, or use unionByName with allowMissingColumns.',
  },
  INCOMPATIBLE_COLUMN_TYPE: {
    domain: 'user',
    message: (p: { operator: string; column: string; left: string; right: string }) =>
      `${p.operator}: column "${p.column}" is ${p.left} on one side and ${p.right} on the other`,
    hint: () => 'Cast one of them.',
  },
  UNRESOLVED_USING_COLUMN_FOR_JOIN: {
    domain: 'user',
    message: (p: { name: string; side: string; known: readonly string[] }) =>
      `the ${p.side} side of the join has no column "${p.name}"${didYouMean(p.name, p.known)}`,
    hint: (p: { known: readonly string[] }) => `Its columns are ${list(p.known)}.`,
  },
  TABLE_OR_VIEW_NOT_FOUND: {
    domain: 'user',
    sparkClass: 'TABLE_OR_VIEW_NOT_FOUND',
    message: (p: { name: string; known: readonly string[] }) => `there is no table or view "${p.name}"${didYouMean(p.name, p.known)}`,
    hint: (p: { known: readonly string[] }) =>
      p.known.length > 0 && p.known.length <= 20
        ? `Correct the name; there are the tables ${p.known.join(', ')}.`
        : 'Correct the name, or make one: saveAsTable(name), toTable(name), createTempView(name).',
  },
  SCHEMA_NOT_KNOWN: {
    domain: 'internal',
    message: (p: { format: string }) => `the schema of this "${p.format}" source is not known yet`,
    hint: () => 'The engine resolves it before analysis.',
  },
  MISSING_AGGREGATION: {
    domain: 'user',
    message: (p: { expression: string }) => `"${p.expression}" is neither among the grouping columns nor inside an aggregate function`,
    hint: (p: { expression: string }) => `Group by it, or wrap it: any_value(${p.expression}).`,
  },
  MISSING_GROUP_BY: {
    domain: 'user',
    message: (p: { expression: string }) => `"${p.expression}" stands beside aggregate functions, but nothing is grouped`,
    hint: () => 'Call groupBy() first, or aggregate every column.',
  },
  GROUP_BY_AGGREGATE: {
    domain: 'user',
    message: (p: { expression: string }) => `an aggregate function cannot be grouped by: "${p.expression}"`,
    hint: () => 'Aggregate first, then group the result.',
  },
  AGGREGATE_NOT_HERE: {
    domain: 'user',
    message: (p: { function: string; where: string }) => `aggregate function "${p.function}" cannot stand in ${p.where}`,
    hint: () => 'Aggregate in groupBy().agg(), then use the result.',
    sparkClass: 'INVALID_WHERE_CONDITION',
  },
  NESTED_AGGREGATE_FUNCTION: {
    domain: 'user',
    message: (p: { expression: string }) => `an aggregate function cannot stand inside another: "${p.expression}"`,
    hint: () => 'Aggregate in two steps.',
  },
  UNSUPPORTED_GENERATOR: {
    domain: 'user',
    message: (p: { sub: 'NESTED_IN_EXPRESSIONS' | 'OUTSIDE_SELECT'; expression: string }) =>
      `"${p.expression}": ${{ NESTED_IN_EXPRESSIONS: 'it cannot stand inside another expression', OUTSIDE_SELECT: 'it can stand in select only' }[p.sub]}`,
    hint: () => 'Explode in a select() of its own, then go on with its column.',
    sparkClass: p => `UNSUPPORTED_GENERATOR.${p.sub}`,
  },
  WINDOW_FUNCTION_NOT_HERE: {
    domain: 'user',
    message: (p: { expression: string; where: string }) => `window function "${p.expression}" cannot stand in ${p.where}`,
    hint: () => 'Compute it with withColumn(), then use the column.',
    sparkClass: '_LEGACY_ERROR_TEMP_1034',
  },
  WINDOW_FUNCTION_WITHOUT_OVER: {
    domain: 'user',
    message: (p: { name: string }) => `"${p.name}" needs a window specification`,
    hint: (p: { name: string }) => `Write ${p.name}().over(Window.partitionBy(…).orderBy(…)).`,
  },
  UNSUPPORTED_GROUPING_EXPRESSION: {
    domain: 'user',
    message: () => 'grouping() and grouping_id() need rollup, cube or grouping sets',
    hint: () => 'Use them in the aggregates of rollup(), cube() or groupingSets().',
  },
  GROUPING_COLUMN_MISMATCH: {
    domain: 'user',
    message: (p: { column: string }) => `grouping("${p.column}"): that is not a grouping column`,
    hint: () => 'Name one of the grouping columns.',
  },
  PIVOT_VALUES_NEEDED: {
    domain: 'user',
    message: () => 'pivot on a stream needs its values given',
    hint: () => 'Give the values: pivot(column, [v1, v2]).',
    sparkClass: '_LEGACY_ERROR_TEMP_3102',
  },
  UNPIVOT_VALUE_DATA_TYPE_MISMATCH: {
    domain: 'user',
    message: (p: { types: string }) => `the columns to unpivot have no common type: ${p.types}`,
    hint: () => 'Cast them to one type first.',
  },
  PARSE_NOT_HERE: {
    domain: 'user',
    message: (p: { what: string; where: string }) => `${p.what} cannot stand in ${p.where}`,
    hint: () => 'Move it to a step of its own.',
  },
  INVALID_SUBQUERY_EXPRESSION: {
    domain: 'user',
    message: () => 'a stream cannot be read inside a subquery',
    hint: () => 'Join the stream instead.',
    sparkClass: 'INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY',
  },

  // Event time -----------------------------------------------------------------------------------------------------------------------
  EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE: {
    domain: 'user',
    message: (p: { column: string; type: string }) => `event time "${p.column}" is ${p.type}, not timestamp`,
    hint: (p: { column: string; type: string }) =>
      p.type === 'string'
        ? `Cast with to_timestamp first: withColumn('${p.column}', toTimestamp('${p.column}', 'yyyy-MM-dd HH:mm:ss')).`
        : `Cast it first: withColumn('${p.column}', col('${p.column}').cast('timestamp')).`,
  },
  CANNOT_PARSE_INTERVAL: {
    domain: 'user',
    message: (p: { text: string }) => `"${p.text}" is no interval`,
    hint: () => "Write a number and a unit, such as '10 minutes' or '1 hour 30 minutes'.",
  },
  NEGATIVE_WATERMARK_DELAY: {
    domain: 'user',
    message: (p: { text: string }) => `delay threshold (${p.text}) should not be negative.`,
    hint: () => "Give a delay of '0 seconds' or more.",
    sparkClass: '_LEGACY_ERROR_TEMP_3231',
  },
  WATERMARK_REDEFINED: {
    domain: 'user',
    message: (p: { column: string }) => `a watermark is already defined on this stream, and "${p.column}" would be a second one`,
    hint: () => 'Call withWatermark() once before the first stateful step; a second one may only follow an aggregation.',
    sparkClass: '_LEGACY_ERROR_TEMP_3076',
  },
  MULTIPLE_TIME_WINDOWS: {
    domain: 'user',
    message: () => 'only one time window may stand in one step',
    hint: () => 'Group by one window; make the other one in a step of its own.',
    sparkClass: '_LEGACY_ERROR_TEMP_1039',
  },
  INTERVAL_WITH_MONTHS: {
    domain: 'user',
    message: (p: { text: string }) => `months and years have no fixed length and cannot measure a window: "${p.text}"`,
    hint: () => "Give the length in days or smaller units, such as '30 days', or group by date_trunc('month', …).",
    sparkClass: '_LEGACY_ERROR_TEMP_3231',
  },
  NOT_A_TIME_WINDOW: {
    domain: 'user',
    message: (p: { column: string }) => `"${p.column}" is not the column of a time window`,
    hint: () => 'window_time() takes the column that window() or session_window() made in an aggregation.',
    sparkClass: '_LEGACY_ERROR_TEMP_3101',
  },
})
