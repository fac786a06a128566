import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import {
  booleanType,
  compilePattern,
  type DataType,
  type DecimalType,
  dateType,
  decimalType,
  doubleType,
  field,
  integerType,
  longType,
  parseTimestamp,
  type StructType,
  stringType,
  structType,
  timestampType,
} from '../../types/index.ts'
import { checkFormatOptions } from '../check.ts'
import { javaDouble } from '../numbers.ts'
import type { InputFile } from '../open-bytes.ts'
import { type FormatOptions, flag } from '../record-mode.ts'
import { lookAtRecords } from '../sample.ts'
import { DefaultTimes } from '../times.ts'
import { dateParser, textOf } from '../values.ts'
import { type CsvOptions, csvOptions } from './options.ts'
import { checkSize } from './size.ts'
import { CsvTokenizer } from './tokenizer.ts'

/** The narrowest type first; each row says whether a text is of it (Spark's CSVInferSchema). */
interface Step {
  readonly kind: DataType['kind']
  readonly type: (text: string) => DataType | undefined
}

const INTEGER = /^[+-]?\d+$/
const within = (text: string, bits: bigint): boolean => INTEGER.test(text) && BigInt(text) >= -(1n << bits) && BigInt(text) < 1n << bits

function wholeDecimal(text: string): DataType | undefined {
  const digits = /^[+-]?\d+\.?$/.test(text) ? text.replace(/^[+-]?0*|\.$/g, '').length || 1 : 39
  return digits <= 38 ? decimalType(digits, 0) : undefined
}

function ladder(o: CsvOptions): readonly Step[] {
  const values = { ...o, timestampNtzFormat: undefined, strictDates: true, today: () => 0 }
  const isDate = dateParser(values)
  const times = new DefaultTimes(o.timeZone, () => 0)
  const pattern = o.timestampFormat === undefined ? undefined : compilePattern(o.timestampFormat, 'parse')
  const isTime = (t: string) => (pattern ? parseTimestamp(pattern, t, o.timeZone) : times.timestamp(t)) !== undefined
  const isDouble = (t: string) => t === o.nanValue || t === o.positiveInf || t === o.negativeInf || javaDouble(t) !== undefined
  const when = (kind: DataType['kind'], type: DataType, test: (t: string) => boolean): Step => ({
    kind,
    type: t => (test(t) ? type : undefined),
  })
  return [
    when('integer', integerType, t => within(t, 31n)),
    when('long', longType, t => within(t, 63n)),
    { kind: 'decimal', type: wholeDecimal },
    when('double', doubleType, isDouble),
    ...(o.preferDate ? [when('date', dateType, t => isDate(t) !== undefined)] : []),
    when('timestamp', timestampType, isTime),
    when('boolean', booleanType, t => /^(true|false)$/i.test(t)),
  ]
}

const NUMBERS = ['integer', 'long', 'decimal', 'double']

/** The type that holds both, else string. */
function wider(a: DataType, b: DataType): DataType {
  if (a.kind === b.kind) return a.kind === 'decimal' ? decimalType(Math.max(a.precision, (b as DecimalType).precision), 0) : a
  const [x, y] = [NUMBERS.indexOf(a.kind), NUMBERS.indexOf(b.kind)]
  if (x >= 0 && y >= 0) {
    const top = x > y ? a : b
    const other = x > y ? b : a
    return top.kind === 'decimal' ? decimalType(Math.max(top.precision, other.kind === 'long' ? 20 : 10), 0) : top
  }
  const kinds = [a.kind, b.kind]
  return kinds.includes('date') && kinds.includes('timestamp') ? timestampType : stringType
}

function inferred(soFar: DataType | undefined, text: string, steps: readonly Step[]): DataType {
  if (soFar?.kind === 'string') return soFar
  const from = soFar
    ? Math.max(
        0,
        steps.findIndex(s => s.kind === soFar.kind),
      )
    : 0
  for (const step of steps.slice(from)) {
    const type = step.type(text)
    if (type) return soFar ? wider(soFar, type) : type
  }
  return stringType
}

/** Does the field tell anything of its column's type? */
const says = (token: string | null | undefined, o: CsvOptions): token is string =>
  token !== null && token !== undefined && token !== '' && token !== o.nullValue

/** Names from the first line: missing ones `_c<i>`, doubled ones with their place behind. */
function names(first: readonly (string | null)[], header: boolean, nullValue: string): string[] {
  if (!header) return first.map((_, i) => `_c${i}`)
  const lower = first.map(n => n?.toLowerCase())
  return first.map((n, i) => {
    if (n === null || n === '' || n === nullValue) return `_c${i}`
    return lower.filter(l => l === lower[i]).length > 1 ? `${n}${i}` : n
  })
}

/** `schema_of_csv`: the columns of one record. Throws INVALID_PARAMETER_VALUE where there are none. */
export function schemaOfCsv(text: string, raw: FormatOptions): StructType {
  checkFormatOptions('csv', raw, 'source')
  const o = csvOptions(raw)
  const steps = ladder(o)
  const tokens = o.comment !== '' && text.startsWith(o.comment) ? [] : new CsvTokenizer(o).line(text)
  checkSize(tokens, o, '')
  if (tokens.length === 0) {
    throw new MillraceError('INVALID_PARAMETER_VALUE', { parameter: 'csv', func: 'schema_of_csv', value: text, expected: 'a CSV record' })
  }
  return structType(tokens.map((t, i) => field(`_c${i}`, says(t, o) ? inferred(undefined, t, steps) : stringType)))
}

/** The columns of csv files: all strings, or with `inferSchema` the types their values have. */
export async function inferCsv(files: readonly InputFile[], raw: FormatOptions, platform: Platform): Promise<StructType> {
  const o = csvOptions(raw)
  const infer = flag(raw, 'inferschema', false)
  const steps = ladder(o)
  const types: (DataType | undefined)[] = []
  const tokenizer = new CsvTokenizer(o, o.multiLine)
  let columns: string[] | undefined
  let header = false
  const row = (tokens: readonly (string | null)[]): void => {
    columns ??= names(tokens, o.header, o.nullValue)
    if (header) {
      header = false
      return
    }
    if (!infer) return
    for (let i = 0; i < columns.length; i++) {
      const t = tokens[i]
      if (says(t, o)) types[i] = inferred(types[i], t, steps)
    }
  }
  const record = (text: string): void => {
    if (text.trim() === '' || (o.comment !== '' && text.startsWith(o.comment))) return
    row(tokenizer.line(text))
  }
  const whole = (text: string): void => {
    tokenizer.start(text.replace(/\r\n|\r/g, '\n'))
    for (let tokens = tokenizer.record(); tokens; tokens = tokenizer.record()) row(tokens)
  }
  await lookAtRecords(files, raw, platform, (b, start, end, first) => {
    if (first) header = o.header
    const text = textOf(b, start, end).replace(/^\uFEFF/, '')
    if (o.multiLine) whole(text)
    else record(text)
  })
  return structType((columns ?? []).map((name, i) => field(name, types[i] ?? stringType)))
}
