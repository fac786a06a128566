import { type StructType, sameType, typeName } from '../../../types/index.ts'

/** What rows of the schema `there` have that a reader of `reads` would lose or misread; columns that are missing there read as null. */
export function schemaDifferences(reads: StructType, there: StructType): readonly string[] {
  return there.fields.flatMap(f => {
    const own = reads.fields.find(g => g.name.toLowerCase() === f.name.toLowerCase())
    if (!own) return [`the column "${f.name}" ${typeName(f.dataType)} is new`]
    return sameType(own.dataType, f.dataType) ? [] : [`the column "${f.name}" is ${typeName(f.dataType)} and was ${typeName(own.dataType)}`]
  })
}
