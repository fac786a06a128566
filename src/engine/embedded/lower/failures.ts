import { FAILURE } from './context.ts'

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

/** Which condition a failed query ran into: ours, marked by `fail()`, or one DuckDB found. Undefined for anything else. */
export function conditionOf(message: string): Failure | undefined {
  const at = message.indexOf(FAILURE)
  if (at >= 0) return readMark(message.slice(at + FAILURE.length))
  for (const [pattern, make] of NATIVE) {
    const m = pattern.exec(message)
    if (m) return make(m)
  }
  return undefined
}

/** The JSON object after the mark; DuckDB may append lines of its own. */
function readMark(text: string): Failure | undefined {
  for (let end = text.lastIndexOf('}'); end >= 0; end = text.lastIndexOf('}', end - 1)) {
    try {
      const { condition, ...params } = JSON.parse(text.slice(0, end + 1)) as { condition: string }
      return { condition, params }
    } catch {
      // a brace of DuckDB's own words: try the one before
    }
  }
  return undefined
}
