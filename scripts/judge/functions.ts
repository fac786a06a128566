import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Evaluated, Evaluator } from '../../src/engine/embedded/lower/testing.ts'
import { type ConditionName, isMillraceError, type MillraceError } from '../../src/errors/index.ts'
import {
  type DataType,
  type Decimal,
  type Interval,
  type LocalDate,
  type LocalTimestamp,
  type SparkJson,
  type Timestamp,
  toSparkJson,
} from '../../src/types/index.ts'
import type { Outcome } from './outcome.ts'
import { overValues } from './over-values.ts'

/** One line of `golden/functions/*.jsonl`, as its README describes it. */
export interface Example {
  readonly id: string
  readonly group: string
  readonly form: 'simple' | 'from'
  readonly query: string
  readonly columns: readonly { readonly name: string; readonly type: unknown }[]
  readonly values?: readonly (readonly unknown[])[]
  readonly deterministic?: boolean
  readonly conf?: Readonly<Record<string, string>>
  /** Spark's class, where it refuses the text or a value. */
  readonly error?: string
}

/** Judges every example of the folder: names, types and values, computed as a query would compute them. */
export async function* judgeFunctions(folder: string): AsyncGenerator<Outcome> {
  try {
    for (const file of (await readdir(folder)).filter(f => f.endsWith('.jsonl')).sort()) {
      const lines = (await readFile(join(folder, file), 'utf8')).split('\n').filter(l => l !== '')
      for (const line of lines) yield await judge(JSON.parse(line) as Example)
    }
  } finally {
    for (const evaluator of evaluators.values()) await (await evaluator).close()
    evaluators.clear()
  }
}

const evaluators = new Map<string, Promise<Evaluator>>()
function evaluatorFor(conf: Readonly<Record<string, string>>): Promise<Evaluator> {
  const zone = conf['spark.sql.session.timeZone'] ?? 'America/Los_Angeles'
  const key = JSON.stringify([zone, conf])
  if (!evaluators.has(key)) evaluators.set(key, Evaluator.open(zone, conf))
  return evaluators.get(key)!
}

async function judge(example: Example): Promise<Outcome> {
  const { id: name, form } = example
  const group = form === 'from' ? `${example.group} (over rows)` : example.group
  try {
    const evaluator = await evaluatorFor(example.conf ?? {})
    const evaluated = form === 'simple' ? await evaluator.select(example.query) : await evaluateOver(example, evaluator)
    if (!evaluated) return { name, result: 'skipped', why: 'it reads from more than VALUES' }
    const wrong = example.error ? [`error: expected ${example.error}, got rows`] : differences(example, evaluated)
    return wrong.length === 0
      ? { name, group, result: 'passed' }
      : { name, group, result: 'failed', why: `WRONG ${example.query}\n    ${wrong.join('\n    ')}` }
  } catch (error) {
    if (example.error !== undefined && !isRefusal(error) && isMillraceError(error)) return refusedAsSpark(name, group, example, error)
    const word = isRefusal(error) ? 'refused' : 'ERROR'
    return { name, group, result: 'failed', why: `${word} ${example.query}\n    ${String(error).split('\n')[0]}` }
  }
}

/** Errors of Spark's that have no class stand in the recording by the name of the exception: any condition of ours is as good. */
function refusedAsSpark(name: string, group: string, { error, query }: Example, ours: MillraceError): Outcome {
  const classless = !/^[A-Z0-9_]+(\.[A-Z0-9_]+)*$/.test(error!)
  if (classless || family(error!) === family(ours.condition)) return { name, group, result: 'passed' }
  return { name, group, result: 'failed', why: `WRONG ${query}\n    error: expected ${error}, got ${ours.condition}` }
}
const family = (condition: string): string => condition.split('.')[0]!

/** Over rows: the keys that groupBy() puts first are no columns of the query. */
async function evaluateOver({ query, columns: { length } }: Example, evaluator: Evaluator): Promise<Evaluated | undefined> {
  const plan = overValues(query, list => evaluator.parse(list))
  if (!plan) return undefined
  const { columns, rows } = await evaluator.collect(plan)
  return { columns: columns.slice(-length), rows: rows.map(row => row.slice(-length)) }
}

/** Conditions that name what is not offered; any other is an error of ours. */
const REFUSALS: readonly ConditionName[] = ['UNRESOLVED_ROUTINE', 'NOT_SUPPORTED', 'OPERATOR_NOT_SUPPORTED']
const isRefusal = (error: unknown): boolean => isMillraceError(error) && REFUSALS.includes(error.condition)

/** What of names, types and values is not as recorded. */
export function differences(example: Example, { columns, rows }: Evaluated): readonly string[] {
  const wrong: string[] = []
  const say = (what: string, expected: unknown, have: unknown): void => {
    const [e, h] = [JSON.stringify(expected), JSON.stringify(have)]
    if (e !== h) wrong.push(`${what}: expected ${e}, got ${h}`)
  }
  const types = (all: readonly unknown[]) => all.map(plainType)
  say(
    'names',
    example.columns.map(c => c.name),
    columns.map(c => c.name),
  )
  say('types', types(example.columns.map(c => c.type)), types(columns.map(c => toSparkJson(c.type))))
  if (example.values === undefined || wrong.length > 0) return wrong
  say('number of rows', example.values.length, rows.length)
  // Rows are a multiset: each recorded row takes one of ours away.
  const rest = rows.map(row => row.map((v, i) => shown(v, columns[i]!.type)))
  for (const row of example.values) {
    const expected = row.map((v, i) => normal(v, columns[i]!.type))
    const at = rest.findIndex(have => expected.every((v, i) => close(v, have[i], columns[i]!.type)))
    if (at >= 0) rest.splice(at, 1)
    else wrong.push(`row: expected ${JSON.stringify(expected)}, got ${JSON.stringify(rest)}`)
  }
  return wrong
}

/** Spark's JSON form of a type without blanks and nullability. */
function plainType(t: unknown): unknown {
  if (typeof t === 'string') return t.replace(/^decimal\((\d+), ?(\d+)\)$/, 'decimal($1,$2)').replace(/^void$/, 'null')
  const o = t as Exclude<SparkJson, string> & Record<string, unknown>
  if (o.type === 'array') return { array: plainType(o.elementType) }
  if (o.type === 'map') return { map: [plainType(o.keyType), plainType(o.valueType)] }
  return { struct: ((o.fields ?? []) as { name: string; type: unknown }[]).map(f => [f.name, plainType(f.type)]) }
}

type Shown = (value: any, type: any) => unknown
const micros = (m: bigint, suffix: string): string => {
  const ms = (m - (((m % 1000n) + 1000n) % 1000n)) / 1000n
  return `${new Date(Number(ms)).toISOString().slice(0, -1)}${String(((m % 1000n) + 1000n) % 1000n).padStart(3, '0')}${suffix}`
}
const number: Shown = v => (Number.isFinite(v) ? v : String(v))
/** A value of ours in the form of the recorded `values`. */
const SHOWN: Partial<Record<DataType['kind'], Shown>> = {
  long: (v: bigint) => (v > 2n ** 53n || v < -(2n ** 53n) ? String(v) : Number(v)),
  float: number,
  double: number,
  decimal: (v: Decimal) => String(v),
  binary: (v: Uint8Array) => Buffer.from(v).toString('base64'),
  date: (v: LocalDate) => String(v),
  timestamp: (v: Timestamp) => micros(v.micros, 'Z'),
  timestampNtz: (v: LocalTimestamp) => micros(v.micros, ''),
  time: (v: bigint) => micros(v, '').slice(11).replace('.000000', ''),
  yearMonthInterval: (v: Interval) => ({ months: v.months }),
  dayTimeInterval: (v: Interval) => ({ micros: Number(v.micros + BigInt(v.days) * 86_400_000_000n) }),
  calendarInterval: (v: Interval) => String(v),
  variant: v => JSON.stringify(v),
  array: (v: unknown[], t) => v.map(e => shown(e, t.elementType)),
  map: (v: Map<unknown, unknown>, t) => [...v].map(([k, e]) => [shown(k, t.keyType), shown(e, t.valueType)]),
  struct: (v: Record<string, unknown>, t) =>
    Object.fromEntries(t.fields.map((f: { name: string; dataType: DataType }) => [f.name, shown(v[f.name], f.dataType)])),
}
const shown = (value: unknown, type: DataType): unknown =>
  value === null || value === undefined ? null : (SHOWN[type.kind]?.(value, type) ?? value)

/** Recorded numbers beyond 2^53 are texts already; the rest is as it is. */
const normal = (value: unknown, type: DataType): unknown =>
  type.kind === 'dayTimeInterval' && value ? { micros: Number((value as { micros: number }).micros) } : value

function close(a: any, b: any, t: any): boolean {
  if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null)
  if ((t.kind === 'double' || t.kind === 'float') && typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= Math.abs(a) * (t.kind === 'double' ? 1e-12 : 1e-6)
  }
  if (t.kind === 'array') return a.length === b.length && a.every((e: unknown, i: number) => close(e, b[i], t.elementType))
  if (t.kind === 'struct') return t.fields.every((f: { name: string; dataType: DataType }) => close(a[f.name], b[f.name], f.dataType))
  if (t.kind !== 'map') return JSON.stringify(a) === JSON.stringify(b)
  const rest = [...b]
  return (
    a.length === b.length &&
    a.every(([k, v]: [unknown, unknown]) => {
      const at = rest.findIndex(([k2, v2]) => close(k, k2, t.keyType) && close(v, v2, t.valueType))
      if (at >= 0) rest.splice(at, 1)
      return at >= 0
    })
  )
}
