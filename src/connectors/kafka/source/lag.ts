import { doubleText } from '../../../types/index.ts'
import { inOrder, type Positions } from './positions.ts'

/**
 * How far the stream is behind the cluster, in offsets: Spark's three numbers, and one for each partition (`offsetsBehindLatest.clicks-0`).
 * Empty where there is no partition.
 */
export function lagMetrics(consumed: Positions, latest: Positions): Readonly<Record<string, string>> {
  const behind = inOrder(latest.keys()).map(name => [name, Math.max(0, latest.get(name)! - (consumed.get(name) ?? 0))] as const)
  if (behind.length === 0) return {}
  const all = behind.map(([, lag]) => lag)
  return {
    minOffsetsBehindLatest: String(Math.min(...all)),
    maxOffsetsBehindLatest: String(Math.max(...all)),
    avgOffsetsBehindLatest: doubleText(all.reduce((sum, lag) => sum + lag, 0) / all.length),
    ...Object.fromEntries(behind.map(([name, lag]) => [`offsetsBehindLatest.${name}`, String(lag)])),
  }
}
