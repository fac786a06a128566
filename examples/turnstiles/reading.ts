/** One audit of a turnstile's two counters. `seconds`: local time of New York counted as if it were UTC, seconds since 1970. */
export interface Reading {
  readonly controlArea: string
  readonly unit: string
  readonly scp: string
  readonly station: string
  readonly lines: string
  readonly division: string
  readonly seconds: number
  readonly description: string
  readonly entries: number
  readonly exits: number
}

const two = (n: number): string => String(n).padStart(2, '0')

/** `MM/dd/yyyy`, `HH:mm:ss` and `yyyy-MM-dd HH:mm:ss` of an event time. */
export function timeTexts(seconds: number): { readonly date: string; readonly time: string; readonly timestamp: string } {
  const d = new Date(seconds * 1000)
  const [y, m, day] = [d.getUTCFullYear(), two(d.getUTCMonth() + 1), two(d.getUTCDate())]
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
  return { date: `${m}/${day}/${y}`, time, timestamp: `${y}-${m}-${day} ${time}` }
}
