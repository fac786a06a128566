import type { Analyzed, Attribute, Resolved } from '../../analyze/resolved.ts'
import { type DataType, Decimal, LocalTimestamp, Timestamp } from '../../types/index.ts'
import type { Reported } from './facts.ts'

type Read = (text: string) => unknown
const NUMBERS = new Set<DataType['kind']>(['byte', 'short', 'integer', 'float', 'double'])

function reader(type: DataType): Read {
  if (NUMBERS.has(type.kind)) return Number
  if (type.kind === 'long') return text => BigInt(text)
  if (type.kind === 'boolean') return text => text === 'true'
  if (type.kind === 'decimal') return text => new Decimal(text)
  if (type.kind === 'timestamp') return text => new Timestamp(BigInt(text))
  if (type.kind === 'timestampNtz') return text => new LocalTimestamp(BigInt(text))
  return text => text
}

function metricsNodes(node: Resolved, found: Map<string, readonly Attribute[]>): Map<string, readonly Attribute[]> {
  if (node.node === 'metrics')
    found.set(
      node.name,
      node.metrics.map(m => m.attribute),
    )
  for (const input of inputsOf(node)) metricsNodes(input, found)
  return found
}

function inputsOf(node: Resolved): readonly Resolved[] {
  if (node.node === 'setOp') return node.inputs
  if (node.node === 'join') return [node.left, node.right]
  return 'input' in node ? [node.input] : []
}

/** Values of observe(), by its name and the metric's. */
export function observedValues(analyzed: Analyzed, all: readonly Reported[], _timeZone: string): Record<string, Record<string, unknown>> {
  const observed: Record<string, Record<string, unknown>> = {}
  if (!all.some(r => r.fact.kind === 'metrics')) return observed
  const nodes = metricsNodes(analyzed.plan, new Map())
  for (const { fact, value } of all) {
    if (fact.kind !== 'metrics') continue
    const texts = value['v'] as Record<string, string | null>
    observed[fact.name] = Object.fromEntries(
      (nodes.get(fact.name) ?? []).map(a => {
        const text = texts[a.name]
        return [a.name, text === null || text === undefined ? null : reader(a.dataType)(text)]
      }),
    )
  }
  return observed
}
