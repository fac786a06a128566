import { conditions } from '../condition.ts'

type Value = { value: string; sourceType: string; targetType: string }

/** What goes wrong while an expression is computed. Names are Spark's. */
export const expression = conditions({
  CAST_INVALID_INPUT: {
    domain: 'user',
    message: (p: Value) => `the ${p.sourceType} value ${JSON.stringify(p.value)} cannot be cast to ${p.targetType}: it is malformed`,
    hint: () => 'Correct the value, or use try_cast (in the API tryCast), which gives null instead.',
  },
  CAST_OVERFLOW: {
    domain: 'user',
    message: (p: Value) => `the ${p.sourceType} value ${p.value} is out of range of ${p.targetType}`,
    hint: () => 'Cast to a wider type, or use try_cast (in the API tryCast), which gives null instead.',
  },
  NUMERIC_VALUE_OUT_OF_RANGE: {
    domain: 'user',
    message: (p: { value: string; precision: string; scale: string }) => `${p.value} does not fit in decimal(${p.precision},${p.scale})`,
    hint: () => 'Take a decimal of more digits, or a try_ function (try_cast, try_add …), which gives null instead.',
    sparkClass: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
  },
  ARITHMETIC_OVERFLOW: {
    domain: 'user',
    message: (p: { message: string }) => `${p.message}`,
    hint: () => 'Cast to a wider type first, or use try_add, try_subtract or try_multiply, which give null instead.',
  },
  DIVIDE_BY_ZERO: {
    domain: 'user',
    message: () => 'division by zero',
    hint: () => 'Use try_divide, which gives null where the divisor is 0, or nullif(divisor, 0).',
  },
  REMAINDER_BY_ZERO: {
    domain: 'user',
    message: () => 'remainder by zero',
    hint: () => 'Use try_mod, which gives null where the divisor is 0, or nullif(divisor, 0).',
  },
  INTERVAL_DIVIDED_BY_ZERO: {
    domain: 'user',
    message: () => 'an interval is divided by zero',
    hint: () => 'Use try_divide, which gives null where the divisor is 0.',
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
  INVALID_ARRAY_INDEX: {
    domain: 'user',
    message: (p: { indexValue: string; arraySize: string }) =>
      `the index ${p.indexValue} is out of bounds: the array has ${p.arraySize} elements, counted from 0`,
    hint: () => 'Use get(array, index), which gives null where there is no such element.',
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    domain: 'user',
    message: (p: { indexValue: string; arraySize: string }) =>
      `the index ${p.indexValue} is out of bounds: the array has ${p.arraySize} elements, counted from 1`,
    hint: () => 'Use try_element_at(array, index), which gives null where there is no such element.',
  },
  INVALID_INDEX_OF_ZERO: {
    domain: 'user',
    message: () => 'the index 0 is invalid: elements are counted from 1, or from -1 at the end',
    hint: () => 'Give an index other than 0, or use get(array, index), which counts from 0.',
  },
})
