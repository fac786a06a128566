type Form = (args: readonly string[]) => string

const infix =
  (symbol: string): Form =>
  args =>
    args.length === 2 ? `(${args[0]} ${symbol} ${args[1]})` : `(${symbol} ${args[0]})`
const named =
  (name: string): Form =>
  args =>
    `${name}(${args.join(', ')})`
const arity =
  (n: number, form: Form, otherwise: Form): Form =>
  args =>
    args.length === n ? form(args) : otherwise(args)
const trim = (side: string, name: string): Form => arity(2, ([chars, source]) => `TRIM(${side} ${chars} FROM ${source})`, named(name))
/** The backslash is the escape anyhow, and does not show. */
const like: Form = ([value, pattern, sign = '\\']) => `${value} LIKE ${pattern}${sign === '\\' ? '' : ` ESCAPE '${sign}'`}`
const ilike: Form = ([value, pattern, sign = '\\']) => `ilike(${value}, ${pattern}${sign === '\\' ? '' : `, ${sign}`})`
/** A function that is a cast does not show, as no added cast does. */
const cast = (name: string): Form => arity(1, ([value]) => value!, named(name))

function cases(args: readonly string[]): string {
  const branches: string[] = []
  for (let i = 0; i + 1 < args.length; i += 2) branches.push(`WHEN ${args[i]} THEN ${args[i + 1]}`)
  const otherwise = args.length % 2 === 1 ? ` ELSE ${args.at(-1)}` : ''
  return `CASE ${branches.join(' ')}${otherwise} END`
}

const INFIX = ['+', '-', '*', '/', '%', 'div', '&', '|', '^', '<<', '>>', '>>>', '<', '<=', '>', '>=', '<=>', '=']
const CASTS =
  'boolean tinyint smallint int bigint float double decimal date time timestamp timestamp_ntz timestamp_ltz binary string'.split(' ')

/** Functions that Spark does not show as `name(a, b)`. */
const FORMS: Readonly<Record<string, Form>> = {
  ...Object.fromEntries(INFIX.map(symbol => [symbol, infix(symbol)])),
  ...Object.fromEntries(CASTS.map(name => [name, cast(name)])),
  '==': infix('='),
  '!=': ([a, b]) => `(NOT (${a} = ${b}))`,
  '<>': ([a, b]) => `(NOT (${a} = ${b}))`,
  '||': named('concat'),
  '~': ([a]) => `~${a}`,
  rank: () => 'RANK()',
  dense_rank: () => 'DENSE_RANK()',
  percent_rank: () => 'PERCENT_RANK()',
  positive: ([a]) => `(+ ${a})`,
  and: infix('AND'),
  or: infix('OR'),
  not: ([a]) => `(NOT ${a})`,
  '!': ([a]) => `(NOT ${a})`,
  in: ([value, ...options]) => `(${value} IN (${options.join(', ')}))`,
  isnull: ([a]) => `(${a} IS NULL)`,
  isnotnull: ([a]) => `(${a} IS NOT NULL)`,
  when: cases,
  if: args => `(IF(${args.join(', ')}))`,
  like,
  ilike,
  rlike: named('RLIKE'),
  regexp: named('REGEXP'),
  regexp_like: named('REGEXP_LIKE'),
  trim: trim('BOTH', 'trim'),
  ltrim: trim('LEADING', 'ltrim'),
  rtrim: trim('TRAILING', 'rtrim'),
  extract: ([field, source]) => `extract(${field} FROM ${source})`,
  datepart: ([field, source]) => `datepart(${field} FROM ${source})`,
}

/**
 * A call as Spark's automatic column names show it, from the texts of its arguments: `(a + 1)`, `CASE WHEN a THEN 1 END`, `sum(DISTINCT x)`.
 * Used by the printer of expressions, and usable on resolved trees too.
 */
export function callText(name: string, args: readonly string[], distinct = false): string {
  const form = FORMS[name.toLowerCase()]
  return form && !distinct ? form(args) : `${name}(${distinct ? 'DISTINCT ' : ''}${args.join(', ')})`
}
