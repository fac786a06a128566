import { MillraceError } from '../../errors/index.ts'
import type { LocalRelation, Range, Read, RelationExtension, SubqueryAlias } from '../../plan/index.ts'
import { fromSparkJson, longType, parseDdl, type StructType } from '../../types/index.ts'
import { parseAttributeName } from '../expressions/names.ts'
import type { Analysis, Frame } from '../frame.ts'
import { attribute } from '../ids.ts'
import type { Attribute, Resolved } from '../resolved.ts'

const columns = (schema: StructType, qualifier: readonly string[] = []): readonly Attribute[] =>
  schema.fields.map(f => attribute({ name: f.name, dataType: f.dataType, nullable: f.nullable, qualifier }))
const leaf = (plan: Resolved): Frame => ({ plan, planIds: new Map() })

export function analyzeRead(r: Read, a: Analysis): Frame {
  if (r.namedTable) return table(r.namedTable.unparsedIdentifier, r, a)
  const format = r.dataSource?.format ?? 'parquet'
  const schema = a.env.sourceSchema(r)
  if (!schema) throw new MillraceError('SCHEMA_NOT_KNOWN', { format })
  return leaf({
    node: 'source',
    format,
    options: r.dataSource?.options ?? {},
    paths: r.dataSource?.paths ?? [],
    schema,
    pushed: [],
    output: columns(schema),
    streaming: r.isStreaming === true,
    ...(r.origin ? { origin: r.origin } : {}),
  })
}

function table(name: string, r: Read, a: Analysis): Frame {
  const found = a.env.table(name, r)
  if (!found) throw new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name, known: [] })
  const qualifier = [parseAttributeName(name).at(-1)!]
  if ('kind' in found) return qualified(a.frame(found), qualifier)
  return leaf({ node: 'table', name: found.table, output: columns(found.schema, qualifier), streaming: false })
}

/** The same columns under another qualifier. They keep their ids, so columns taken from the frame below still mean them. */
function qualified(frame: Frame, qualifier: readonly string[]): Frame {
  return { plan: { ...frame.plan, output: frame.plan.output.map(c => ({ ...c, qualifier })) }, planIds: frame.planIds }
}

export const analyzeAlias = (r: SubqueryAlias, a: Analysis): Frame => qualified(a.frame(r.input), [...(r.qualifier ?? []), r.alias])

export function analyzeLocal(r: LocalRelation): Frame {
  const batch = r.batch
  if (!batch) throw new MillraceError('NOT_SUPPORTED', { what: 'a local relation without rows in memory' })
  const schema = r.schema ? schemaOf(r.schema) : batch.schema
  return leaf({ node: 'local', batch, output: columns(schema), streaming: false })
}

/** DDL or Spark's JSON. */
export function schemaOf(text: string): StructType {
  const type = text.trimStart().startsWith('{') ? fromSparkJson(JSON.parse(text)) : parseDdl(text)
  if (type.kind !== 'struct') throw new MillraceError('INVALID_SCHEMA', { text })
  return type
}

export function analyzeRange(r: Range): Frame {
  const output = [attribute({ name: 'id', dataType: longType, nullable: false })]
  return leaf({ node: 'range', start: BigInt(r.start ?? 0), end: BigInt(r.end), step: BigInt(r.step), output, streaming: false })
}

export function analyzeExtension(r: RelationExtension, a: Analysis): Frame {
  if (r.name === 'BatchOutput') return leaf({ node: 'batchOutput', ref: r.ref, output: columns(r.schema), streaming: false })
  const input = a.frame(r.input)
  const output = columns(r.returns)
  return {
    plan: { node: 'mapBatches', input: input.plan, id: r.id, name: r.functionName, output, streaming: input.plan.streaming },
    planIds: input.planIds,
  }
}
