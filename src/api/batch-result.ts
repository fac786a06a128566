import { MillraceError } from '../errors/index.ts'
import { batchFromRows, type RowBatch, type StructType, typeName } from '../types/index.ts'

/** What the function of `mapBatches` gave back, as columns. Throws MAP_BATCHES_RESULT, VALUE_NOT_OF_TYPE. */
export function batchOfResult(name: string, schema: StructType, result: unknown): RowBatch {
  const names = schema.fields.map(f => f.name)
  const refuse = (what: string): never => {
    throw new MillraceError('MAP_BATCHES_RESULT', { function: name, what, columns: names.join(', ') })
  }
  if (Array.isArray(result)) return batchFromRows(schema, likeTheFirst(result, names, refuse))
  if (typeof result !== 'object' || result === null) return refuse(result === undefined ? 'nothing' : `a ${typeof result}`)
  if ('schema' in result && 'columns' in result) return sameSchema(result as RowBatch, schema, refuse)
  const given = result as Readonly<Record<string, ArrayLike<unknown>>>
  const missing = names.filter(n => typeof given[n]?.length !== 'number' || typeof given[n] === 'string')
  if (missing.length > 0) return refuse(`no array for the column ${missing.map(n => `"${n}"`).join(', ')}`)
  const unknown = Object.keys(given).filter(n => !names.includes(n))
  if (unknown.length > 0) return refuse(`the unknown column ${unknown.map(n => `"${n}"`).join(', ')}`)
  const length = names.length > 0 ? given[names[0]!]!.length : 0
  const other = names.find(n => given[n]!.length !== length)
  if (other !== undefined) return refuse(`${given[other]!.length} values for "${other}" and ${length} for "${names[0]}"`)
  return batchFromRows(
    schema,
    Array.from({ length }, (_, i) => names.map(n => given[n]![i])),
  )
}

/** A column that no row has beside one that nobody asked for is a misspelling, and would come out as nulls. */
function likeTheFirst(rows: readonly object[], names: readonly string[], refuse: (what: string) => never): readonly object[] {
  const [first] = rows
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return rows
  const missing = names.find(n => !(n in first))
  const unknown = Object.keys(first).find(n => !names.includes(n))
  return missing !== undefined && unknown !== undefined ? refuse(`rows with "${unknown}" and without "${missing}"`) : rows
}

function sameSchema(batch: RowBatch, schema: StructType, refuse: (what: string) => never): RowBatch {
  const shape = (s: StructType): string => s.fields.map(f => `${f.name} ${typeName(f.dataType)}`).join(', ')
  return shape(batch.schema) === shape(schema) ? batch : refuse(`a batch of ${shape(batch.schema)} where ${shape(schema)} was declared`)
}
