import type { Alias, Expression, JoinType, Literal, Relation, SortOrder } from '../../src/plan/index.ts'
import { parseExpression } from '../../src/sql/index.ts'

/** Plans in few words, for tests of analysis. Expressions are SQL text. */
export const sql = (text: string): Expression => parseExpression(text)
const list = (texts: readonly string[]): readonly Expression[] => texts.map(sql)

/** A json stream or table with the schema given. */
export const stream = (schema = 'k STRING, v BIGINT, ts TIMESTAMP', format = 'json'): Relation => ({
  kind: 'read',
  dataSource: { format, schema, paths: ['in'] },
  isStreaming: true,
})
export const table = (schema = 'k STRING, name STRING'): Relation => ({
  kind: 'read',
  dataSource: { format: 'json', schema, paths: ['at'] },
})

/** Steps of a chain; each answers a new plan. */
export const plan = (input: Relation) => ({
  relation: input,
  select: (...e: string[]) => plan({ kind: 'project', input, expressions: list(e) }),
  where: (e: string) => plan({ kind: 'filter', input, condition: sql(e) }),
  with: (name: string, e: string) =>
    plan({ kind: 'withColumns', input, aliases: [{ kind: 'alias', expr: sql(e), name: [name] } satisfies Alias] }),
  group: (keys: string[], ...aggregates: string[]) => plan(grouped(input, 'GROUP_TYPE_GROUPBY', keys, aggregates)),
  rollup: (keys: string[], ...aggregates: string[]) => plan(grouped(input, 'GROUP_TYPE_ROLLUP', keys, aggregates)),
  pivot: (keys: string[], column: string, values: readonly Literal[], ...aggregates: string[]) =>
    plan({ ...grouped(input, 'GROUP_TYPE_PIVOT', keys, aggregates), pivot: { col: sql(column), values } }),
  watermark: (eventTime: string, delayThreshold: string) => plan({ kind: 'withWatermark', input, eventTime, delayThreshold }),
  distinct: (columnNames: string[] = [], withinWatermark = false) => plan({ kind: 'deduplicate', input, columnNames, withinWatermark }),
  sort: (e: string) => plan({ kind: 'sort', input, order: [ascending(e)], isGlobal: true }),
  limit: (limit: number) => plan({ kind: 'limit', input, limit }),
  offset: (offset: number) => plan({ kind: 'offset', input, offset }),
  sample: () => plan({ kind: 'sample', input, lowerBound: 0, upperBound: 0.5 }),
  alias: (alias: string) => plan({ kind: 'subqueryAlias', input, alias }),
  drop: (...columnNames: string[]) => plan({ kind: 'drop', input, columnNames }),
  join: (right: Relation, on: string | string[], type: JoinKind = 'INNER') =>
    plan({
      kind: 'join',
      left: input,
      right,
      joinType: `JOIN_TYPE_${type}` as JoinType,
      ...(typeof on === 'string' ? { joinCondition: sql(on) } : { usingColumns: on }),
    }),
  union: (right: Relation, byName = false, allowMissingColumns = false) =>
    plan({ kind: 'setOp', leftInput: input, rightInput: right, setOpType: 'SET_OP_TYPE_UNION', isAll: true, byName, allowMissingColumns }),
  except: (right: Relation) => plan({ kind: 'setOp', leftInput: input, rightInput: right, setOpType: 'SET_OP_TYPE_EXCEPT', isAll: true }),
  intersect: (right: Relation) =>
    plan({ kind: 'setOp', leftInput: input, rightInput: right, setOpType: 'SET_OP_TYPE_INTERSECT', isAll: false }),
})
type JoinKind = 'INNER' | 'FULL_OUTER' | 'LEFT_OUTER' | 'RIGHT_OUTER' | 'LEFT_ANTI' | 'LEFT_SEMI' | 'CROSS'

const grouped = (
  input: Relation,
  groupType: 'GROUP_TYPE_GROUPBY' | 'GROUP_TYPE_ROLLUP' | 'GROUP_TYPE_PIVOT',
  keys: string[],
  aggregates: string[],
) => ({
  kind: 'aggregate' as const,
  input,
  groupType,
  groupingExpressions: list(keys),
  aggregateExpressions: list(aggregates),
})
const ascending = (e: string): SortOrder => ({
  kind: 'sortOrder',
  child: sql(e),
  direction: 'SORT_DIRECTION_ASCENDING',
  nullOrdering: 'SORT_NULLS_FIRST',
})
