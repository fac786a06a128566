import { MillraceError } from '../../errors/index.ts'
import type { Drop, Expression, ToDf, ToSchema, WithColumns, WithColumnsRenamed } from '../../plan/index.ts'
import { type DataType, type Field, type StructType, sqlName } from '../../types/index.ts'
import { canCast } from '../coercion/can-cast.ts'
import { getField } from '../expressions/extract.ts'
import { castTo, nullLiteral } from '../expressions/literal.ts'
import { parseAttributeName, sameName } from '../expressions/names.ts'
import { scopeOf } from '../expressions/resolve.ts'
import { findColumn } from '../expressions/scope.ts'
import { makeStruct } from '../expressions/special.ts'
import type { Analysis, Frame } from '../frame.ts'
import { reference } from '../ids.ts'
import { distinctIds, named, only, project } from '../nodes.ts'
import type { Attribute, Named, Typed } from '../resolved.ts'
import { type Item, resolveList } from './items.ts'
import { withHidden } from './missing.ts'
import { select } from './select.ts'

const asItem = (c: Attribute): Item => ({ name: c.name, expr: reference(c), from: c })

/** Replaces columns of the same name in place, adds the others at the end; all are computed from the input. */
export function analyzeWithColumns(r: WithColumns, a: Analysis): Frame {
  const input = a.frame(r.input)
  const { frame, scope } = withHidden(input, scopeOf(a.env, 'withColumn', input))
  const items = resolveList(r.aliases, scope)
  const twice = items.find((x, i) => items.some((y, j) => j < i && sameName(x.name, y.name)))
  if (twice) throw new MillraceError('COLUMN_ALREADY_EXISTS', { name: twice.name })
  const columns = input.plan.output
  const list = [
    ...columns.map(c => items.find(i => sameName(i.name, c.name)) ?? asItem(c)),
    ...items.filter(i => !columns.some(c => sameName(i.name, c.name))),
  ]
  return { plan: select(frame.plan, list), planIds: input.planIds, below: input }
}

export function analyzeRenamed(r: WithColumnsRenamed, a: Analysis): Frame {
  const input = a.frame(r.input)
  const renames = r.renames?.map(x => [x.colName, x.newColName] as const) ?? Object.entries(r.renameColumnsMap ?? {})
  const columns = input.plan.output.map(c => {
    const name = renames.reduce((n, [from, to]) => (sameName(n, from) ? to : n), c.name)
    return named(name, reference(c), c)
  })
  return { plan: project(input.plan, columns), planIds: input.planIds }
}

export function analyzeToDf(r: ToDf, a: Analysis): Frame {
  const input = a.frame(r.input)
  const columns = input.plan.output
  if (columns.length !== r.columnNames.length)
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', { names: r.columnNames.length, columns: columns.length })
  return {
    plan: project(
      input.plan,
      columns.map((c, i) => named(r.columnNames[i]!, reference(c), c)),
    ),
    planIds: input.planIds,
  }
}

/** Names that are not there are left alone, as in Spark; by name every column of the name goes. */
export function analyzeDrop(r: Drop, a: Analysis): Frame {
  const input = a.frame(r.input)
  const scope = scopeOf(a.env, 'drop', input)
  const gone = new Set<number>()
  for (const name of r.columnNames ?? []) for (const c of scope.columns) if (sameName(c.name, name)) gone.add(c.id)
  for (const e of r.columns ?? []) {
    const id = dropped(e)
    if (id !== undefined) gone.add(id)
  }
  const plan = only(
    input.plan,
    scope.columns.filter(c => !gone.has(c.id)),
  )
  return { plan, planIds: input.planIds, ...(plan === input.plan ? {} : { below: input }) }

  function dropped(e: Expression): number | undefined {
    if (e.kind !== 'unresolvedAttribute') throw new MillraceError('PARSE_NOT_HERE', { what: 'an expression', where: 'drop' })
    try {
      const found = findColumn(parseAttributeName(e.unparsedIdentifier), scope, e.planId)
      return found.fields.length === 0 ? found.attribute.id : undefined
    } catch (error) {
      if (error instanceof MillraceError && ['UNRESOLVED_COLUMN', 'CANNOT_RESOLVE_DATAFRAME_COLUMN'].includes(error.condition))
        return undefined
      throw error
    }
  }
}

/** `to(schema)`: columns by name in the schema's order, cast where stored values fit; a nullable one that is not there is null. */
export function analyzeToSchema(r: ToSchema, a: Analysis): Frame {
  const input = a.frame(r.input)
  const target = r.schema
  if (target.kind !== 'struct') throw new MillraceError('INVALID_SCHEMA', { text: sqlName(target) })
  const columns = target.fields.map((f): Named => {
    const hits = input.plan.output.filter(c => sameName(c.name, f.name))
    if (hits.length > 1) throw new MillraceError('AMBIGUOUS_REFERENCE', { name: f.name, candidates: hits.map(h => h.name) })
    const hit = hits[0]
    return hit ? named(f.name, reconciled(reference(hit), f.dataType, f.name), hit) : named(f.name, missing(f, input.plan.output))
  })
  return { plan: project(input.plan, distinctIds(columns)), planIds: input.planIds }
}

function missing(f: Field, columns: readonly Attribute[]): Typed {
  if (!f.nullable) throw new MillraceError('UNRESOLVED_COLUMN', { name: f.name, known: columns.map(c => c.name) })
  return nullLiteral(f.dataType)
}

function reconciled(e: Typed, to: DataType, name: string): Typed {
  if (e.dataType.kind === 'struct' && to.kind === 'struct') return structTo(e, to, name)
  if (!canCast(e.dataType, to))
    throw new MillraceError('INCOMPATIBLE_COLUMN_TYPE', { operator: 'to()', column: name, left: sqlName(e.dataType), right: sqlName(to) })
  return castTo(e, to)
}

function structTo(e: Typed, to: StructType, name: string): Typed {
  const from = e.dataType as StructType
  const same = from.fields.length === to.fields.length && from.fields.every((f, i) => sameName(f.name, to.fields[i]!.name))
  if (same) return castTo(e, to)
  return makeStruct(
    to.fields.map(f => ({
      name: f.name,
      value: from.fields.some(x => sameName(x.name, f.name))
        ? reconciled(getField(e, f.name), f.dataType, `${name}.${f.name}`)
        : missing(f, []),
    })),
  )
}
