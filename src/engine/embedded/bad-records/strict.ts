import type { Analyzed, Resolved, TCall, Typed } from '../../../analyze/resolved.ts'
import { inputsOf, replaceTop, walk, withInputs } from '../../../analyze/tree.ts'
import { hasBadRecords } from '../../../connectors/bad-records.ts'

const PARSERS: ReadonlySet<string> = new Set(['from_json', 'from_csv', 'from_avro'])
/** Above these a row is no row of a source any more. */
const MIXED: ReadonlySet<string> = new Set(['aggregate', 'deduplicate', 'limit', 'mapBatches', 'sort', 'over', 'sample'])

/**
 * The plan as a stream with `badRecords` runs it: parsers over the rows of such a source fail where they would give null, so that the row can be set
 * aside. Above an aggregation they stay as they are: there is no record any more that could be.
 */
export function strictParsers(analyzed: Analyzed): Analyzed {
  const plan = strictBelow(analyzed.plan)
  return plan === analyzed.plan ? analyzed : { ...analyzed, plan }
}

function strictBelow(node: Resolved): Resolved {
  const inputs = inputsOf(node).map(strictBelow)
  const built = withInputs(node, inputs)
  return ofRows(node) ? withExpressions(built) : built
}

const ofRows = (node: Resolved): boolean => {
  const below = inputsOf(node).flatMap(input => [...walk(input)])
  return (
    below.some(n => n.node === 'source' && n.sourceIndex !== undefined && hasBadRecords(n.options)) && !below.some(n => MIXED.has(n.node))
  )
}

function strict(e: Typed): Typed {
  return replaceTop(e, x => {
    if (x.node !== 'call' || !PARSERS.has(x.fn)) return undefined
    const options = Object.entries(x.options ?? {}).filter(([name]) => name.toLowerCase() !== 'mode')
    const made: TCall = { ...x, args: x.args.map(strict), options: { ...Object.fromEntries(options), mode: 'FAILFAST' } }
    return made
  })
}

const isTyped = (value: object): value is Typed => 'node' in value && 'dataType' in value && 'nullable' in value
const NOT_EXPRESSIONS: ReadonlySet<string> = new Set(['input', 'inputs', 'left', 'right', 'output'])

/** Every expression of one node through `strict`, whatever the node calls it. */
function withExpressions(node: Resolved): Resolved {
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      const made = value.map(visit)
      return made.every((m, i) => m === value[i]) ? value : made
    }
    if (isTyped(value)) return strict(value)
    const entries = Object.entries(value).map(([k, v]) => [k, visit(v)] as const)
    return entries.every(([k, v]) => v === (value as Record<string, unknown>)[k]) ? value : Object.fromEntries(entries)
  }
  return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, NOT_EXPRESSIONS.has(k) ? v : visit(v)])) as unknown as Resolved
}

/** The expressions of one node, outermost ones only. */
export function expressionsOf(node: Resolved): readonly Typed[] {
  const found: Typed[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) value.forEach(visit)
    else if (isTyped(value)) found.push(value)
    else Object.values(value).forEach(visit)
  }
  for (const [key, value] of Object.entries(node)) if (!NOT_EXPRESSIONS.has(key)) visit(value)
  return found
}
