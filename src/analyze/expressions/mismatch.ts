import { MillraceError } from '../../errors/index.ts'
import { type DataType, sqlName } from '../../types/index.ts'

/** Throws Spark's DATATYPE_MISMATCH.<sub>. */
export const mismatch = (sub: string, expression: string, problem: string): MillraceError =>
  new MillraceError('DATATYPE_MISMATCH', { sub, expression, problem })

export const quotedType = (t: DataType): string => `"${sqlName(t)}"`
