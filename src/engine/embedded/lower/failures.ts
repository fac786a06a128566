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
  [/(?:Date|Timestamp|timestamp|date)[^\n]*out of range[^\n]*/, m => ({ condition: 'DATETIME_OVERFLOW', params: { operation: m[0] } })],
]
const OPERATION: Readonly<Record<string, string>> = { addition: 'sum', subtraction: 'difference', multiplication: 'product' }
const overflow = (message: string): Failure => ({ condition: 'ARITHMETIC_OVERFLOW', params: { message } })
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
