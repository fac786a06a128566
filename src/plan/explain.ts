import { fromSparkJson, printDdl, type StructType } from '../types/index.ts'
import type { Expression, LiteralValue } from './expression.ts'
import type { Relation } from './relation.ts'
import { inputsOf, operandsOf } from './walk.ts'

type Of<K extends Relation['kind']> = Extract<Relation, { kind: K }>
type Print = (e: Expression) => string

const all = (items: readonly Expression[], print: Print): string => `[${items.map(print).join(', ')}]`
const names = (items: readonly string[] | undefined): string => (items?.length ? ` [${items.join(', ')}]` : '')

/** One line a node, without its inputs. */
const LINES: { readonly [K in Relation['kind']]: (node: Of<K>, print: Print) => string } = {
  read: n => {
    const what = n.namedTable ? `table ${n.namedTable.unparsedIdentifier}` : (n.dataSource?.format ?? 'the default format')
    return `${n.isStreaming ? 'ReadStream' : 'Read'} ${what}${names(n.dataSource?.paths)}${n.dataSource?.schema ? ` (${ddlOf(n.dataSource.schema)})` : ''}`
  },
  project: (n, p) => `Project ${all(n.expressions, p)}`,
  filter: (n, p) => `Filter ${p(n.condition)}`,
  join: (n, p) =>
    `Join ${n.joinType.slice('JOIN_TYPE_'.length)}${n.usingColumns?.length ? ` using${names(n.usingColumns)}` : ''}${n.joinCondition ? ` on ${p(n.joinCondition)}` : ''}`,
  setOp: n => `${n.setOpType.slice('SET_OP_TYPE_'.length)}${n.isAll ? ' ALL' : ''}${n.byName ? ' BY NAME' : ''}`,
  sort: (n, p) => `Sort ${all(n.order, p)}${n.isGlobal === false ? ' within partitions' : ''}`,
  limit: n => `Limit ${n.limit}`,
  offset: n => `Offset ${n.offset}`,
  tail: n => `Tail ${n.limit}`,
  aggregate: (n, p) =>
    `Aggregate ${n.groupType.slice('GROUP_TYPE_'.length)} ${all(n.groupingExpressions, p)}, ${all(n.aggregateExpressions, p)}${n.pivot ? ` pivot ${p(n.pivot.col)}` : ''}`,
  localRelation: n => `LocalRelation${n.batch ? ` ${n.batch.length} rows` : ''}`,
  sample: n => `Sample ${n.lowerBound} to ${n.upperBound}`,
  deduplicate: n =>
    `Deduplicate${n.withinWatermark ? ' within watermark' : ''}${n.allColumnsAsKeys ? ' all columns' : names(n.columnNames)}`,
  range: n => `Range ${n.start ?? 0} to ${n.end} step ${n.step}`,
  subqueryAlias: n => `SubqueryAlias ${n.alias}`,
  repartition: n => `Repartition ${n.numPartitions}`,
  toDf: n => `ToDF${names(n.columnNames)}`,
  withColumnsRenamed: n => {
    const renames = n.renames?.map(r => [r.colName, r.newColName] as const) ?? Object.entries(n.renameColumnsMap ?? {})
    return `WithColumnsRenamed${names(renames.map(([a, b]) => `${a} -> ${b}`))}`
  },
  drop: (n, p) => `Drop ${all(n.columns ?? [], p)}${names(n.columnNames)}`,
  withColumns: (n, p) => `WithColumns ${all(n.aliases, p)}`,
  hint: n => `Hint ${n.name}`,
  unpivot: (n, p) => `Unpivot ids ${all(n.ids, p)} as ${n.variableColumnName}, ${n.valueColumnName}`,
  toSchema: () => 'ToSchema',
  collectMetrics: (n, p) => `CollectMetrics ${n.name} ${all(n.metrics, p)}`,
  withWatermark: n => `WithWatermark ${n.eventTime}, ${n.delayThreshold}`,
  fillNa: n => `FillNa${names(n.cols)}`,
  dropNa: n => `DropNa${names(n.cols)}`,
  replace: n => `Replace${names(n.cols)}`,
  describe: n => `Describe${names(n.cols)}`,
  summary: n => `Summary${names(n.statistics)}`,
  extension: n => (n.name === 'MapBatches' ? `MapBatches ${n.functionName}` : `BatchOutput ${n.ref}`),
}

/**
 * The plan as an indented tree, as the program built it. `print` writes expressions; the default is plain function notation
 * (`sql/` has a printer in Spark's words).
 */
export function printPlan(plan: Relation, print: Print = notation): string {
  const lines: string[] = []
  const put = (node: Relation, head: string, below: string): void => {
    lines.push(head + (LINES[node.kind] as (n: Relation, p: Print) => string)(node, print))
    const inputs = inputsOf(node)
    inputs.forEach((input, i) => {
      const last = i === inputs.length - 1
      put(input, `${below}${last ? '+- ' : ':- '}`, `${below}${last ? '   ' : ':  '}`)
    })
  }
  put(plan, '', '')
  return lines.join('\n')
}

const called = (name: string, e: Expression): string => `${name}(${operandsOf(e).map(notation).join(', ')})`
const value = (v: LiteralValue): string =>
  typeof v === 'string' ? `'${v}'` : JSON.stringify(v, (_, x: unknown) => (typeof x === 'bigint' ? String(x) : x))

/** An expression in function notation: `and(>(a, 1), isNull(b))`. */
function notation(e: Expression): string {
  switch (e.kind) {
    case 'literal':
      return value(e.value)
    case 'unresolvedAttribute':
      return e.unparsedIdentifier
    case 'unresolvedStar':
      return e.unparsedTarget ?? '*'
    case 'unresolvedNamedLambdaVariable':
      return e.nameParts.join('.')
    case 'expressionString':
      return e.expression
    case 'alias':
      return `${notation(e.expr)} AS ${e.name.join(', ')}`
    case 'sortOrder':
      return `${notation(e.child)} ${e.direction === 'SORT_DIRECTION_ASCENDING' ? 'ASC' : 'DESC'}`
    case 'unresolvedFunction':
    case 'callFunction':
      return called(e.functionName, e)
    case 'unresolvedRegex':
      return e.colName
    case 'extension':
      return e.name === 'Subquery' ? `(${e.text})` : called(e.name === 'UserFunction' ? e.functionName : e.name, e)
    default:
      return called(e.kind, e)
  }
}

/** A schema in the form people read, whichever form the plan holds. */
const ddlOf = (schema: string): string => (schema.startsWith('{') ? printDdl(fromSparkJson(JSON.parse(schema)) as StructType) : schema)
