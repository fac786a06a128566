import type { DateField, NumberStep, Pattern, Step } from './pattern.ts'
import { readLocalizedOffset, readOffset, readZoneId, readZoneName } from './read-zone.ts'

/** The fields a text gave, not yet put together. */
export interface Fields {
  readonly values: Map<DateField, number>
  /** A region. */
  zone?: string
  /** Seconds. */
  offset?: number
}

/** Reads a text by a pattern; undefined when it does not follow it or is longer. */
export function readFields(pattern: Pattern, text: string): Fields | undefined {
  const fields: Fields = { values: new Map() }
  return readSteps(pattern.steps, text, 0, fields) === text.length ? fields : undefined
}

/** The place behind what was read, -1 when it does not follow the steps. */
function readSteps(steps: readonly Step[], text: string, from: number, fields: Fields): number {
  let at = from
  for (const step of steps) {
    at = (READERS[step.is] as Reader)(step, text, at, fields)
    if (at < 0) return -1
  }
  return at
}

type Reader = (step: Step, text: string, at: number, fields: Fields) => number
type Readers = { readonly [K in Step['is']]: (step: Extract<Step, { is: K }>, text: string, at: number, fields: Fields) => number }

/** A field read twice must say the same. */
function put(fields: Fields, field: DateField, value: number): boolean {
  const before = fields.values.get(field)
  fields.values.set(field, value)
  return before === undefined || before === value
}

function putOffset(fields: Fields, read: { readonly value: number; readonly end: number } | undefined): number {
  if (!read || (fields.offset !== undefined && fields.offset !== read.value)) return -1
  fields.offset = read.value
  return read.end
}

const READERS: Readers = {
  literal: ({ text: word }, text, at) => {
    const found = text.slice(at, at + word.length)
    return found === word || found.toLowerCase() === word.toLowerCase() ? at + word.length : -1
  },
  number: readNumber,
  fraction: ({ min, max }, text, at, fields) => {
    let end = at
    while (end < text.length && end < at + max && isDigit(text.charCodeAt(end))) end++
    if (end < at + min) return -1
    return put(fields, 'nano', Number(text.slice(at, end).padEnd(9, '0'))) ? end : -1
  },
  text: ({ field, names }, text, at, fields) => {
    let best = -1
    names.texts.forEach((name, i) => {
      const longer = best < 0 || name.length > names.texts[best]!.length
      if (longer && text.slice(at, at + name.length).toLowerCase() === name.toLowerCase()) best = i
    })
    return best >= 0 && put(fields, field, names.first + best) ? at + names.texts[best]!.length : -1
  },
  offset: ({ form, zero }, text, at, fields) => {
    return putOffset(fields, readOffset(text, at, form, zero))
  },
  localizedOffset: ({ full }, text, at, fields) => {
    return putOffset(fields, readLocalizedOffset(text, at, full))
  },
  zoneId: (_, text, at, fields) => {
    const read = readZoneId(text, at)
    if (read) fields.zone = read.value
    return read?.end ?? -1
  },
  zoneName: (_, text, at, fields) => {
    const read = readZoneName(text, at)
    if (read) fields.zone = read.value
    return read?.end ?? -1
  },
  optional: ({ steps }, text, at, fields) => {
    const attempt: Fields = { ...fields, values: new Map(fields.values) }
    const end = readSteps(steps, text, at, attempt)
    if (end < 0) return at
    fields.values.clear()
    for (const [field, value] of attempt.values) fields.values.set(field, value)
    if (attempt.zone !== undefined) fields.zone = attempt.zone
    if (attempt.offset !== undefined) fields.offset = attempt.offset
    return end
  },
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** A number, strictly: as wide as the pattern says; an open one leaves the digits of the fixed ones behind it. */
function readNumber(step: NumberStep, text: string, from: number, fields: Fields): number {
  let at = from
  const first = text[at]
  const signed = first === '-' || first === '+'
  if (signed) {
    if (step.sign === 'never' || (first === '+' && step.sign === 'normal')) return -1
    at++
  }
  let end = at
  const widest = at + step.max + Math.max(step.following, 0)
  while (end < text.length && end < widest && isDigit(text.charCodeAt(end))) end++
  if (end < at + step.min) return -1
  if (step.following > 0) end = at + Math.max(step.min, end - at - step.following)
  const digits = end - at
  const value = Number(text.slice(at, end))
  if (first === '-' && value === 0) return -1
  if (step.sign === 'exceeds' && first !== '-' && (first === '+' ? digits <= step.min : digits > step.min)) return -1
  if (!Number.isSafeInteger(value)) return -1
  return put(fields, step.field, step.reduced ? 2000 + value : first === '-' ? -value : value) ? end : -1
}
