import { type MillraceError, nearest } from '../../errors/index.ts'
import { type Place, placeText } from '../conf/index.ts'

/** Something wrong in a file of the catalog, or worth a word. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly place: Place
  /** The data set it is about. */
  readonly name: string
  readonly text: string
  /** What to do about it. */
  readonly fix?: string
}

/** One line a problem, as compilers print them: editors jump to `file:line:column`. */
export const problemLine = ({ place, severity, name, text, fix }: Problem): string =>
  `${placeText(place)} ${severity}: "${name}": ${text}${fix ? `${text.endsWith('?') ? '' : '.'} ${fix}` : ''}`

/** The fact of an error, without its condition and further lines. */
export const factOf = (error: MillraceError): string => error.message.split('\n')[0]!.replace(/^\[[^\]]*\] /, '')

/** `, did you mean "x"?` where one of the known names is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  const [best] = nearest(name, known, 1)
  return best === undefined ? '' : `, did you mean "${best}"?`
}
