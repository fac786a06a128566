import { sqlName } from '../types/index.ts'
import type { Analyzed, Attribute, TCall } from './resolved.ts'

/**
 * What a checkpoint's state depends on, in words that are compared at a restart: types, not names, and no plan of ours.
 * Names of operators are Spark's.
 */
export interface StateShape {
  readonly operators: readonly { readonly id: number; readonly name: string; readonly key: string; readonly value: string }[]
  readonly watermarkColumns: readonly string[]
}

type Stateful = Analyzed['stateful'][number]
type Shape = { readonly name: string; readonly key: string; readonly value: string }
type Shapes = { readonly [K in Stateful['node']]: (node: Extract<Stateful, { node: K }>) => Shape }

const types = (columns: readonly Attribute[]): string => columns.map(c => sqlName(c.dataType)).join(', ')
const callShape = (c: TCall): string => `${c.fn}(${c.distinct ? 'DISTINCT ' : ''}${c.args.map(a => sqlName(a.dataType)).join(', ')})`

const SHAPES: Shapes = {
  aggregate: n => ({
    name: n.sessionWindow === undefined ? 'stateStoreSave' : 'sessionWindowStateStoreSaveExec',
    key: types(n.keys),
    value: n.aggregates.map(a => callShape(a.call)).join(', '),
  }),
  deduplicate: n => ({ name: n.withinWatermark ? 'dedupeWithinWatermark' : 'dedupe', key: types(n.keys), value: '' }),
  join: n => ({ name: 'symmetricHashJoin', key: n.joinType, value: `${types(n.left.output)} | ${types(n.right.output)}` }),
  limit: () => ({ name: 'globalLimit', key: '', value: 'BIGINT' }),
  setOp: n => ({ name: 'stateStoreSave', key: types(n.output), value: n.op }),
}

/** Used by the engine: compared with the shape that `millrace/plan/` of the checkpoint holds. */
export function stateShape(analyzed: Analyzed): StateShape {
  return {
    operators: analyzed.stateful.map(n => ({ id: n.operatorId!, ...(SHAPES[n.node] as (n: Stateful) => Shape)(n) })),
    watermarkColumns: analyzed.watermarks.map(w => w.output.find(c => c.id === w.attributeId)!.name),
  }
}
