import type { TCall } from '../../../../analyze/resolved.ts'
import { avroColumns, avroEncoder, type ColumnFunction } from '../../../../formats/index.ts'
import { ddlOfAvro, lowerKeys } from '../../../../functions/avro.ts'
import { type AvroOptions, fromAvroType, parseAvro, sparkToAvro } from '../../../../types/index.ts'
import { type FunctionLowering, type HostFunction, quoteText } from '../context.ts'
import { nameSuffix } from '../datetime/name-suffix.ts'
import { literalArgument, textOf } from './literal-argument.ts'

const optionsOf = (call: TCall): AvroOptions => lowerKeys(call.options)

function columnwise(call: TCall, make: () => ColumnFunction): HostFunction {
  const from = call.args[0]!.dataType
  const work = make()
  return {
    name: `mr_${call.fn}_${nameSuffix(JSON.stringify([call.options ?? null, textOf(call, 1) ?? null, from, call.args[0]!.nullable, call.dataType]))}`,
    args: [from],
    returns: call.dataType,
    call: () => null,
    columns: ([column], length) => work(column!, length),
  }
}

/** The function behind a call of from_avro, for those who decode outside of SQL. `fields`: the fields of a struct that are read. */
export function fromAvroColumns(call: TCall, fields?: ReadonlySet<string>): ColumnFunction {
  const { writer, reader, mode } = fromAvroType(String(literalArgument(call, 1, 'schema')), optionsOf(call))
  return avroColumns({ writer, reader, mode, type: call.dataType, ...(fields && { fields }) })
}

const fromAvro: FunctionLowering = (call, [value], ctx) => `${ctx.host(columnwise(call, () => fromAvroColumns(call)))}(${value})`

const toAvro: FunctionLowering = (call, [value], ctx) => {
  const { dataType, nullable } = call.args[0]!
  const text = call.args.length > 1 ? String(literalArgument(call, 1, 'schema')) : undefined
  const schema = text === undefined ? sparkToAvro(dataType, nullable) : parseAvro(text)
  return `${ctx.host(columnwise(call, () => avroEncoder(dataType, schema)))}(${value})`
}

export const avro: Readonly<Record<string, FunctionLowering>> = {
  from_avro: fromAvro,
  to_avro: toAvro,
  schema_of_avro: call => quoteText(ddlOfAvro(String(literalArgument(call, 0, 'schema')), optionsOf(call))),
}
