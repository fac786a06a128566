import type { RWindow } from '../../../../analyze/resolved.ts'
import type { Lowering } from '../lowering.ts'
import { columnName } from '../statement.ts'

/**
 * Windows by whole microseconds since the epoch, without a time zone, as Spark counts them: a row falls into the windows that begin at
 * `last - i * slide`, where `last` is the latest begin at or before it. Half open; latest first.
 */
export function lowerWindow(node: RWindow, to: Lowering): string {
  const make = node.time.dataType.kind === 'timestampNtz' ? 'make_timestamp' : 'make_timestamptz'
  const timed = `SELECT *, epoch_us(${to.lower(node.time)}) AS mr_us FROM (${to.relation(node.input)})`
  const rest = `(mr_us - ${node.start}) % ${node.slide}`
  const last = `mr_us - (${rest}) - CASE WHEN ${rest} < 0 THEN ${node.slide} ELSE 0 END`
  const windows = Number((node.duration + node.slide - 1n) / node.slide)
  const starts = Array.from({ length: windows }, (_, i) => `${last} - ${BigInt(i) * node.slide}`)
  const begun = windows === 1 ? last : `unnest([${starts.join(', ')}])`
  const rows = `SELECT *, ${begun} AS mr_start FROM (${timed}) WHERE mr_us IS NOT NULL`
  const exact = node.duration % node.slide === 0n ? '' : ` WHERE mr_start <= mr_us AND mr_us < mr_start + ${node.duration}`
  const window = `struct_pack("start" := ${make}(mr_start), "end" := ${make}(mr_start + ${node.duration}))`
  return `SELECT * EXCLUDE (mr_us, mr_start), ${window} AS ${columnName(node.window.id)} FROM (${rows})${exact}`
}
