import type { Row } from './expected.ts'

export interface Comparison {
  readonly lost: number
  readonly twice: number
  /** What a person is told. */
  readonly differences: readonly string[]
}

const SHOWN = 10

/** Compares two multisets of rows. A row that nobody expects counts as one too many. */
export function compare(expected: readonly Row[], got: readonly Row[]): Comparison {
  const [wanted, found] = [Map.groupBy(expected, r => r.text), Map.groupBy(got, r => r.text)]
  const lost = [...wanted].filter(([text, rows]) => (found.get(text)?.length ?? 0) < rows.length)
  const twice = [...found].filter(([text, rows]) => rows.length > (wanted.get(text)?.length ?? 0))
  const surplus = ([text, rows]: readonly [string, readonly Row[]]) => rows.length - (wanted.get(text)?.length ?? 0)
  const missing = ([text, rows]: readonly [string, readonly Row[]]) => rows.length - (found.get(text)?.length ?? 0)
  return {
    lost: lost.reduce((n, entry) => n + missing(entry), 0),
    twice: twice.reduce((n, entry) => n + surplus(entry), 0),
    differences: [
      ...shown(lost.map(([text, rows]) => `lost: ${text}${madeIn(rows)}`)),
      ...shown(
        twice.map(([text, rows]) =>
          wanted.has(text)
            ? `there ${rows.length} times instead of ${wanted.get(text)!.length}: ${text}${madeIn([...wanted.get(text)!, ...rows])}`
            : `nobody expects: ${text}${madeIn(rows)}`,
        ),
      ),
    ],
  }
}

const madeIn = (rows: readonly Row[]): string => {
  const batches = [...new Set(rows.flatMap(r => r.batch ?? []))]
  const known = [...(batches.length === 0 ? [] : [`batch ${batches.join(', ')}`]), ...rows.flatMap(r => r.where ?? [])]
  return known.length === 0 ? '' : ` (${known.join('; ')})`
}
const shown = (lines: readonly string[]): string[] =>
  lines.length > SHOWN ? [...lines.slice(0, SHOWN), `… and ${lines.length - SHOWN} more`] : [...lines]
