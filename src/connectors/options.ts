import { MillraceError } from '../errors/index.ts'
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
  readonly [K in keyof T]: T[K] extends { readonly default: string } | { readonly required: true }
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
const SECRET = /passw(or)?d|passphrase|secret|token|credential|jaas|private.?key|access.?key|api.?key|account.?key/i

/** The options as they may be shown: secrets masked. */
export function showOptions(table: OptionTable, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const secret = new Set(
    Object.entries(table)
      .filter(([, s]) => s.secret)
      .map(([k]) => k.toLowerCase()),
  )
  return Object.fromEntries(Object.entries(given).map(([k, v]) => [k, secret.has(k.toLowerCase()) || SECRET.test(k) ? REDACTED : v]))
}

/** Refuses names the table does not have, with "did you mean", and names that belong to another side. */
function checkNames(table: OptionTable, given: Readonly<Record<string, string>>, use: OptionUse): void {
  const all = new Map(Object.entries({ ...COMMON, ...table }).map(([name, spec]) => [name.toLowerCase(), { name, spec }]))
  for (const key of Object.keys(given)) {
    const known = all.get(key.toLowerCase())
    if (!known) {
      const here = Object.entries(table).filter(([, spec]) => taken(spec, use))
      throw new MillraceError('UNKNOWN_OPTION', { option: key, format: use.format, known: here.map(([name]) => name) })
    }
    if (!taken(known.spec, use)) {
      throw new MillraceError('OPTION_ON_WRONG_SIDE', {
        option: known.name,
        format: use.format,
        given: door(use),
        belongs: belongs(known.spec, use),
      })
    }
  }
}

/**
 * Reads a connector's options by its table: names without regard to case, values typed, defaults filled in.
 * Refuses what Spark would ignore: unknown and misspelt names (UNKNOWN_OPTION), options of the other side or of batch only
 * (OPTION_ON_WRONG_SIDE), values of the wrong type (INVALID_OPTION) and missing required ones (MISSING_OPTION).
 */
export function readOptions<const T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, string>>,
  use: OptionUse,
): OptionValues<T> {
  checkNames(table, given, use)
  const byKey = new Map(Object.entries(given).map(([k, v]) => [k.toLowerCase(), v]))
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(table)) {
    if (!taken(spec, use)) continue
    const text = byKey.get(name.toLowerCase()) ?? spec.default
    if (text === undefined) {
      if (spec.required) throw new MillraceError('MISSING_OPTION', { option: name, format: use.format, describe: spec.describe })
      continue
    }
    const value = PARSERS[spec.type](text, spec)
    if (value === undefined) {
      const shown = spec.secret ? REDACTED : text
      throw new MillraceError('INVALID_OPTION', { option: name, format: use.format, value: shown, expected: expected(spec) })
    }
    values[name] = value
  }
  return values as OptionValues<T>
}
