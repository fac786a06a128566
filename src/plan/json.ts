import type { Expression } from './expression.ts'
import { decodeBatch, encodeBatch } from './json-batch.ts'
import {
  type Codec,
  double,
  type FieldsOf,
  flag,
  int32,
  int64Number,
  int64Text,
  type Json,
  lazily,
  list,
  message,
  objectAt,
  oneOf,
  optional,
  refuse,
  text,
  textMap,
  unlessDefault,
} from './json-codec.ts'
import { alias, EXTENSION, expression, extensionName, sortOrder } from './json-expression.ts'
import { literal } from './json-literal.ts'
import { dataType, struct } from './json-type.ts'
import type { Aggregate, LocalRelation, Read, Relation, RelationExtension, Replace, Unpivot, WithColumnsRenamed } from './relation.ts'

type Of<K extends Relation['kind']> = Extract<Relation, { kind: K }>
type Extension<N extends RelationExtension['name']> = Extract<RelationExtension, { name: N }>
/** `planId` stands in `common`; `origin` is not written. */
type Outside = 'planId' | 'origin'

/** Any relation: `{ "common": { "planId": "7" }, "<kind>": { … } }`. */
const relation: Codec<Relation> = lazily(() => ({
  encode: node => {
    const planId = optional(int64Number).encode(node.planId)
    const common = planId === undefined ? {} : { common: { planId: String(planId) } }
    if (node.kind === 'localRelation' && node.batch)
      return { ...common, extension: { '@type': `${EXTENSION}LocalRows`, ...encodeBatch(node.batch) } }
    return { ...common, [node.kind]: (RELATIONS[node.kind] as Codec<Relation>).encode(node) ?? {} }
  },
  decode: (json, at) => {
    const object = objectAt(json, at)
    const common = object.common === undefined ? {} : objectAt(object.common, `${at}.common`)
    const arms = Object.entries(object).filter(([name]) => name !== 'common')
    const [[kind, rest] = refuse(at, 'the relation is empty')] = arms
    if (!Object.hasOwn(RELATIONS, kind)) return refuse(at, `relation "${kind}" is not supported`)
    const decoded = (RELATIONS[kind as Relation['kind']] as Codec<Relation>).decode(rest, `${at}.${kind}`)
    return common.planId === undefined
      ? decoded
      : Object.freeze({ ...decoded, planId: int64Number.decode(common.planId, `${at}.common.planId`) })
  },
}))

const node = <K extends Relation['kind']>(kind: K, fields: () => FieldsOf<Of<K>, Outside>): Codec<Of<K>> =>
  message<Of<K>, Outside>(fields, { kind })
const extension = <N extends RelationExtension['name']>(
  name: N,
  fields: () => FieldsOf<Extension<N>, Outside | 'name'>,
): Codec<Extension<N>> => message<Extension<N>, Outside | 'name'>(fields, { kind: 'extension', name })
const someText = unlessDefault(list(text))
const input = relation

/** One row a message of Spark Connect's `Relation`. */
const RELATIONS: { readonly [K in Relation['kind']]: Codec<Of<K>> } = {
  read: node('read', () => ({
    namedTable: optional(message<NonNullable<Read['namedTable']>>(() => ({ unparsedIdentifier: text, options: unlessDefault(textMap) }))),
    dataSource: optional(
      message<NonNullable<Read['dataSource']>>(() => ({
        format: optional(text),
        schema: optional(text),
        options: unlessDefault(textMap),
        paths: someText,
      })),
    ),
    isStreaming: unlessDefault(flag),
  })),
  project: node('project', () => ({ input: optional(input), expressions: list(expression) })),
  filter: node('filter', () => ({ input, condition: expression })),
  join: node('join', () => ({
    left: relation,
    right: relation,
    joinCondition: optional(expression),
    joinType: oneOf(
      'JOIN_TYPE_INNER',
      'JOIN_TYPE_FULL_OUTER',
      'JOIN_TYPE_LEFT_OUTER',
      'JOIN_TYPE_RIGHT_OUTER',
      'JOIN_TYPE_LEFT_ANTI',
      'JOIN_TYPE_LEFT_SEMI',
      'JOIN_TYPE_CROSS',
    ),
    usingColumns: someText,
  })),
  setOp: node('setOp', () => ({
    leftInput: relation,
    rightInput: relation,
    setOpType: oneOf('SET_OP_TYPE_INTERSECT', 'SET_OP_TYPE_UNION', 'SET_OP_TYPE_EXCEPT'),
    isAll: optional(flag),
    byName: optional(flag),
    allowMissingColumns: optional(flag),
  })),
  sort: node('sort', () => ({ input, order: list(sortOrder), isGlobal: optional(flag) })),
  limit: node('limit', () => ({ input, limit: int32 })),
  offset: node('offset', () => ({ input, offset: int32 })),
  tail: node('tail', () => ({ input, limit: int32 })),
  aggregate: node('aggregate', () => ({
    input,
    groupType: oneOf('GROUP_TYPE_GROUPBY', 'GROUP_TYPE_ROLLUP', 'GROUP_TYPE_CUBE', 'GROUP_TYPE_PIVOT', 'GROUP_TYPE_GROUPING_SETS'),
    groupingExpressions: list(expression),
    aggregateExpressions: list(expression),
    pivot: optional(message<NonNullable<Aggregate['pivot']>>(() => ({ col: expression, values: unlessDefault(list(literal)) }))),
    groupingSets: unlessDefault(list(message<NonNullable<Aggregate['groupingSets']>[number]>(() => ({ groupingSet: list(expression) })))),
  })),
  localRelation: message<LocalRelation, Outside | 'batch'>(() => ({ data: optional(text), schema: optional(text) }), {
    kind: 'localRelation',
  }),
  sample: node('sample', () => ({
    input,
    lowerBound: double,
    upperBound: double,
    withReplacement: optional(flag),
    seed: optional(int64Text),
    deterministicOrder: unlessDefault(flag),
  })),
  deduplicate: node('deduplicate', () => ({
    input,
    columnNames: someText,
    allColumnsAsKeys: optional(flag),
    withinWatermark: optional(flag),
  })),
  range: node('range', () => ({ start: optional(int64Text), end: int64Text, step: int64Text, numPartitions: optional(int32) })),
  subqueryAlias: node('subqueryAlias', () => ({ input, alias: text, qualifier: someText })),
  repartition: node('repartition', () => ({ input, numPartitions: int32, shuffle: optional(flag) })),
  toDf: node('toDf', () => ({ input, columnNames: list(text) })),
  withColumnsRenamed: node('withColumnsRenamed', () => ({
    input,
    renames: unlessDefault(list(message<NonNullable<WithColumnsRenamed['renames']>[number]>(() => ({ colName: text, newColName: text })))),
    renameColumnsMap: unlessDefault(textMap),
  })),
  drop: node('drop', () => ({ input, columns: unlessDefault(list(expression)), columnNames: someText })),
  withColumns: node('withColumns', () => ({ input, aliases: list(alias) })),
  hint: node('hint', () => ({ input, name: text, parameters: unlessDefault(list(expression)) })),
  unpivot: node('unpivot', () => ({
    input,
    ids: list(expression),
    values: optional(message<NonNullable<Unpivot['values']>>(() => ({ values: list(expression) }))),
    variableColumnName: text,
    valueColumnName: text,
  })),
  toSchema: node('toSchema', () => ({ input, schema: dataType })),
  collectMetrics: node('collectMetrics', () => ({ input, name: text, metrics: list(expression) })),
  withWatermark: node('withWatermark', () => ({ input, eventTime: text, delayThreshold: text })),
  fillNa: node('fillNa', () => ({ input, cols: someText, values: list(literal) })),
  dropNa: node('dropNa', () => ({ input, cols: someText, minNonNulls: optional(int32) })),
  replace: node('replace', () => ({
    input,
    cols: someText,
    replacements: list(message<Replace['replacements'][number]>(() => ({ oldValue: literal, newValue: literal }))),
  })),
  describe: node('describe', () => ({ input, cols: someText })),
  summary: node('summary', () => ({ input, statistics: someText })),
  extension: {
    encode: e => ({ '@type': `${EXTENSION}${e.name}`, ...((EXTENSIONS[e.name] as Codec<RelationExtension>).encode(e) as object) }),
    decode: (json, at) => {
      const name = extensionName(json, at)
      if (name === 'LocalRows')
        return Object.freeze({ kind: 'localRelation', batch: decodeBatch(objectAt(json, at), at) }) as unknown as RelationExtension
      if (!Object.hasOwn(EXTENSIONS, name)) return refuse(at, `relation extension "${name}" is not known`)
      return (EXTENSIONS[name as RelationExtension['name']] as Codec<RelationExtension>).decode(json, at)
    },
  },
}

const EXTENSIONS: { readonly [N in RelationExtension['name']]: Codec<Extension<N>> } = {
  MapBatches: extension('MapBatches', () => ({ input, id: text, functionName: text, returns: struct, sourceHash: text })),
  BatchOutput: extension('BatchOutput', () => ({ ref: text, schema: struct })),
}

/**
 * A plan as Spark Connect's protobuf JSON: int64 as strings, bytes as base64, enums by name, defaults left out.
 * What Spark has no message for is an `extension` with `"@type": "type.millrace.dev/<Name>"`.
 */
export const planToJson = (plan: Relation): Json => relation.encode(plan)!
/** The reverse. Throws INVALID_PLAN_JSON, naming the path to what it cannot read: no field is dropped in silence. */
export const planFromJson = (json: unknown): Relation => relation.decode(json as Json, 'plan')
/** One expression of a plan in the same form. */
export const expressionToJson = (e: Expression): Json => expression.encode(e)!
export const expressionFromJson = (json: unknown): Expression => expression.decode(json as Json, 'expression')
