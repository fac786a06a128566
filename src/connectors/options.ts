import { MillraceError, type ParamsOf } from '../errors/index.ts'
import { durationMicros, parseInterval } from '../types/index.ts'
import type { ConnectorContext, OptionSpec, OptionTable } from './contract.ts'

type ValueOf<S extends OptionSpec> = S['type'] extends 'boolean'
  ? boolean
  : S['type'] extends 'integer' | 'interval'
    ? number
    : S['type'] extends 'json'
      ? unknown
      : string

/** The values of a table of options: by the names written there; intervals in milliseconds; absent without a default is undefined. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: K extends `${string}.*`
    ? Readonly<Record<string, string>>
    : T[K] extends { readonly default: string } | { readonly required: true }
      ? ValueOf<T[K]>
      : ValueOf<T[K]> | undefined
}

/** Where the options were given. */
export interface OptionUse {
  readonly format: string
  readonly side: 'source' | 'sink'
  readonly mode: 'batch' | 'stream'
}

/** Keys that belong to the reader or writer itself and not to any one connector. */
const COMMON: OptionTable = {
  path: { type: 'string', describe: 'Where the data is.', side: 'both' },
  checkpointLocation: { type: 'string', describe: 'Where a query keeps its progress.', side: 'sink', mode: 'stream' },
  queryName: { type: 'string', describe: 'The name of the query.', side: 'sink', mode: 'stream' },
}

const DOORS = {
  source: { batch: 'read', stream: 'readStream' },
  sink: { batch: 'write', stream: 'writeStream' },
} as const

const door = (use: Pick<OptionUse, 'side' | 'mode'>): string => DOORS[use.side][use.mode]
const taken = (spec: OptionSpec, use: OptionUse): boolean =>
  (spec.side === 'both' || spec.side === use.side) && (spec.mode === undefined || spec.mode === use.mode)

function belongs(spec: OptionSpec, use: OptionUse): string {
  const side = spec.side === 'both' ? use.side : spec.side
  return door({ side, mode: spec.mode ?? use.mode })
}

/** Milliseconds of `10 seconds`, `7d`, `500ms` or a bare number of milliseconds; undefined when it is none of them. */
export function parseMillis(text: string): number | undefined {
  const short = /^\s*(\d+)\s*(us|ms|s|m|min|h|d)?\s*$/i.exec(text)
  if (short) {
    const unit = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[(short[2] ?? 'ms').toLowerCase()]!
    return Math.floor(Number(short[1]) * unit)
  }
  const parts = parseInterval(text)
  return parts && Number(durationMicros(parts) / 1000n)
}

type Parse = (text: string, spec: OptionSpec) => unknown
const PARSERS: Record<OptionSpec['type'], Parse> = {
  string: text => text,
  boolean: text => ({ true: true, false: false })[text.trim().toLowerCase()],
  integer: (text, spec) => {
    const n = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined
    return n === undefined || !Number.isSafeInteger(n) || (spec.min !== undefined && n < spec.min) ? undefined : n
  },
  enum: (text, spec) => spec.values!.find(v => v.toLowerCase() === text.trim().toLowerCase()),
  interval: text => parseMillis(text),
  json: text => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  },
}

function expected(spec: OptionSpec): string {
  if (spec.type === 'enum') return `one of ${spec.values!.join(', ')}`
  if (spec.type === 'integer') return spec.min === undefined ? 'a whole number' : `a whole number from ${spec.min} up`
  return { string: 'text', boolean: 'true or false', interval: 'a duration such as "10 seconds"', json: 'JSON' }[spec.type]
}

/** Says which of the options given are taken but change nothing. */
export function warnOfIdle(table: OptionTable, context: Pick<ConnectorContext, 'options' | 'warn'>): void {
  const given = new Set(Object.keys(context.options).map(k => k.toLowerCase()))
  for (const [name, { withoutEffect }] of Object.entries(table)) {
    if (withoutEffect === undefined || !given.has(name.toLowerCase())) continue
    context.warn({ code: 'OPTION_WITHOUT_EFFECT', message: `the option "${name}" has no effect: ${withoutEffect}` })
  }
}

/** What stands in messages and records instead of a secret. */
export const REDACTED = '*********(redacted)'

/** Names that hold a secret whatever the connector; tables mark others with `secret`. */
const SECRET = /passw(or)?d|passphrase|secret|token|credential|jaas|private.?key|access.?key|api.?key|account.?key|^(header|param)\./i

/** The options as they may be shown: secrets masked, in addresses too. */
export function showOptions(table: OptionTable, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const secret = new Set(
    Object.entries(table)
      .filter(([, s]) => s.secret)
      .map(([k]) => k.toLowerCase()),
  )
  return Object.fromEntries(
    Object.entries(given).map(([k, v]) => [k, secret.has(k.toLowerCase()) || SECRET.test(k) ? REDACTED : withoutPasswords(v)]),
  )
}

/** A text whose URLs hold no password any more: `postgres://bob:…@host/db?password=…`. */
export const withoutPasswords = (text: string): string =>
  text
    .replace(/(\b[a-z][\w+.:-]*:\/\/[^\s/?#:@]*:)[^\s/?#]*@/gi, `$1${REDACTED}@`)
    .replace(/([?&;](?:\w*password|\w*secret|\w*token|\w*key|\w*sig(?:nature)?)=)[^&;\s\])'",]*/gi, `$1${REDACTED}`)

/** The conditions an option can be refused with. */
type Refusal = 'UNKNOWN_OPTION' | 'OPTION_ON_WRONG_SIDE' | 'REFUSED_OPTION' | 'INVALID_OPTION' | 'MISSING_OPTION'
/** What is wrong with one option, as a condition with its parameters: nothing is thrown yet. */
export type OptionProblem = { readonly [C in Refusal]: { readonly condition: C; readonly params: ParamsOf<C> } }[Refusal]

const isFamily = (name: string): boolean => name.endsWith('.*')
const isOf = (family: string, key: string): boolean => key.startsWith(family.slice(0, -1).toLowerCase())

/** What is wrong with the name of an option that was given: not known, on the wrong side, or never taken. */
function nameProblem(table: OptionTable, key: string, use: OptionUse): OptionProblem | undefined {
  const entries = Object.entries({ ...COMMON, ...table })
  const lower = key.toLowerCase()
  const found = entries.find(([name]) => name.toLowerCase() === lower) ?? entries.find(([name]) => isFamily(name) && isOf(name, lower))
  if (!found) {
    const known = Object.entries(table)
      .filter(([, spec]) => taken(spec, use) && spec.refused === undefined)
      .map(([name]) => name)
    return { condition: 'UNKNOWN_OPTION', params: { option: key, format: use.format, known } }
  }
  const [name, spec] = found
  if (spec.refused !== undefined) return { condition: 'REFUSED_OPTION', params: { option: name, format: use.format, why: spec.refused } }
  if (taken(spec, use)) return undefined
  return {
    condition: 'OPTION_ON_WRONG_SIDE',
    params: { option: isFamily(name) ? key : name, format: use.format, given: door(use), belongs: belongs(spec, use) },
  }
}

/** What is wrong with an option's value, or the value. */
function examineValue(name: string, spec: OptionSpec, text: string | undefined, use: OptionUse): { value: unknown } | OptionProblem {
  if (text === undefined) {
    if (!spec.required) return { value: undefined }
    return { condition: 'MISSING_OPTION', params: { option: name, format: use.format, describe: spec.describe } }
  }
  const value = PARSERS[spec.type](text, spec)
  if (value !== undefined) return { value }
  const shown = spec.secret || SECRET.test(name) ? REDACTED : text
  return { condition: 'INVALID_OPTION', params: { option: name, format: use.format, value: shown, expected: expected(spec) } }
}

/** Reads options as `readOptions` does, but hands back everything that is wrong with them instead of throwing the first. */
export function examineOptions<const T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, string>>,
  use: OptionUse,
): { readonly values: OptionValues<T>; readonly problems: readonly OptionProblem[] } {
  const problems = Object.keys(given).flatMap(key => nameProblem(table, key, use) ?? [])
  const byKey = new Map(Object.entries(given).map(([k, v]) => [k.toLowerCase(), v]))
  const named = new Set(Object.keys(table).map(name => name.toLowerCase()))
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(table)) {
    if (!taken(spec, use) || spec.refused !== undefined) continue
    if (isFamily(name)) {
      const members = [...byKey].filter(([key]) => isOf(name, key) && !named.has(key))
      values[name] = Object.fromEntries(members.map(([key, v]) => [key.slice(name.length - 1), v]))
      continue
    }
    const read = examineValue(name, spec, byKey.get(name.toLowerCase()) ?? spec.default, use)
    if ('condition' in read) problems.push(read)
    else if (read.value !== undefined) values[name] = read.value
  }
  return { values: values as OptionValues<T>, problems }
}

/**
 * Reads a connector's options by its table: names without regard to case, values typed, defaults filled in.
 * Refuses what Spark would ignore: unknown and misspelt names (UNKNOWN_OPTION), options of the other side or of batch only
 * (OPTION_ON_WRONG_SIDE), names known from elsewhere (REFUSED_OPTION), values of the wrong type (INVALID_OPTION) and missing required ones
 * (MISSING_OPTION).
 */
export function readOptions<const T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, string>>,
  use: OptionUse,
): OptionValues<T> {
  const { values, problems } = examineOptions(table, given, use)
  if (problems[0]) throw new MillraceError(problems[0].condition, problems[0].params as never)
  return values
}
