import type { DayTimeIntervalType, YearMonthIntervalType } from './data-type.ts'

const UNITS = ['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const
const MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const

/** The body of `INTERVAL '…' YEAR TO MONTH`, or the text itself. */
function bodyOf(text: string, unit: string): string | undefined {
  const t = text.trim()
  const m = /^interval\s+([+-])?'(.*)'\s+(.*)$/is.exec(t)
  if (!m) return t
  if (m[3]!.toUpperCase().replace(/\s+/g, ' ') !== unit) return undefined
  return m[1] === '-' ? (m[2]!.startsWith('-') ? m[2]!.slice(1) : `-${m[2]!.replace(/^\+/, '')}`) : m[2]
}

/** Months of `1-2`, `INTERVAL '1-2' YEAR TO MONTH`, or of one unit: `3`. */
export function monthsOfText(text: string, type: YearMonthIntervalType): number | undefined {
  const names = ['YEAR', 'MONTH']
  const single = type.startField === type.endField
  const body = bodyOf(text, single ? names[type.startField]! : 'YEAR TO MONTH')
  const m = body === undefined ? null : (single ? /^([+-]?)(\d+)$/ : /^([+-]?)(\d+)-(\d{1,2})$/).exec(body)
  if (!m || Number(m[3] ?? 0) > 11) return undefined
  const months = single ? Number(m[2]) * (type.startField === 0 ? 12 : 1) : Number(m[2]) * 12 + Number(m[3])
  return months > 2_147_483_647 ? undefined : m[1] === '-' ? -months : months
}

/** Micros of `1 02:03:04.5`, `INTERVAL '…' DAY TO SECOND` and their shorter kinds. */
export function microsOfText(text: string, type: DayTimeIntervalType): bigint | undefined {
  const { startField: from, endField: to } = type
  const body = bodyOf(text, from === to ? UNITS[from]! : `${UNITS[from]} TO ${UNITS[to]}`)
  if (body === undefined) return undefined
  const parts = UNITS.slice(from, to + 1).map((unit, i) =>
    unit === 'SECOND' ? '(\\d+)(?:\\.(\\d{1,9}))?' : i === 0 ? '(\\d+)' : '(\\d{1,2})',
  )
  const pattern = parts.reduce((all, part, i) => (i === 0 ? part : `${all}${from + i === 1 ? '[ ]' : ':'}${part}`), '')
  const m = new RegExp(`^([+-]?)${pattern}$`).exec(body)
  if (!m) return undefined
  let micros = 0n
  for (let i = from; i <= to; i++) {
    const n = BigInt(m[2 + i - from]!)
    if (i > from && n >= (i === 1 ? 24n : 60n)) return undefined
    micros += n * MICROS[i]!
  }
  if (to === 3) micros += BigInt((m[2 + to - from + 1] ?? '').slice(0, 6).padEnd(6, '0'))
  return m[1] === '-' ? -micros : micros
}
