import type { TCall } from '../../../../analyze/resolved.ts'
import { type ColumnFunction, csvColumns, type FormatOptions, jsonColumns, type Registries } from '../../../../formats/index.ts'
import type { StructType } from '../../../../types/index.ts'
import { fromAvroColumns } from './avro.ts'

/** What a call needs besides itself to become a function of one column. */
export interface DecoderContext {
  /** The session's. */
  readonly timeZone: string
  readonly registries?: Registries
  /** Days since the epoch on the session's calendar, for texts that are a time of day alone. */
  readonly today?: () => number
  /** Names of the fields of the struct that are read; the others may come out empty. Absent = all. */
  readonly fields?: ReadonlySet<string>
}

/** Functions of one column of texts or bytes that can be run on whole columns outside of SQL, before rows come to it. */
export const DECODERS: Readonly<Record<string, (call: TCall, ctx: DecoderContext) => ColumnFunction>> = {
  from_json: (call, ctx) => jsonColumns(call.dataType, formatOptions(call, ctx.timeZone), ctx.today, ctx.fields),
  from_csv: (call, ctx) => csvColumns(call.dataType as StructType, formatOptions(call, ctx.timeZone), ctx.today, ctx.fields),
  from_avro: (call, ctx) => fromAvroColumns(call, ctx.fields, ctx.registries),
}

/** The options of the call, the session zone where they name none. */
export function formatOptions(call: TCall, timeZone: string): FormatOptions {
  const given = Object.entries(call.options ?? {}).map(([k, v]) => [k.toLowerCase(), v] as const)
  return { timezone: timeZone, ...Object.fromEntries(given) }
}
