import { didYouMean, MillraceError } from '../errors/index.ts'
import type { QueryWarning } from '../observe/index.ts'
import { durationMicros, parseInterval, zoneOffset } from '../types/index.ts'
import { FAMILIES, SETTINGS, type SettingRow, type SettingType } from './settings-table.ts'
import { canonicalKey, isStoreKey, storeSetting } from './store-settings.ts'

export type ConfValue = string | number | boolean

type Check = (value: string) => string | undefined
/** Why a value is not of the type; undefined when it is. */
const CHECKS: Readonly<Record<Extract<SettingType, string>, Check>> = {
  boolean: v => (/^(true|false)$/i.test(v) ? undefined : 'true or false'),
  integer: v => (/^\d+$/.test(v) ? undefined : 'a whole number from 0 up'),
  interval: v => (parseMillis(v) === undefined ? 'a duration such as "10 seconds"' : undefined),
  size: v => (parseSize(v) === undefined ? 'a size such as "2GB"' : undefined),
  text: () => undefined,
  zone: v => {
    zoneOffset(v)
    return undefined
  },
}

/** `10 minutes`, `500ms`, a bare number of milliseconds. */
function parseMillis(text: string): number | undefined {
  const short = /^\s*(\d+)\s*(us|ms|s|m|min|h|d)?\s*$/i.exec(text)
  if (short) return Math.floor(Number(short[1]) * MILLIS[(short[2] ?? 'ms').toLowerCase()]!)
  const parts = parseInterval(text)
  return parts && Number(durationMicros(parts) / 1000n)
}
const MILLIS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** One spelling for the engine. */
function normal(value: string, type: SettingType): string {
  const number = type === 'size' ? parseSize(value) : type === 'interval' ? parseMillis(value) : undefined
  return number === undefined ? value : String(number)
}

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

/** Bytes of `64MB`, `2g`, `1024`; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const m = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text)
  return m ? Math.floor(Number(m[1]) * UNITS[m[2]!.toLowerCase() || 'b']!) : undefined
}

/**
 * A session's settings (`session.conf`). Each key is honoured, accepted without effect (said once), or refused; an unknown one gets
 * "did you mean". The table is `settings-table.ts`.
 *
 * @example
 * session.conf.set('spark.sql.session.timeZone', 'Europe/Zurich')
 */
export class Settings {
  readonly #values = new Map<string, string>()
  readonly #warn: (warning: QueryWarning) => void
  readonly #reported = new Set<string>()

  constructor(warn: (warning: QueryWarning) => void) {
    this.#warn = warn
  }

  /** @throws UNKNOWN_SETTING, SETTING_REFUSED, INVALID_SETTING */
  set(key: string, value: ConfValue): void {
    const text = String(value)
    const row = rowOf(key)
    if (!row) throw unknown(key)
    this.#judge(key, text, row)
    this.#values.set(canonicalKey(key), text)
  }

  /** The value set, else `fallback`, else the default. @throws UNKNOWN_SETTING for a key that means nothing and has no value */
  get(key: string, fallback?: string): string | undefined {
    const value = this.#values.get(canonicalKey(key)) ?? fallback ?? defaultOf(key)
    if (value === undefined && !rowOf(key)) throw unknown(key)
    return value
  }

  /** Back to the default. */
  unset(key: string): void {
    this.#values.delete(canonicalKey(key))
  }

  /** What was set, by key. */
  getAll(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values)
  }

  /** For the engine: the value or the default, without complaint; sizes in bytes, durations in milliseconds. */
  readonly lookup = (key: string): string | undefined => {
    const value = this.#values.get(key) ?? defaultOf(key)
    const row = value === undefined ? undefined : rowOf(key)
    return value !== undefined && row?.do === 'honour' ? normal(value, row.type) : value
  }

  #judge(key: string, value: string, row: SettingRow): void {
    if (row.do === 'refuse') {
      if (!row.unless.split('|').some(v => v.toLowerCase() === value.toLowerCase())) {
        throw new MillraceError('SETTING_REFUSED', { key, value, why: row.why, instead: row.instead })
      }
    } else if (row.do === 'honour') {
      const expected = typeof row.type === 'string' ? CHECKS[row.type](value) : oneOf(row.type, value)
      if (expected) throw new MillraceError('INVALID_SETTING', { key, value, expected })
    } else if (!row.quiet) this.#sayOnce(key, row.why)
  }

  #sayOnce(key: string, why: string): void {
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    this.#warn({ code: 'SETTING_WITHOUT_EFFECT', message: `"${key}" has no effect: ${why}` })
  }
}

const oneOf = (values: readonly string[], value: string): string | undefined =>
  values.includes(value.toLowerCase()) ? undefined : `one of ${values.join(', ')}`

const unknown = (key: string): MillraceError => {
  const known = isStoreKey(key) ? Object.keys(SETTINGS).filter(isStoreKey) : Object.keys(SETTINGS)
  return new MillraceError('UNKNOWN_SETTING', { key, suggestion: didYouMean(canonicalKey(key), known) })
}

function rowOf(key: string): SettingRow | undefined {
  if (Object.hasOwn(SETTINGS, key)) return SETTINGS[key]
  const stored = storeSetting(key)
  if (stored || isStoreKey(key)) return stored
  const family = FAMILIES.find(([prefix]) => key.startsWith(prefix))
  return family && { do: 'accept', why: family[1] }
}

function defaultOf(key: string): string | undefined {
  const row = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined
  if (row?.do === 'refuse') return row.unless.split('|')[0] || undefined
  return row?.default
}
