import type { Relation } from '../../plan/index.ts'
import type { Analysis, Frame } from '../frame.ts'
import { analyzeAggregate } from './aggregate.ts'
import { analyzeDrop, analyzeRenamed, analyzeToDf, analyzeToSchema, analyzeWithColumns } from './columns.ts'
import { analyzeDescribe, analyzeSummary } from './describe.ts'
import { analyzeJoin } from './join.ts'
import { analyzeDropNa, analyzeFillNa, analyzeReplace } from './nulls.ts'
import { analyzeAlias, analyzeExtension, analyzeLocal, analyzeRange, analyzeRead } from './read.ts'
import {
  analyzeDeduplicate,
  analyzeFilter,
  analyzeLimit,
  analyzeMetrics,
  analyzeNothing,
  analyzeOffset,
  analyzeSample,
  analyzeSort,
  analyzeTail,
  analyzeWatermark,
} from './rows.ts'
import { analyzeProject } from './select.ts'
import { analyzeSetOperation } from './set-operation.ts'
import { analyzeUnpivot } from './unpivot.ts'

type Analyzers = { readonly [K in Relation['kind']]: (r: Extract<Relation, { kind: K }>, a: Analysis) => Frame }

/** How each relation of a plan is analysed. */
const ANALYZERS: Analyzers = {
  read: analyzeRead,
  project: analyzeProject,
  filter: analyzeFilter,
  join: analyzeJoin,
  setOp: analyzeSetOperation,
  sort: analyzeSort,
  limit: analyzeLimit,
  offset: analyzeOffset,
  tail: analyzeTail,
  aggregate: analyzeAggregate,
  localRelation: analyzeLocal,
  sample: analyzeSample,
  deduplicate: analyzeDeduplicate,
  range: analyzeRange,
  subqueryAlias: analyzeAlias,
  repartition: analyzeNothing,
  toDf: analyzeToDf,
  withColumnsRenamed: analyzeRenamed,
  drop: analyzeDrop,
  withColumns: analyzeWithColumns,
  hint: analyzeNothing,
  unpivot: analyzeUnpivot,
  toSchema: analyzeToSchema,
  collectMetrics: analyzeMetrics,
  withWatermark: analyzeWatermark,
  fillNa: analyzeFillNa,
  dropNa: analyzeDropNa,
  replace: analyzeReplace,
  describe: analyzeDescribe,
  summary: analyzeSummary,
  extension: analyzeExtension,
}
export const analyzeRelation = (r: Relation, a: Analysis): Frame => (ANALYZERS[r.kind] as (r: Relation, a: Analysis) => Frame)(r, a)
