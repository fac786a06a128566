import type { Totals } from './messages.ts'

/** Four terms from four places: the provider's ledger, the lake's files, and the rows the engine dropped as late or as duplicates. */
export interface Summary {
  readonly sent: Totals
  readonly written: Totals & { readonly files: number }
  readonly late: Totals
  readonly duplicates: Totals
}

const number = (n: number): string => n.toLocaleString('en-US').padStart(14)

/** For tumbling windows whose last one is closed: written = sent - late - duplicates, to the rider. */
export const balances = (s: Summary): boolean =>
  s.written.entries === s.sent.entries - s.late.entries - s.duplicates.entries &&
  s.written.exits === s.sent.exits - s.late.exits - s.duplicates.exits

export function printSummary(s: Summary, about: { readonly sliding: boolean; readonly closed: boolean }): string {
  const row = (name: string, t: Totals, more = ''): string =>
    `  ${name.padEnd(12)}${number(t.rows)}${number(t.entries)}${number(t.exits)}${more}`
  const verdict = about.sliding
    ? '  Windows slide: "written" counts a reading once per window, so it does not balance against the rest.'
    : !about.closed
      ? '  Windows that are still open are not written yet; npm start goes on from here.'
      : balances(s)
        ? '  written = sent - late - duplicates, to the rider'
        : '  THE SUMS DO NOT BALANCE'
  return [
    `  ${''.padEnd(12)}${'rows'.padStart(14)}${'entries'.padStart(14)}${'exits'.padStart(14)}`,
    row('sent', s.sent),
    row('late', s.late),
    row('duplicates', s.duplicates),
    row('written', s.written, `   in ${s.written.files} files`),
    verdict,
  ].join('\n')
}
