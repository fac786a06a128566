import { MillraceError } from '../errors/index.ts'
import { CONNECTOR_OPTIONS } from './format-options.generated.ts'

/** Options of the built-in formats by side, for the compiler. The connectors' own tables are the judges at run time. */
export const FORMAT_OPTIONS = CONNECTOR_OPTIONS

type Table = typeof FORMAT_OPTIONS
export type BuiltIn = keyof Table
export type Side = 'source' | 'sink'
/** Names the compiler takes for a format; any name where the format is not built in or not known. */
export type OptionName<F extends string, S extends Side> = string extends F
  ? string
  : F extends BuiltIn
    ? Spelled<Table[F][S][number]>
    : string
/** A family of names, `kafka.*`, is every name that begins so. */
type Spelled<N extends string> = N extends `${infer Prefix}.*` ? `${Prefix}.${string}` : N
/** A literal name is checked, a run-time text is not (the connector checks it). */
export type CheckedName<K extends string, F extends string, S extends Side> = string extends K ? K : OptionName<F, S>
/** An options object whose literal names are checked. */
export type CheckedOptions<O, F extends string, S extends Side> = string extends keyof O
  ? O
  : {
      [K in keyof O]: K extends OptionName<F, S>
        ? O[K]
        : O[K] extends object
          ? O[K]
          : { readonly [M in `there is no option "${K & string}" on this side of ${F}`]: never }
    }

/** Formats that tell everything that is wrong with their options in one error, so nothing is refused before they have seen all. */
const TOLD_TOGETHER: ReadonlySet<string> = new Set(['kafka'])

/** An option that stands on the wrong side for sure is refused where it is written. */
export function refuseWrongSide(format: string | undefined, name: string, side: Side): void {
  const other = side === 'source' ? 'sink' : 'source'
  const tables = format && format in FORMAT_OPTIONS ? [FORMAT_OPTIONS[format as BuiltIn]] : format ? [] : Object.values(FORMAT_OPTIONS)
  if (tables.length === 0 || name.includes('.') || (format !== undefined && TOLD_TOGETHER.has(format))) return
  const has = (s: Side) => tables.some(t => (t[s] as readonly string[]).some(o => o.toLowerCase() === name.toLowerCase()))
  if (has(side) || !has(other)) return
  const [given, belongs] = side === 'sink' ? ['writeStream', 'readStream'] : ['readStream', 'writeStream']
  throw new MillraceError('OPTION_ON_WRONG_SIDE', { option: name, ...(format !== undefined && { format }), given, belongs })
}
