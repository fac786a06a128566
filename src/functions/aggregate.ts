import {
  arrayType,
  booleanType,
  type DataType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  integerType,
  longType,
  stringType,
  yearMonthIntervalType,
} from '../types/index.ts'
import type { ResultRule, Signature } from './function.ts'
import { arg, arrayOf, group, type Row, sig } from './rules.ts'

const bounded = (precision: number, scale: number): DataType => decimalType(Math.min(precision, 38), Math.min(scale, 38))

/** Whole numbers add up to bigint, decimals gain ten digits, the rest keeps its type. */
const sumType: ResultRule = ([t]) => {
  if (t?.kind === 'decimal') return bounded(t.precision + 10, t.scale)
  if (t?.kind === 'float' || t?.kind === 'double') return doubleType
  if (t?.kind === 'yearMonthInterval' || t?.kind === 'dayTimeInterval') return t
  return longType
}
/** Decimals gain four digits before and after the point, intervals all fields, everything else is a double. */
const avgType: ResultRule = ([t]) => {
  if (t?.kind === 'decimal') return bounded(t.precision + 4, t.scale + 4)
  return fullInterval(t) ?? doubleType
}
const fullInterval = (t: DataType | undefined): DataType | undefined =>
  t?.kind === 'yearMonthInterval' ? yearMonthIntervalType() : t?.kind === 'dayTimeInterval' ? dayTimeIntervalType() : undefined
const percentileType: ResultRule = ([t, p]) => {
  const one = fullInterval(t) ?? doubleType
  return p?.kind === 'array' ? arrayType(one, false) : one
}
const approximateType: ResultRule = ([t, p]) => (p?.kind === 'array' ? arrayType(t!, false) : t!)

const amounts = (returns: ResultRule): Signature[] => [
  sig(['numeric'], returns),
  sig(['yearMonthInterval'], returns),
  sig(['dayTimeInterval'], returns),
]
/** Of an amount and one or several shares of the rows. */
const shares = (returns: ResultRule): Signature[] =>
  amounts(returns).flatMap(s => [sig([...s.args, 'double'], returns), sig([...s.args, arrayType(doubleType)], returns)])
const measure = (name: string, doc: string, rest?: Row[4]): Row => [name, sig(['double'], doubleType), doc, [`${name}(x)`], rest]
const pair = (name: string, doc: string): Row => [name, sig(['double', 'double'], doubleType), doc, [`${name}(y, x)`]]
const edge = (name: string, doc: string, rest?: Row[4]): Row => [
  name,
  sig(['any', 'boolean'], arg(0), { optional: 1, shown: { args: 1 } }),
  doc,
  [`${name}(x)`, `${name}(x, true)`],
  { nullability: 'always', ...rest },
]
const truth = (name: string, doc: string, aliases: readonly string[]): Row => [
  name,
  sig(['boolean'], booleanType),
  doc,
  [`${name}(x > 1)`],
  { aliases },
]
const bits = (name: string, doc: string): Row => [name, sig(['integral'], arg(0)), doc, [`${name}(x)`]]
const extreme = (name: string, doc: string): Row => [
  name,
  [sig(['any', 'ordered'], arg(0)), sig(['any', 'ordered', 'integer'], arrayOf(0))],
  doc,
  [`${name}(x, y)`],
]
const joined: Signature = sig(['string', 'string'], stringType, { optional: 1, defaults: ['NULL'] })

const rows: readonly Row[] = [
  [
    'count',
    sig(['any'], longType, { variadic: { min: 1 } }),
    'How many rows have no null among the arguments; count(*) counts all rows.',
    ['count(1)', 'count(x)', 'count(DISTINCT x, y)'],
    { nullability: 'never' },
  ],
  ['count_if', sig(['boolean'], longType), 'How many rows make the condition true.', ['count_if(x > 1)'], { nullability: 'never' }],
  ['sum', amounts(sumType), 'The total; whole numbers add up to bigint and fail when it overflows.', ['sum(x)']],
  ['try_sum', amounts(sumType), 'The total, or null where it overflows.', ['try_sum(x)']],
  ['avg', amounts(avgType), 'The mean value.', ['avg(x)'], { aliases: ['mean'] }],
  ['try_avg', amounts(avgType), 'The mean value, or null where the sum overflows.', ['try_avg(x)']],
  ['min', sig(['ordered'], arg(0)), 'The smallest value.', ['min(x)']],
  ['max', sig(['ordered'], arg(0)), 'The largest value; NaN is larger than any number.', ['max(x)']],
  edge('first', 'The value of the first row, nulls included unless the second argument is true.', { aliases: ['first_value'] }),
  edge('last', 'The value of the last row, nulls included unless the second argument is true.', { aliases: ['last_value'] }),
  edge('any_value', 'The value of some row.'),
  [
    'collect_list',
    sig(['any'], arrayOf(0, false)),
    'All values that are not null, in one array.',
    ['collect_list(x)'],
    { aliases: ['array_agg'], nullability: 'never' },
  ],
  [
    'collect_set',
    sig(['any'], arrayOf(0, false)),
    'The different values that are not null, in one array.',
    ['collect_set(x)'],
    { nullability: 'never' },
  ],
  [
    'approx_count_distinct',
    sig(['any', 'double'], longType, { optional: 1 }),
    'About how many different values there are, by HyperLogLog++; the second argument is the largest relative standard deviation (0.05).',
    ['approx_count_distinct(x)'],
    { nullability: 'never' },
  ],
  measure('stddev', 'The standard deviation of a sample.', { aliases: ['std', 'stddev_samp'] }),
  measure('stddev_pop', 'The standard deviation of a whole population.'),
  measure('variance', 'The variance of a sample.', { aliases: ['var_samp'] }),
  measure('var_pop', 'The variance of a whole population.'),
  measure('skewness', 'The skewness of a whole population.'),
  measure('kurtosis', 'The excess kurtosis of a whole population.'),
  pair('corr', 'The Pearson correlation of two columns.'),
  pair('covar_pop', 'The covariance of a whole population.'),
  pair('covar_samp', 'The covariance of a sample.'),
  pair('regr_avgx', 'The mean of x over the rows where neither is null.'),
  pair('regr_avgy', 'The mean of y over the rows where neither is null.'),
  ['regr_count', sig(['double', 'double'], longType), 'How many rows have both values.', ['regr_count(y, x)'], { nullability: 'never' }],
  pair('regr_intercept', 'Where the least-squares line meets the y axis.'),
  pair('regr_r2', 'The coefficient of determination.'),
  pair('regr_slope', 'The slope of the least-squares line.'),
  pair('regr_sxx', 'The sum of squares of x about its mean, over complete pairs.'),
  pair('regr_sxy', 'The sum of products about the means, over complete pairs.'),
  pair('regr_syy', 'The sum of squares of y about its mean, over complete pairs.'),
  extreme('max_by', 'The value of x in the row where y is largest; with k, the k such values in an array.'),
  extreme('min_by', 'The value of x in the row where y is smallest; with k, the k such values in an array.'),
  truth('bool_and', 'Are all values true?', ['every']),
  truth('bool_or', 'Is any value true?', ['any', 'some']),
  bits('bit_and', 'All values joined by bitwise and.'),
  bits('bit_or', 'All values joined by bitwise or.'),
  bits('bit_xor', 'All values joined by bitwise exclusive or.'),
  [
    'percentile',
    ['numeric', 'yearMonthInterval', 'dayTimeInterval'].flatMap(t => [
      sig([t as 'numeric', 'double', 'long'], percentileType, { optional: 1, defaults: ['1'] }),
      sig([t as 'numeric', arrayType(doubleType), 'long'], percentileType, { optional: 1, defaults: ['1'] }),
    ]),
    'The exact percentile, by interpolation; the third argument is how often each value counts.',
    ['percentile(x, 0.3)', 'percentile(x, array(0.2, 0.5))'],
  ],
  [
    'percentile_approx',
    ['numeric', 'date', 'timestamp', 'timestampNtz', 'yearMonthInterval', 'dayTimeInterval'].flatMap(t => [
      sig([t as 'numeric', 'double', 'integer'], approximateType, { optional: 1, defaults: ['10000'] }),
      sig([t as 'numeric', arrayType(doubleType), 'integer'], approximateType, { optional: 1, defaults: ['10000'] }),
    ]),
    'A value of the column at or above the given share of all values.',
    ['percentile_approx(x, 0.5, 100)'],
    { aliases: ['approx_percentile'] },
  ],
  [
    'percentile_cont',
    shares(percentileType),
    'percentile_cont(p) WITHIN GROUP (ORDER BY x): the percentile by interpolation.',
    ['percentile_cont(0.25) WITHIN GROUP (ORDER BY x)', 'percentile_cont(array(0.1, 0.9)) WITHIN GROUP (ORDER BY y DESC)'],
  ],
  [
    'percentile_disc',
    shares(percentileType),
    'percentile_disc(p) WITHIN GROUP (ORDER BY x): the first value at or above the share p.',
    ['percentile_disc(0.25) WITHIN GROUP (ORDER BY x)', 'percentile_disc(array(0.0, 0.3, 1.0)) WITHIN GROUP (ORDER BY y DESC)'],
  ],
  ['median', amounts(([t]) => fullInterval(t) ?? doubleType), 'The exact median.', ['median(x)']],
  [
    'mode',
    sig(['any', 'boolean'], arg(0), { optional: 1, shown: { args: 1 } }),
    'The most frequent value; with true as second argument the smallest of them.',
    ['mode(x)', 'mode() WITHIN GROUP (ORDER BY x DESC)'],
  ],
  ['product', sig(['double'], doubleType), 'The product of all values.', []],
  [
    'listagg',
    joined,
    'The values in one string, with a delimiter between them.',
    ["listagg(x, ', ')", "listagg(x, '-') WITHIN GROUP (ORDER BY y DESC)"],
    { aliases: ['string_agg'] },
  ],
  [
    'grouping',
    sig(['any'], { kind: 'byte' }),
    'In a rollup or cube: 1 where the column is summed over, 0 where it is part of the group.',
    [],
    { nullability: 'never' },
  ],
  [
    'grouping_id',
    sig(['any'], longType, { variadic: { min: 0 } }),
    'In a rollup or cube: the grouping flags of the columns as one number.',
    [],
    { nullability: 'never' },
  ],
]

/** Functions of many rows. */
export const AGGREGATE = group('aggregate', 'aggregate', rows).map(spec =>
  spec.nullability ? spec : { ...spec, nullability: 'always' as const },
)

const peers = (name: string, returns: DataType, doc: string): Row => [
  name,
  sig([], returns),
  doc,
  [`${name}() OVER (ORDER BY x)`],
  { nullability: 'never' },
]
const shifted = (name: string, doc: string): Row => [
  name,
  sig(['any', 'integer', 'same:0'], arg(0), { optional: 2, defaults: ['1', 'NULL'] }),
  doc,
  [`${name}(x) OVER (ORDER BY y)`],
  { nullability: 'always' },
]
/** Functions of a row's place among others: batch only. */
export const WINDOW_FUNCTIONS = group('window', 'window', [
  peers('row_number', integerType, 'The running number of the row, from 1.'),
  peers('rank', integerType, 'The rank of the row; equal rows share one, and leave a gap.'),
  peers('dense_rank', integerType, 'The rank of the row without gaps.'),
  [
    'percent_rank',
    sig(['any'], doubleType, { variadic: { min: 0 } }),
    'The rank as a share from 0 to 1.',
    ['percent_rank() OVER (ORDER BY x)'],
    { nullability: 'never' },
  ],
  peers('cume_dist', doubleType, 'The share of rows at or before this one.'),
  [
    'ntile',
    sig(['integer'], integerType, { optional: 1, defaults: ['1'] }),
    'The number of the bucket the row falls in, when the partition is dealt into n buckets.',
    ['ntile(4) OVER (ORDER BY x)'],
    { nullability: 'never' },
  ],
  shifted('lag', 'The value of the row that many places earlier, or the default.'),
  shifted('lead', 'The value of the row that many places later, or the default.'),
  [
    'nth_value',
    sig(['any', 'integer', 'boolean'], arg(0), { optional: 1, shown: { args: 2 } }),
    'The value of the n-th row of the frame.',
    ['nth_value(x, 2) OVER (ORDER BY y)'],
    { nullability: 'always' },
  ],
])
