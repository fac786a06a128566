import type { Resolved, RMapBatches, RMetrics, RWatermark } from '../../../../analyze/resolved.ts'
import { quoteText } from '../context.ts'
import { FILE_FORMATS } from '../file-formats.ts'
import type { Lowering } from '../lowering.ts'
import { columnName } from '../statement.ts'

/** Milliseconds floored from micros, as Spark keeps them. */
const millis = (column: string): string => `(epoch_us(${column}) // 1000 - CASE WHEN epoch_us(${column}) % 1000 < 0 THEN 1 ELSE 0 END)`

/** Statistics of the event time of the rows that leave this node; nothing in batch. */
export function lowerWatermark(node: RWatermark, to: Lowering): string {
  const input = to.relation(node.input)
  if (!to.options.streaming || !node.streaming) return input
  const attribute = node.output.find(a => a.id === node.attributeId)!
  const time = attribute.dataType.kind === 'struct' ? `struct_extract(${columnName(attribute.id)}, 'end')` : columnName(attribute.id)
  const name = to.scope.share(input, { inMemory: isInMemory(node.input) })
  // Spark reads a null time as 0 here. The mean is cut, not rounded.
  const sums = 'count(*) AS n, count(*) - count(raw) AS nulls, min(ms) AS lo, max(ms) AS hi, CAST(sum(ms) // count(*) AS BIGINT) AS mean'
  to.scope.facts.push({
    kind: 'watermark',
    index: node.watermarkIndex,
    sql: `SELECT json_object('n', n, 'nulls', nulls, 'lo', lo, 'hi', hi, 'mean', mean) FROM (SELECT ${sums} FROM (SELECT ${time} AS raw, coalesce(${millis(time)}, 0) AS ms FROM ${name}))`,
  })
  return `SELECT * FROM ${name}`
}

/** Columns of a source as it feeds them: files may be read by DuckDB itself. */
function isInMemory(node: Resolved): boolean {
  if (node.node === 'project') return node.columns.every(c => c.expr.node === 'attribute') && isInMemory(node.input)
  return node.node === 'source' && node.pushed.length === 0 && !FILE_FORMATS.has(node.format.toLowerCase())
}

/** `observe()`: each value as text beside the rows; times as micros. */
export function lowerMetrics(node: RMetrics, to: Lowering): string {
  const name = to.scope.share(to.relation(node.input))
  const values = node.metrics.map(m => {
    const sql = to.lower(m.call)
    const text = m.attribute.dataType.kind === 'timestamp' || m.attribute.dataType.kind === 'timestampNtz' ? `epoch_us(${sql})` : sql
    return `${quoteText(m.attribute.name)}, CAST(${text} AS VARCHAR)`
  })
  to.scope.facts.push({ kind: 'metrics', name: node.name, sql: `SELECT json_object('v', json_object(${values.join(', ')})) FROM ${name}` })
  return `SELECT * FROM ${name}`
}

/** A function of the person's own over whole batches of columns: a step between two statements, because it may await. */
export function lowerMapBatches(node: RMapBatches, to: Lowering): string {
  const input = to.statement(node.input)
  const step = to.steps.push({ kind: 'host', input, id: node.id, name: node.name, output: node.output }) - 1
  const { from } = to.slot({ node: 'host', step })
  return `SELECT ${node.output.map((a, i) => `f${i} AS ${columnName(a.id)}`).join(', ')} FROM ${from}`
}
