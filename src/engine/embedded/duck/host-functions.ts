import { MillraceError } from '../../../errors/index.ts'
import type { ColumnData } from '../../../types/index.ts'
import type { HostFunction } from '../lower/context.ts'
import { type Connection, type DataChunk, native, type Vector } from './bindings.ts'
import { refusePromise } from './feed.ts'
import { literalColumn, literalReader } from './literal-columns.ts'
import { logicalType } from './logical-type.ts'
import { readVector } from './read-vector.ts'
import type { Thrown } from './thrown.ts'
import { writeVector } from './write-vector.ts'

/** JavaScript functions of one instance. A name is registered once and for all: DuckDB cannot take it back. */
export class HostFunctions {
  readonly #known = new Set<string>()
  readonly #thrown: Thrown

  constructor(thrown: Thrown) {
    this.#thrown = thrown
  }

  register(connection: Connection, fn: HostFunction): void {
    if (this.#known.has(fn.name)) return
    const scalar = native.create_scalar_function()
    native.scalar_function_set_name(scalar, fn.name)
    for (const type of fn.args) native.scalar_function_add_parameter(scalar, logicalType(type))
    native.scalar_function_set_return_type(scalar, logicalType(fn.returns))
    // Nulls are handled here in every case: DuckDB's own way calls the function for null rows too.
    native.scalar_function_set_special_handling(scalar)
    if (fn.volatile) native.scalar_function_set_volatile(scalar)
    native.scalar_function_set_function(scalar, (info, input, output) => {
      try {
        call(fn, input, output)
      } catch (error) {
        native.scalar_function_set_error(info, this.#thrown.mark(error))
      }
    })
    native.register_scalar_function(connection, scalar)
    native.destroy_scalar_function_sync(scalar)
    this.#known.add(fn.name)
  }
}

function call(fn: HostFunction, input: DataChunk, output: Vector): void {
  const count = native.data_chunk_get_size(input)
  const args = fn.args.map((type, i) => readVector(native.data_chunk_get_vector(input, i), type, count))
  const result = fn.columns ? fn.columns(args, count) : rowByRow(fn, args, count)
  refusePromise(result)
  if (result.length !== count) throw new MillraceError('INTERNAL', { what: `"${fn.name}" made ${result.length} values of ${count}` })
  writeVector(output, fn.returns, result, 0, count)
}

function rowByRow(fn: HostFunction, args: readonly ColumnData[], count: number): ColumnData {
  const read = fn.args.map((type, i) => literalReader(args[i]!, type))
  return literalColumn(fn.returns, count, i => {
    const values = read.map(r => r(i))
    if (!fn.nulls && values.includes(null)) return null
    const value = fn.call(...values)
    refusePromise(value)
    return value
  })
}
