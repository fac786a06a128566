import type { RExpand, RGenerate } from '../../../../analyze/resolved.ts'
import { generatorRows } from '../functions/generator.ts'
import type { Lowering } from '../lowering.ts'
import { columnName } from '../statement.ts'

/** Each row once per projection. */
export function lowerExpand(node: RExpand, to: Lowering): string {
  const input = to.scope.share(to.relation(node.input))
  return node.projections
    .map(exprs => `(SELECT ${exprs.map((e, i) => `${to.lower(e)} AS ${columnName(node.output[i]!.id)}`).join(', ')} FROM ${input})`)
    .join(' UNION ALL ')
}

export function lowerGenerate(node: RGenerate, to: Lowering): string {
  const { generator, generated, outer } = node
  const args = generator.args.map(to.lower)
  const input = to.relation(node.input)
  const some = (list: string): string => (outer ? `CASE WHEN len(${list}) > 0 THEN ${list} ELSE [NULL] END` : list)
  // An array's elements are the rows as they are: no struct around each.
  if (generator.fn === 'explode' && generator.args[0]!.dataType.kind === 'array') {
    return `SELECT *, unnest(${some(args[0]!)}) AS ${columnName(generated[0]!.id)} FROM (${input})`
  }
  const rows = `SELECT *, unnest(${some(generatorRows(generator, args, to))}) AS mr_row FROM (${input})`
  const fields = generated.map((a, i) => `struct_extract_at(mr_row, ${i + 1}) AS ${columnName(a.id)}`)
  return `SELECT * EXCLUDE (mr_row), ${fields.join(', ')} FROM (${rows})`
}
