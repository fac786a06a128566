import type { Resolved } from '../../../analyze/resolved.ts'
import type { Lowering } from './lowering.ts'
import { lowerAggregate } from './relations/aggregate.ts'
import { lowerDeduplicate } from './relations/deduplicate.ts'
import { lowerExpand, lowerGenerate } from './relations/generate.ts'
import { lowerJoin } from './relations/join.ts'
import { lowerMapBatches, lowerMetrics, lowerWatermark } from './relations/observe.ts'
import { lowerLimit, lowerSample, lowerSort } from './relations/order.ts'
import { lowerFilter, lowerOver, lowerProject } from './relations/project.ts'
import { lowerSetOp } from './relations/set-op.ts'
import { lowerBatchOutput, lowerLocal, lowerRange, lowerSource, lowerTable } from './relations/source.ts'
import { lowerWindow } from './relations/window.ts'

type Lowerings = { readonly [N in Resolved['node']]: (node: Extract<Resolved, { node: N }>, to: Lowering) => string }

const NODES: Lowerings = {
  source: lowerSource,
  table: lowerTable,
  local: lowerLocal,
  range: lowerRange,
  batchOutput: lowerBatchOutput,
  project: lowerProject,
  filter: lowerFilter,
  watermark: lowerWatermark,
  window: lowerWindow,
  expand: lowerExpand,
  generate: lowerGenerate,
  aggregate: lowerAggregate,
  deduplicate: lowerDeduplicate,
  join: lowerJoin,
  setOp: lowerSetOp,
  sort: lowerSort,
  limit: lowerLimit,
  sample: lowerSample,
  over: lowerOver,
  metrics: lowerMetrics,
  mapBatches: lowerMapBatches,
}

/** SELECT text for a relation; its columns are `c<attribute id>` for every attribute of `output`, in that order or not. */
export const lowerRelation = (node: Resolved, to: Lowering): string => (NODES[node.node] as (n: Resolved, t: Lowering) => string)(node, to)
