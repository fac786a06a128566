export interface Failure {
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
}

/** DuckDB's own words for what Spark has a condition for: hot arithmetic is left to DuckDB's operators, which check. */
const NATIVE: readonly (readonly [RegExp, (m: RegExpExecArray) => Failure])[] = [
  [/Overflow in (addition|subtraction|multiplication) of DECIMAL\((\d+)\) \((.*?)\)[;!]/, m => decimal(`${m[3]}`)],
  [
    /Overflow in (addition|subtraction|multiplication) of (?:INT\d+|U?INT\w*) \((.*?)\)!/,
    m => overflow(`${OPERATION[m[1]!]} overflow: ${m[2]}`),
  ],
  [/Overflow in (negation|division|addition|subtraction|multiplication)\b[^\n]*/, m => overflow(m[0])],
  [/Overflow on abs\((.*?)\)/, m => overflow(`abs(${m[1]}) overflow`)],
  [/Could not cast value (\S+) to DECIMAL\((\d+), ?(\d+)\)/, m => decimal(m[1]!, m[2], m[3])],
  [/Casting value "(.*?)" to type DECIMAL\((\d+), ?(\d+)\) failed/, m => decimal(m[1]!, m[2], m[3])],
  [/Map keys must be unique/, () => ({ condition: 'DUPLICATED_MAP_KEY', params: { key: '?' } })],
  [/Map keys can not be NULL/, () => ({ condition: 'NULL_MAP_KEY', params: {} })],
  [/overflows timestamp range/, () => ({ condition: 'DATETIME_OVERFLOW', params: { operation: 'the result' } })],
  [
    /Type (U?INT\d+|DOUBLE|FLOAT|DECIMAL\S*) with value (\S+) can't be cast because the value is out of range for the destination type (U?INT\d+)/,
    m => overflow(`${m[2]} is out of range of ${INTEGERS[m[3]!] ?? m[3]}`),
  ],
  [/QUANTILE can only take parameters/, () => parameter('percentage', 'percentile', 'the value', 'a number from 0 to 1')],
  [/Argument for ntile must be/, () => parameter('number of buckets', 'ntile', 'the value', 'a number above 0')],
  [/Lists? larger than|maximum allowed vector size/, () => ({ condition: 'COLLECTION_SIZE_LIMIT_EXCEEDED', params: {} })],
  [/(?:Date|Timestamp|timestamp|date)[^\n]*out of range[^\n]*/, m => ({ condition: 'DATETIME_OVERFLOW', params: { operation: m[0] } })],
]
const OPERATION: Readonly<Record<string, string>> = { addition: 'sum', subtraction: 'difference', multiplication: 'product' }
const overflow = (message: string): Failure => ({ condition: 'ARITHMETIC_OVERFLOW', params: { message } })
const INTEGERS: Readonly<Record<string, string>> = { INT8: 'TINYINT', INT16: 'SMALLINT', INT32: 'INT', INT64: 'BIGINT' }
const parameter = (name: string, func: string, value: string, expected: string): Failure => ({
  condition: 'INVALID_PARAMETER_VALUE',
  params: { parameter: name, func, value, expected },
})
const decimal = (value: string, precision = '38', scale = '?'): Failure => ({
  condition: 'NUMERIC_VALUE_OUT_OF_RANGE',
  params: { value, precision, scale },
})

/** Which condition DuckDB's own message stands for, undefined for any other. (What `fail()` raised carries its condition itself.) */
export function conditionOf(message: string): Failure | undefined {
  for (const [pattern, make] of NATIVE) {
    const m = pattern.exec(message)
    if (m) return make(m)
  }
  return undefined
}
