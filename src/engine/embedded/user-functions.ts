import type { TUserFunction } from '../../analyze/resolved.ts'
import { MillraceError } from '../../errors/index.ts'
import { type ColumnData, columnBuilder, columnReader } from '../../types/index.ts'
import type { BatchFunction, ScalarFunction, UserFunctions } from '../contract.ts'
import type { HostFunction } from './lower/context.ts'

/** A person's scalar function for DuckDB: it sees the values of a row as `rows()` would show them. */
export function hostFunctionOf(expr: TUserFunction, functions: UserFunctions): HostFunction {
  const fn = functions.scalar(expr.id)
  if (!fn) throw new MillraceError('INTERNAL', { what: `the function "${expr.name}" is not in the session's registry` })
  const args = expr.args.map(a => a.dataType)
  return {
    name: `udf_${expr.id.replaceAll(/\W/g, '_')}_${signature(expr)}`,
    args,
    returns: expr.dataType,
    nulls: true,
    call: () => null,
    columns: (columns, length) => {
      const read = columns.map((c, i) => columnReader(c, args[i]!))
      return built(fn, expr, length, i => fn.call(...read.map(r => r(i))))
    },
  }
}

const signature = (expr: TUserFunction): string => expr.args.map(a => a.dataType.kind.toLowerCase()).join('_')

function called<T>(name: string, call: () => T): T {
  try {
    return call()
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    throw new MillraceError('FAILED_EXECUTE_UDF', { function: name, reason: reasonOf(cause) }, { cause })
  }
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause))

function built(fn: ScalarFunction, expr: TUserFunction, length: number, value: (i: number) => unknown): ColumnData {
  const builder = columnBuilder(expr.dataType)
  for (let i = 0; i < length; i++) {
    const v = called(fn.name, () => value(i))
    if (v === null || v === undefined) builder.appendNull()
    else if (typeof (v as { then?: unknown }).then === 'function') throw new MillraceError('FUNCTION_MUST_NOT_AWAIT', { function: fn.name })
    else builder.append(v)
  }
  return builder.finish()
}

export function batchFunctionOf(id: string, functions: UserFunctions): BatchFunction['call'] {
  const fn = functions.batches(id)
  if (!fn) throw new MillraceError('INTERNAL', { what: `the function "${id}" is not in the session's registry` })
  return async (batch, context) => {
    try {
      return await fn.call(batch, context)
    } catch (cause) {
      if (context.signal.aborted || cause instanceof MillraceError) throw cause
      // With a detail of its own: no row is looked for, the function got them all at once.
      const details = [`called with ${batch.length} rows of ${batch.schema.fields.map(f => f.name).join(', ')}`]
      throw new MillraceError('MAP_BATCHES_FUNCTION_ERROR', { function: fn.name, reason: reasonOf(cause) }, { cause, details })
    }
  }
}
