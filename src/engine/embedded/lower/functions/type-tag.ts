import { type DataType, typeName } from '../../../../types/index.ts'

/** A type as part of a function name: letters, digits and underscores, different for different types. */
export const typeTag = (t: DataType): string => typeName(t).replace(/[^a-z0-9]/gi, c => `_${c.codePointAt(0)!.toString(16)}_`)
