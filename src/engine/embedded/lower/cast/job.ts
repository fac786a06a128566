import { type DataType, sqlName } from '../../../../types/index.ts'
import { fail, type LowerContext, quoteText } from '../context.ts'

/** One cast to be written: `v` is SQL of type `from` that may be used several times. */
export interface CastJob {
  readonly v: string
  readonly from: DataType
  readonly to: DataType
  readonly mode: 'ansi' | 'try'
  readonly ctx: LowerContext
  /** Casts a part of the value, in the same mode. */
  inner(v: string, from: DataType, to: DataType): string
}

/** What stands in for a value that cannot be had: a failure, or null under `try`. */
export function invalid(job: CastJob, v = job.v): string {
  if (job.mode === 'try') return 'NULL'
  return fail('CAST_INVALID_INPUT', { value: v, sourceType: quoteText(sqlName(job.from)), targetType: quoteText(sqlName(job.to)) })
}
export function overflow(job: CastJob, v = job.v): string {
  if (job.mode === 'try') return 'NULL'
  return fail('CAST_OVERFLOW', { value: v, sourceType: quoteText(sqlName(job.from)), targetType: quoteText(sqlName(job.to)) })
}
/** `attempt`, a null of which is only right where `v` is null; else `otherwise`. */
export const orElse = (attempt: string, v: string, otherwise: string): string =>
  otherwise === 'NULL' ? attempt : `COALESCE(${attempt}, CASE WHEN ${v} IS NOT NULL THEN ${otherwise} END)`
