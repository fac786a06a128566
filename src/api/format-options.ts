import { MillraceError } from '../errors/index.ts'
import { CONNECTOR_OPTIONS } from './format-options.generated.ts'

/** Not a connector of this package yet; its names are Spark's. */
const KAFKA = {
  source: [
    'subscribe',
    'subscribePattern',
    'assign',
    'startingOffsets',
    'startingTimestamp',
    'startingOffsetsByTimestamp',
    'startingOffsetsByTimestampStrategy',
    'endingOffsets',
    'endingTimestamp',
    'endingOffsetsByTimestamp',
    'failOnDataLoss',
    'maxOffsetsPerTrigger',
    'minOffsetsPerTrigger',
    'maxTriggerDelay',
    'minPartitions',
    'maxRecordsPerPartition',
    'groupIdPrefix',
    'includeHeaders',
    'fetchOffset.numRetries',
    'fetchOffset.retryIntervalMs',
  ],
  sink: ['topic', 'includeHeaders', 'checkpointLocation', 'queryName'],
} as const

/** Options of the built-in formats by side, for the compiler. The connectors' own tables are the judges at run time. */
export const FORMAT_OPTIONS = { ...CONNECTOR_OPTIONS, kafka: KAFKA } as const

type Table = typeof FORMAT_OPTIONS
export type BuiltIn = keyof Table
export type Side = 'source' | 'sink'
/** Names the compiler takes for a format; any name where the format is not built in or not known. */
export type OptionName<F extends string, S extends Side> = string extends F
  ? string
  : F extends BuiltIn
    ? Table[F][S][number] | (F extends 'kafka' ? `kafka.${string}` : never)
    : string
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

/** An option that stands on the wrong side for sure is refused where it is written. */
export function refuseWrongSide(format: string | undefined, name: string, side: Side): void {
  const other = side === 'source' ? 'sink' : 'source'
  const tables = format && format in FORMAT_OPTIONS ? [FORMAT_OPTIONS[format as BuiltIn]] : format ? [] : Object.values(FORMAT_OPTIONS)
  if (tables.length === 0 || name.includes('.')) return
  const has = (s: Side) => tables.some(t => (t[s] as readonly string[]).some(o => o.toLowerCase() === name.toLowerCase()))
  if (has(side) || !has(other)) return
  const [given, belongs] = side === 'sink' ? ['writeStream', 'readStream'] : ['readStream', 'writeStream']
  throw new MillraceError('OPTION_ON_WRONG_SIDE', { option: name, ...(format !== undefined && { format }), given, belongs })
}
