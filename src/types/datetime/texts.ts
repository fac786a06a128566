/** The English names java.time prints and reads (CLDR, en-US). */
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const short = (names: readonly string[]): readonly string[] => names.map(n => n.slice(0, 3))

/** A field whose text stands at `value - first`. */
export interface Texts {
  readonly first: number
  readonly texts: readonly string[]
}
export const TEXTS = {
  monthFull: { first: 1, texts: MONTHS },
  monthShort: { first: 1, texts: short(MONTHS) },
  dayFull: { first: 1, texts: DAYS },
  dayShort: { first: 1, texts: short(DAYS) },
  amPm: { first: 0, texts: ['AM', 'PM'] },
  eraShort: { first: 0, texts: ['BC', 'AD'] },
  eraFull: { first: 0, texts: ['Before Christ', 'Anno Domini'] },
  quarterShort: { first: 1, texts: ['Q1', 'Q2', 'Q3', 'Q4'] },
  quarterFull: { first: 1, texts: ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'] },
} as const satisfies Record<string, Texts>
