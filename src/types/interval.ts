/** A span of time in Spark's three parts, which do not convert into each other. */
export interface IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

export const MICROS_PER_DAY = 86_400_000_000n
/** Spark's `IntervalUtils.getDuration`: a month counts as 31 days. */
export const durationMicros = (i: IntervalParts): bigint => BigInt(i.months * 31 + i.days) * MICROS_PER_DAY + i.micros

const UNITS: Readonly<Record<string, { months?: number; days?: number; micros?: bigint }>> = {
  year: { months: 12 },
  month: { months: 1 },
  week: { days: 7 },
  day: { days: 1 },
  hour: { micros: 3_600_000_000n },
  minute: { micros: 60_000_000n },
  second: { micros: 1_000_000n },
  millisecond: { micros: 1_000n },
  microsecond: { micros: 1n },
}

/** `0.5` of a second in micros, exactly; other units take whole numbers only. */
function scaled(number: string, unitMicros: bigint): bigint | undefined {
  const [whole = '0', fraction = ''] = number.replace(/^[+-]/, '').split('.')
  if (fraction.length > 9) return undefined
  const micros = BigInt(whole || '0') * unitMicros + (unitMicros === 1_000_000n ? BigInt(fraction.padEnd(6, '0').slice(0, 6)) : 0n)
  return number.startsWith('-') ? -micros : micros
}

/**
 * Reads `5 minutes`, `1 day 2 hours`, `interval 10 seconds`, `-1.5 seconds` (Spark's `IntervalUtils.stringToInterval`).
 * Returns undefined for anything else. Short forms such as `10s` or `5m` are not Spark's and are refused.
 */
export function parseInterval(text: string): IntervalParts | undefined {
  const body = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
  const pair = /([+-]?)\s*(\d+(?:\.\d*)?|\.\d+)\s+([a-z]+)\s*/y
  let months = 0
  let days = 0
  let micros = 0n
  let at = 0
  while (at < body.length) {
    pair.lastIndex = at
    const m = pair.exec(body)
    if (!m) return undefined
    at = pair.lastIndex
    const unit = UNITS[m[3]!] ?? (m[3]!.endsWith('s') ? UNITS[m[3]!.slice(0, -1)] : undefined)
    if (!unit) return undefined
    const number = `${m[1]}${m[2]}`
    if (number.includes('.') && unit.micros !== 1_000_000n) return undefined
    if (unit.months) months += Number(number) * unit.months
    else if (unit.days) days += Number(number) * unit.days
    else {
      const part = scaled(number, unit.micros!)
      if (part === undefined) return undefined
      micros += part
    }
  }
  return at === 0 ? undefined : { months, days, micros }
}
