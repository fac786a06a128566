import { zoneOffset } from '../time-zone.ts'
import type { OffsetForm } from './pattern.ts'

/** What was read and where it ended; undefined: it does not stand there. */
export type Read<T> = { readonly value: T; readonly end: number } | undefined

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9'
const same = (text: string, at: number, word: string): boolean => text.slice(at, at + word.length).toLowerCase() === word.toLowerCase()

/** Two digits, behind a colon where the form has one. */
function pair(text: string, at: number, colon: boolean): Read<number> {
  let i = at
  if (colon) {
    if (text[i] !== ':') return undefined
    i++
  }
  if (!isDigit(text[i]) || !isDigit(text[i + 1])) return undefined
  const value = Number(text.slice(i, i + 2))
  return value > 59 ? undefined : { value, end: i + 2 }
}

/** `+01`, `+0130`, `+01:30`, `+013015` … by the form; `zero` (`Z`, `+00`, …) stands for none. Seconds. */
export function readOffset(text: string, at: number, form: OffsetForm, zero: string): Read<number> {
  if (at >= text.length) return undefined
  if (same(text, at, zero)) return { value: 0, end: at + zero.length }
  const sign = text[at] === '+' ? 1 : text[at] === '-' ? -1 : 0
  if (sign === 0) return undefined
  const colon = form.includes(':')
  const hour = pair(text, at + 1, false)
  if (!hour) return undefined
  const minute = pair(text, hour.end, colon)
  if (!minute && form !== '+HHmm') return undefined
  const second = minute && form.endsWith('ss') ? pair(text, minute.end, colon) : undefined
  const seconds = hour.value * 3600 + (minute?.value ?? 0) * 60 + (second?.value ?? 0)
  if (seconds > 18 * 3600) return undefined
  return { value: sign * seconds, end: (second ?? minute ?? hour).end }
}

/** `GMT`, `GMT+8`, `GMT+08:00`. */
export function readLocalizedOffset(text: string, at: number, full: boolean): Read<number> {
  if (!same(text, at, 'GMT')) return undefined
  const i = at + 3
  const sign = text[i] === '+' ? 1 : text[i] === '-' ? -1 : 0
  if (sign === 0) return { value: 0, end: i }
  const m = (full ? /^(\d\d):(\d\d)(?::(\d\d))?/ : /^(\d\d?)(?::(\d\d)(?::(\d\d))?)?/).exec(text.slice(i + 1))
  if (!m) return undefined
  const seconds = Number(m[1]) * 3600 + Number(m[2] ?? 0) * 60 + Number(m[3] ?? 0)
  return seconds > 18 * 3600 ? undefined : { value: sign * seconds, end: i + 1 + m[0].length }
}

/** A region such as `Europe/Berlin`, an offset, `UTC+1`. The longest that is a zone. */
export function readZoneId(text: string, at: number): Read<string> {
  const prefix = /^(?:UTC|UT|GMT)?(?=[+-])/i.exec(text.slice(at))
  if (prefix) {
    const start = at + prefix[0].length
    const offset = readOffset(text, start, '+HH:MM:ss', 'Z')
    if (offset) return { value: text.slice(start, offset.end), end: offset.end }
    return prefix[0] === '' ? undefined : { value: 'UTC', end: start }
  }
  const region = /^[A-Za-z][A-Za-z0-9~/._+-]*/.exec(text.slice(at))?.[0] ?? ''
  for (let n = region.length; n > 0; n--) {
    const id = region.slice(0, n)
    if (isZone(id)) return { value: id, end: at + n }
  }
  return undefined
}

/** Abbreviations and names that people write; a region stands for its rules, as in Java. */
const NAMES: Readonly<Record<string, string>> = {
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  'PACIFIC STANDARD TIME': 'America/Los_Angeles',
  'PACIFIC DAYLIGHT TIME': 'America/Los_Angeles',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  'MOUNTAIN STANDARD TIME': 'America/Denver',
  'MOUNTAIN DAYLIGHT TIME': 'America/Denver',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  'CENTRAL STANDARD TIME': 'America/Chicago',
  'CENTRAL DAYLIGHT TIME': 'America/Chicago',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  'EASTERN STANDARD TIME': 'America/New_York',
  'EASTERN DAYLIGHT TIME': 'America/New_York',
  CET: 'Europe/Paris',
  CEST: 'Europe/Paris',
  JST: 'Asia/Tokyo',
}
const NAMES_BY_LENGTH = Object.keys(NAMES).sort((a, b) => b.length - a.length)

export function readZoneName(text: string, at: number): Read<string> {
  const name = NAMES_BY_LENGTH.find(n => same(text, at, n))
  return name ? { value: NAMES[name]!, end: at + name.length } : readZoneId(text, at)
}

const known = new Map<string, boolean>()
function isZone(id: string): boolean {
  let is = known.get(id)
  if (is === undefined) {
    try {
      zoneOffset(id)
      is = true
    } catch {
      is = false
    }
    if (known.size > 10_000) known.clear()
    known.set(id, is)
  }
  return is
}
