import { MillraceError } from '../../errors/index.ts'
import { TEXTS, type Texts } from './texts.ts'

/** What a letter stands for. `year` is proleptic, `yearOfEra` only beside an era. */
export type DateField =
  | 'year'
  | 'yearOfEra'
  | 'era'
  | 'month'
  | 'day'
  | 'dayOfYear'
  | 'quarter'
  | 'dayOfWeek'
  | 'weekInMonth'
  | 'hour'
  | 'clockHour'
  | 'hourOfHalf'
  | 'clockHourOfHalf'
  | 'half'
  | 'minute'
  | 'second'
  | 'nano'

/** `normal`: a minus sign may stand before it; `exceeds`: a plus sign must when there are more digits than `min`; `never`: no sign. */
export type Sign = 'normal' | 'exceeds' | 'never'

/** One step of a compiled pattern, as the builder of java.time makes it. */
export type Step =
  | { readonly is: 'literal'; readonly text: string }
  | NumberStep
  | { readonly is: 'fraction'; readonly min: number; readonly max: number }
  | { readonly is: 'text'; readonly field: DateField; readonly names: Texts }
  | { readonly is: 'offset'; readonly form: OffsetForm; readonly zero: string }
  | { readonly is: 'localizedOffset'; readonly full: boolean }
  | { readonly is: 'zoneId' }
  | { readonly is: 'zoneName'; readonly full: boolean }
  | { readonly is: 'optional'; readonly steps: readonly Step[] }

export interface NumberStep {
  readonly is: 'number'
  readonly field: DateField
  readonly min: number
  readonly max: number
  readonly sign: Sign
  /** Two digits of a year from 2000 on. */
  readonly reduced: boolean
  /** Digits of the fixed numbers that follow without a gap; -1: of fixed width itself. */
  readonly following: number
}
export type OffsetForm = '+HHmm' | '+HHMM' | '+HH:MM' | '+HHMMss' | '+HH:MM:ss'

/** A Java datetime pattern, ready for use. */
export interface Pattern {
  readonly text: string
  readonly steps: readonly Step[]
}
export type Purpose = 'parse' | 'format'

const WEEK_BASED = 'YWwuec'
const REFUSED = 'ABnNp'
const FORMAT_ONLY = 'EFqQ'
const NARROW = 'GMLEQq'

const compiled = new Map<string, Pattern>()

/**
 * Compiles a pattern of java.time's DateTimeFormatter with the limits Spark sets (`DateTimeFormatterHelper`).
 * @throws INVALID_DATETIME_PATTERN
 */
export function compilePattern(text: string, purpose: Purpose): Pattern {
  const key = `${purpose} ${text}`
  let pattern = compiled.get(key)
  if (!pattern) {
    pattern = Object.freeze({ text, steps: new Compiler(text, purpose).run() })
    if (compiled.size > 1000) compiled.clear()
    compiled.set(key, pattern)
  }
  return pattern
}

type Mutable = { -readonly [K in keyof NumberStep]: NumberStep[K] }

class Compiler {
  readonly #pattern: string
  readonly #purpose: Purpose
  readonly #era: boolean
  #at = 0
  /** The number that takes in the digits of fixed numbers behind it. */
  #active: Mutable | undefined

  constructor(pattern: string, purpose: Purpose) {
    this.#pattern = pattern
    this.#purpose = purpose
    this.#era = pattern.split("'").some((part, i) => i % 2 === 0 && part.includes('G'))
  }

  run(): readonly Step[] {
    const steps = this.#section(0)
    if (this.#at < this.#pattern.length) throw this.#invalid('a bracket "]" closes nothing')
    return steps
  }

  #invalid(why: string, letter?: string): MillraceError {
    return new MillraceError(
      'INVALID_DATETIME_PATTERN',
      letter === undefined ? { pattern: this.#pattern, why } : { pattern: this.#pattern, why, letter },
    )
  }

  /** Steps up to the end or the closing bracket; an optional section may be left open, as in Java. */
  #section(depth: number): Step[] {
    const steps: Step[] = []
    this.#active = undefined
    while (this.#at < this.#pattern.length) {
      const c = this.#pattern[this.#at]!
      if (c === ']') {
        if (depth === 0) break
        this.#at++
        this.#active = undefined
        return steps
      }
      this.#one(c, steps, depth)
    }
    this.#active = undefined
    return steps
  }

  #one(c: string, steps: Step[], depth: number): void {
    if (/[A-Za-z]/.test(c)) {
      this.#letters(c, steps)
      return
    }
    this.#at++
    if ('{}#'.includes(c)) throw this.#invalid(`"${c}" is reserved`, c)
    if (c === '[') {
      const inner = this.#section(depth + 1)
      if (inner.length > 0) steps.push({ is: 'optional', steps: inner })
    } else this.#literal(c === "'" ? this.#quoted() : c, steps)
  }

  #literal(text: string, steps: Step[]): void {
    this.#active = undefined
    if (text !== '') steps.push({ is: 'literal', text })
  }

  /** The text up to the closing quote; two quotes stand for one, with nothing between them too. */
  #quoted(): string {
    let text = ''
    for (; this.#at < this.#pattern.length; this.#at++) {
      const c = this.#pattern[this.#at]!
      if (c === "'") {
        if (this.#pattern[this.#at + 1] !== "'") {
          this.#at++
          return text === '' ? "'" : text
        }
        this.#at++
      }
      text += c
    }
    throw this.#invalid('a quote is not closed')
  }

  #letters(c: string, steps: Step[]): void {
    let n = 1
    while (this.#pattern[this.#at + n] === c) n++
    this.#at += n
    if (WEEK_BASED.includes(c)) throw this.#invalid(`week-based letters such as "${c}" have no meaning since Spark 3`, c)
    if (REFUSED.includes(c)) throw this.#invalid(`"${c}" is no letter of it`, c)
    if (this.#purpose === 'parse' && FORMAT_ONLY.includes(c)) throw this.#invalid(`"${c}" can only be written, not read`, c)
    if ((NARROW.includes(c) && n >= 5) || (c === 'y' && n >= 7)) throw this.#invalid(`too many letters "${c}"`)
    const make = LETTERS[c]
    if (!make) throw this.#invalid(`"${c}" is no letter of it`, c)
    const step = make(n, { parsing: this.#purpose === 'parse', era: this.#era })
    if (step === undefined) throw this.#invalid(`${n} times "${c}" has no meaning`)
    this.#append(step, steps)
  }

  /** Numbers side by side: a first one of open width leaves their digits to the fixed ones behind it. */
  #append(step: Step, steps: Step[]): void {
    const fraction = step.is === 'fraction' && step.min === step.max
    if (step.is !== 'number' && !fraction) {
      this.#active = undefined
      steps.push(step)
      return
    }
    if (step.is === 'fraction') {
      if (this.#active) this.#active.following += step.max
      steps.push(step)
      return
    }
    const number: Mutable = { ...step }
    const fixed = number.min === number.max && number.sign === 'never'
    if (this.#active && fixed) {
      this.#active.following += number.max
      number.following = -1
    } else {
      if (this.#active) this.#active.following = -1
      this.#active = number
    }
    steps.push(number)
  }
}

interface Around {
  readonly parsing: boolean
  readonly era: boolean
}
type Letter = (n: number, around: Around) => Step | undefined

const number = (field: DateField, min: number, max: number, sign: Sign, reduced = false): NumberStep => ({
  is: 'number',
  field,
  min,
  max,
  sign,
  reduced,
  following: 0,
})
/** One letter: as many digits as there are; two: exactly two. */
const oneOrTwo = (field: DateField, n: number): Step | undefined =>
  n === 1 ? number(field, 1, 19, 'normal') : n === 2 ? number(field, 2, 2, 'never') : undefined
const value =
  (field: DateField): Letter =>
  n =>
    oneOrTwo(field, n)
const named =
  (field: DateField, short: Texts, full: Texts, numeric: boolean): Letter =>
  n =>
    numeric && n < 3
      ? oneOrTwo(field, n)
      : n <= 3
        ? { is: 'text', field, names: short }
        : n === 4
          ? { is: 'text', field, names: full }
          : undefined
const offset = (form: OffsetForm, zero: string): Step => ({ is: 'offset', form, zero })
const FORMS: readonly OffsetForm[] = ['+HHmm', '+HHMM', '+HH:MM', '+HHMMss', '+HH:MM:ss']

const month = named('month', TEXTS.monthShort, TEXTS.monthFull, true)
const quarter = named('quarter', TEXTS.quarterShort, TEXTS.quarterFull, true)

const LETTERS: Readonly<Record<string, Letter>> = {
  y: (n, { era }) => {
    const field = era ? 'yearOfEra' : 'year'
    if (n === 2) return number(field, 2, 2, 'never', true)
    return number(field, n, 19, n < 4 ? 'normal' : 'exceeds')
  },
  G: named('era', TEXTS.eraShort, TEXTS.eraFull, false),
  M: month,
  L: month,
  Q: quarter,
  q: quarter,
  d: value('day'),
  D: n => (n === 1 ? number('dayOfYear', 1, 19, 'normal') : n <= 3 ? number('dayOfYear', n, 3, 'never') : undefined),
  E: named('dayOfWeek', TEXTS.dayShort, TEXTS.dayFull, false),
  F: n => (n === 1 ? number('weekInMonth', 1, 19, 'normal') : undefined),
  a: n => (n === 1 ? { is: 'text', field: 'half', names: TEXTS.amPm } : undefined),
  H: value('hour'),
  k: value('clockHour'),
  K: value('hourOfHalf'),
  h: value('clockHourOfHalf'),
  m: value('minute'),
  s: value('second'),
  S: (n, { parsing }) => (n <= 9 ? { is: 'fraction', min: parsing ? 1 : n, max: n } : undefined),
  V: n => (n === 2 ? { is: 'zoneId' } : undefined),
  z: n => (n <= 4 ? { is: 'zoneName', full: n === 4 } : undefined),
  O: n => (n === 1 || n === 4 ? { is: 'localizedOffset', full: n === 4 } : undefined),
  X: n => (n <= 5 ? offset(FORMS[n - 1]!, 'Z') : undefined),
  x: n => (n <= 5 ? offset(FORMS[n - 1]!, n === 1 ? '+00' : n % 2 === 0 ? '+0000' : '+00:00') : undefined),
  Z: n =>
    n <= 3 ? offset('+HHMM', '+0000') : n === 4 ? { is: 'localizedOffset', full: true } : n === 5 ? offset('+HH:MM:ss', 'Z') : undefined,
}
