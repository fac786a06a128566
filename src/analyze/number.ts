import type { Options } from '../plan/index.ts'
import { type StructType, sameType } from '../types/index.ts'
import type { Analyzed, OutputMode, Resolved, RSource, RWatermark } from './resolved.ts'
import { inputsOf, withInputs } from './tree.ts'

/** Does the node keep state from batch to batch? In complete mode a limit sees the whole result each time and needs none. */
function isStateful(node: Resolved, mode: OutputMode): node is Analyzed['stateful'][number] {
  if (!node.streaming) return false
  if (node.node === 'aggregate' || node.node === 'deduplicate') return true
  if (node.node === 'join') return node.left.streaming && node.right.streaming
  if (node.node === 'limit') return node.limit !== undefined && mode === 'append'
  return node.node === 'setOp' && node.op !== 'union'
}

/** Gives sources, watermarks and stateful operators their numbers, in plan pre-order (the one nearest the sink is 0). */
export function numbered(plan: Resolved, schema: StructType, mode: OutputMode = 'append'): Analyzed {
  const sources: RSource[] = []
  const watermarks: RWatermark[] = []
  const stateful: Analyzed['stateful'][number][] = []
  const visit = (node: Resolved): Resolved => {
    const places = { source: sources.length, watermark: watermarks.length, state: stateful.length }
    const own = isStateful(node, mode)
    // Places are taken on the way down, filled on the way up.
    if (own) stateful.push(node)
    if (node.node === 'watermark') watermarks.push(node)
    if (node.node === 'source' && node.streaming) sources.push(node)
    const first = node.node === 'source' ? sources.slice(0, places.source).findIndex(s => sameStream(s, node)) : -1
    const below = withInputs(node, inputsOf(node).map(visit))
    const made = { ...below, ...numbers(node, own, places), ...(first < 0 || !node.streaming ? {} : { sameAs: first }) } as Resolved
    if (own) stateful[places.state] = made as Analyzed['stateful'][number]
    if (made.node === 'watermark') watermarks[places.watermark] = made
    if (made.node === 'source' && made.streaming) sources[places.source] = made
    return made
  }
  return { plan: visit(plan), schema, sources, watermarks, stateful }
}

const sameOptions = (a: Options, b: Options): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([k, v]) => b[k] === v)
const sameStream = (a: RSource, b: RSource): boolean =>
  a.format === b.format &&
  a.paths.length === b.paths.length &&
  a.paths.every((p, i) => p === b.paths[i]) &&
  sameOptions(a.options, b.options) &&
  sameType(a.schema, b.schema)

function numbers(node: Resolved, own: boolean, places: { source: number; watermark: number; state: number }): object {
  if (node.node === 'source' && node.streaming) return { sourceIndex: places.source }
  if (node.node === 'watermark') return { watermarkIndex: places.watermark }
  if (own) return { operatorId: places.state }
  return 'operatorId' in node ? { operatorId: undefined } : {}
}

/** The analysed plan as one output mode runs it: analysis numbers the stateful operators of append mode. */
export const inOutputMode = (analyzed: Analyzed, mode: OutputMode): Analyzed => numbered(analyzed.plan, analyzed.schema, mode)
