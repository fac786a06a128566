import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import {
  avroColumns,
  avroEncoder,
  type ColumnFunction,
  namesRegistry,
  type Registries,
  registryColumns,
  registryMessages,
} from '../../../../formats/index.ts'
import { ddlOfAvro, lowerKeys } from '../../../../functions/avro.ts'
import { type AvroOptions, fromAvroType, parseAvro, sparkToAvro } from '../../../../types/index.ts'
import { type FunctionLowering, type HostFunction, type LowerContext, quoteText } from '../context.ts'
import { nameSuffix } from '../datetime/name-suffix.ts'
import { literalArgument, textOf } from './literal-argument.ts'

const optionsOf = (call: TCall): AvroOptions => lowerKeys(call.options)

function columnwise(call: TCall, work: ColumnFunction, prepare?: () => Promise<void>): HostFunction {
  const { dataType: from, nullable } = call.args[0]!
  return {
    name: `mr_${call.fn}_${nameSuffix(JSON.stringify([call.options ?? null, textOf(call, 1) ?? null, from, nullable, call.dataType]))}`,
    args: [from],
    returns: call.dataType,
    call: () => null,
    columns: ([column], length) => work(column!, length),
    ...(prepare && { prepare }),
  }
}

function registryOf(call: TCall, registries: Registries | undefined): ReturnType<Registries['of']> {
  if (!registries) throw new MillraceError('NOT_SUPPORTED', { what: `${call.fn}() with a registry, here` })
  return registries.of(optionsOf(call))
}

/**
 * The function behind a call of from_avro, for those who decode outside of SQL. `fields`: the fields of a struct that are read.
 * With a registry it may throw SchemasNeeded: see `lookingUp`.
 */
export function fromAvroColumns(call: TCall, fields?: ReadonlySet<string>, registries?: Registries): ColumnFunction {
  const made = decoders.get(call) ?? new Map<string, ColumnFunction>()
  decoders.set(call, made)
  const key = fields === undefined ? '' : JSON.stringify([...fields].sort())
  const decode = made.get(key) ?? newDecoder(call, fields, registries)
  made.set(key, decode)
  return decode
}

/** Code that was written for a call and has grown warm is used in every batch. */
const decoders = new WeakMap<TCall, Map<string, ColumnFunction>>()

function newDecoder(call: TCall, fields: ReadonlySet<string> | undefined, registries: Registries | undefined): ColumnFunction {
  const options = optionsOf(call)
  const { writer, reader, mode } = fromAvroType(String(literalArgument(call, 1, 'schema')), options)
  const wanted = { reader, mode, type: call.dataType, ...(fields && { fields }) }
  return namesRegistry(options)
    ? registryColumns({ ...wanted, registry: registryOf(call, registries).registry })
    : avroColumns({ ...wanted, writer })
}

const fromAvro: FunctionLowering = (call, [value], ctx) =>
  `${ctx.host(columnwise(call, fromAvroColumns(call, undefined, ctx.registries)))}(${value})`

function toAvroFunction(call: TCall, ctx: LowerContext): HostFunction {
  const { dataType, nullable } = call.args[0]!
  if (namesRegistry(optionsOf(call))) {
    const { columns, prepare } = registryMessages(registryOf(call, ctx.registries), dataType)
    return columnwise(call, columns, prepare)
  }
  const text = textOf(call, 1)
  return columnwise(call, avroEncoder(dataType, text === undefined ? sparkToAvro(dataType, nullable) : parseAvro(text)))
}

export const avro: Readonly<Record<string, FunctionLowering>> = {
  from_avro: fromAvro,
  to_avro: (call, [value], ctx) => `${ctx.host(toAvroFunction(call, ctx))}(${value})`,
  schema_of_avro: call => quoteText(ddlOfAvro(String(literalArgument(call, 0, 'schema')), optionsOf(call))),
}
