import type { RSource, Typed } from '../../analyze/resolved.ts'
import type { ScanFilter } from '../../connectors/contract.ts'
import { type DataType, dateText } from '../../types/index.ts'

const TESTS: Readonly<Record<string, ScanFilter['test']>> = { '==': '=', '=': '=', '<': '<', '<=': '<=', '>': '>', '>=': '>=', in: 'in' }
/** The test with its sides changed. */
const TURNED: Readonly<Partial<Record<ScanFilter['test'], ScanFilter['test']>>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
const WHOLE = new Set<DataType['kind']>(['byte', 'short', 'integer', 'long'])

/** What a scan's conditions say to a source that may leave out files: those on one column and constants. */
export const scanFilters = (node: RSource): readonly ScanFilter[] => (node.hints ?? []).flatMap(hint => filterOf(hint, node) ?? [])

function filterOf(hint: Typed, node: RSource): ScanFilter | undefined {
  if (hint.node !== 'call') return undefined
  const [first, ...rest] = hint.args
  if (hint.fn === 'isnull' || hint.fn === 'isnotnull') {
    const column = first && columnOf(first, node)
    return column && { ...column, test: hint.fn === 'isnull' ? 'isNull' : 'isNotNull', values: [] }
  }
  const test = TESTS[hint.fn]
  if (!test || !first || rest.length === 0) return undefined
  const column = columnOf(first, node)
  if (column) return withValues(column, test, rest)
  const turned = TURNED[test]
  const other = columnOf(rest[0]!, node)
  return turned && other && withValues(other, turned, [first])
}

type Column = Pick<ScanFilter, 'column' | 'dataType'>

function withValues(column: Column, test: ScanFilter['test'], literals: readonly Typed[]): ScanFilter | undefined {
  const values = literals.map(textOf)
  return values.every(v => v !== undefined) ? { ...column, test, values } : undefined
}

/** A column of the source, or a field in one; whole numbers may be widened on the way. */
function columnOf(e: Typed, node: RSource): Column | undefined {
  if (e.node === 'cast' && WHOLE.has(e.dataType.kind) && WHOLE.has(e.expr.dataType.kind)) return columnOf(e.expr, node)
  if (e.node === 'getField' && e.child.dataType.kind === 'struct') {
    const above = columnOf(e.child, node)
    const field = e.child.dataType.fields[e.ordinal]
    return above && field && { column: [...above.column, field.name], dataType: e.dataType }
  }
  if (e.node !== 'attribute') return undefined
  const at = node.output.findIndex(a => a.id === e.id)
  return at < 0 ? undefined : { column: [node.schema.fields[at]!.name], dataType: node.schema.fields[at]!.dataType }
}

function textOf(e: Typed): string | undefined {
  if (e.node === 'cast' && WHOLE.has(e.dataType.kind) && WHOLE.has(e.expr.dataType.kind)) return textOf(e.expr)
  if (e.node !== 'literal' || e.value === null) return undefined
  const { value, dataType } = e
  if (dataType.kind === 'date' && typeof value === 'number') return dateText(value)
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) && !TEMPORAL.has(dataType.kind) ? String(value) : undefined
}
const TEMPORAL = new Set<DataType['kind']>(['timestamp', 'timestampNtz', 'dayTimeInterval', 'yearMonthInterval', 'time'])
