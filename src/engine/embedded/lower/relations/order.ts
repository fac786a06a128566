import type { RLimit, RSample, RSort } from '../../../../analyze/resolved.ts'
import type { Lowering } from '../lowering.ts'
import { lowerOrder } from '../order.ts'
import { limitStep } from './limit-step.ts'

export const lowerSort = (node: RSort, to: Lowering): string =>
  `SELECT * FROM (${to.relation(node.input)}) ORDER BY ${node.order.map(o => lowerOrder(o, to)).join(', ')}`

export function lowerLimit(node: RLimit, to: Lowering): string {
  // It has a number where it counts over all batches; elsewhere the limit is on each batch's result.
  if (node.operatorId !== undefined && to.options.streaming) return limitStep(node, to)
  const input = to.relation(node.input)
  if (node.tail !== undefined) {
    const numbered = `SELECT *, row_number() OVER () AS mr_row, count(*) OVER () AS mr_rows FROM (${input})`
    return `SELECT * EXCLUDE (mr_row, mr_rows) FROM (${numbered}) WHERE mr_row > mr_rows - ${node.tail} ORDER BY mr_row`
  }
  const limit = node.limit === undefined ? '' : ` LIMIT ${node.limit}`
  const offset = node.offset ? ` OFFSET ${node.offset}` : ''
  return `SELECT * FROM (${input})${limit}${offset}`
}

/** A row's lot is a hash of its number and the seed: the same frame sampled twice gives the same rows, and splits do not overlap. */
export function lowerSample(node: RSample, to: Lowering): string {
  const numbered = `SELECT *, row_number() OVER () AS mr_row FROM (${to.relation(node.input)})`
  const lot = `(hash(mr_row, CAST(${node.seed} AS BIGINT)) % 1000000007) / 1000000007.0`
  if (!node.withReplacement) return `SELECT * EXCLUDE (mr_row) FROM (${numbered}) WHERE ${lot} >= ${node.lower} AND ${lot} < ${node.upper}`
  const times = poisson(lot, node.upper - node.lower)
  return `SELECT * EXCLUDE (mr_row, mr_times) FROM (SELECT *, unnest(range(${times})) AS mr_times FROM (${numbered}))`
}

/** How often a row is drawn, by the inverse of the Poisson distribution. */
function poisson(lot: string, mean: number): string {
  const branches: string[] = []
  let p = Math.exp(-mean)
  let sum = p
  for (let k = 0; k < 40 && sum < 1 - 1e-12; k++) {
    branches.push(`WHEN ${lot} < ${sum} THEN ${k}`)
    p *= mean / (k + 1)
    sum += p
  }
  return `CASE ${branches.join(' ')} ELSE ${branches.length} END`
}
