import { createHash } from 'node:crypto'
import type { BatchFunction, ScalarFunction, UserFunctions } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import type { Expression } from '../plan/index.ts'
import { type DataType, parseDataType, type RowBatch, type StructType, stringType, type ValueOf } from '../types/index.ts'
import { cast, named } from './build.ts'
import { Column, toExpression } from './column.ts'
import type { AnyColumn, ColumnOrName } from './column-types.ts'

export interface UdfOptions<A extends readonly string[] = readonly string[], D extends string = string> {
  /** Types the arguments are cast to; absent = they come as they are. */
  readonly args?: A
  /** Type of the result, by name or DDL; default string, as in Spark. */
  readonly returns?: D
  readonly name?: string
}
type ArgumentValues<A extends readonly string[]> = { [I in keyof A]: ValueOf<A[I]> | null }
/** A function of one's own, used like any other: `clean(col('STATION'))`. Texts name columns. */
export type Udf<D extends string = string> = ((
  ...columns: readonly ColumnOrName[]
) => Column<string extends D ? any : ValueOf<D>, string, any>) & { readonly scalar: ScalarFunction }

const hashOf = (source: unknown): string => createHash('sha256').update(String(source)).digest('hex').slice(0, 16)

/** Functions made outside a session: registries share them, so that `udf()` needs none. */
const scalars = new Map<string, ScalarFunction>()
let made = 0

/**
 * Makes a function of one's own for use in frames. It is called once a row with the values of its columns (see `Row` values; null for null)
 * and must be synchronous; for async work or whole batches see `frame.mapBatches`.
 *
 * @example
 * const clean = udf((s: string | null) => s?.trim() ?? null, { args: ['string'], returns: 'string' })
 * frame.withColumn('STATION', clean('STATION'))
 */
export function udf<const A extends readonly string[] = readonly string[], const D extends string = 'string'>(
  fn: (...values: string[] extends A ? any[] : ArgumentValues<A>) => unknown,
  options: UdfOptions<A, D> = {},
): Udf<D> {
  if (typeof fn !== 'function') throw new MillraceError('NOT_A_FUNCTION', { what: 'udf' })
  const scalar = scalarOf(fn as (...values: unknown[]) => unknown, options)
  const use = (...columns: readonly ColumnOrName[]): AnyColumn =>
    new Column(
      Object.freeze({
        kind: 'extension',
        name: 'UserFunction',
        id: scalar.id,
        functionName: scalar.name,
        arguments: Object.freeze(
          columns.map((c, i) => typedArgument(typeof c === 'string' ? named(c) : toExpression(c), scalar.args?.[i])),
        ),
        returns: scalar.returns,
        sourceHash: scalar.sourceHash,
      }),
    )
  return Object.assign(use, { scalar })
}

const typedArgument = (e: Expression, type: DataType | undefined): Expression => (type ? cast(e, type) : e)

function scalarOf(call: (...values: unknown[]) => unknown, options: UdfOptions): ScalarFunction {
  const returns: DataType = options.returns ? parseDataType(options.returns) : stringType
  const sourceHash = hashOf(call)
  made += 1
  const scalar: ScalarFunction = Object.freeze({
    id: `udf-${made}-${sourceHash}`,
    name: options.name ?? (call.name || '<lambda>'),
    ...(options.args && { args: Object.freeze(options.args.map(parseDataType)) }),
    returns,
    sourceHash,
    call,
  })
  scalars.set(scalar.id, scalar)
  return scalar
}

/** A session's functions by id, and by name for SQL text. */
export class UserFunctionRegistry implements UserFunctions {
  readonly #named = new Map<string, ScalarFunction>()
  readonly #batches = new Map<string, BatchFunction>()

  scalar(id: string): ScalarFunction | undefined {
    return scalars.get(id)
  }
  named(name: string): ScalarFunction | undefined {
    return this.#named.get(name.toLowerCase())
  }
  batches(id: string): BatchFunction | undefined {
    return this.#batches.get(id)
  }

  /** Makes a function usable in SQL text: `session.udf.register('clean', fn, { returns: 'string' })`, then `expr("clean(STATION)")`. */
  register<const A extends readonly string[] = readonly string[], const D extends string = 'string'>(
    name: string,
    fn: ((...values: string[] extends A ? any[] : ArgumentValues<A>) => unknown) | Udf<D>,
    options: UdfOptions<A, D> = {},
  ): Udf<D> {
    const function_ = 'scalar' in fn ? (fn as Udf<D>) : udf(fn as never, { ...options, name })
    this.#named.set(name.toLowerCase(), function_.scalar)
    return function_ as Udf<D>
  }

  registerBatches(
    source: unknown,
    name: string,
    returns: StructType,
    call: (batch: RowBatch, context: { readonly signal: AbortSignal }) => Promise<RowBatch>,
  ): BatchFunction {
    const sourceHash = hashOf(source)
    made += 1
    const fn: BatchFunction = Object.freeze({ id: `batches-${made}-${sourceHash}`, name, returns, sourceHash, call })
    this.#batches.set(fn.id, fn)
    return fn
  }
}
