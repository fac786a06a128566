import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import {
  type ColumnFunction,
  csvColumns,
  csvTexts,
  type FormatOptions,
  jsonColumns,
  jsonTexts,
  schemaOfCsv,
  schemaOfJson,
} from '../../../../formats/index.ts'
import { arrayType, type DataType, integerType, type StructType, sqlName, stringType } from '../../../../types/index.ts'
import { type FunctionLowering, type HostFunction, type LowerContext, quoteText } from '../context.ts'
import { nameSuffix } from '../datetime/name-suffix.ts'
import { bareText, isObject, readJson, valueAtPath } from '../json/document.ts'
import { formatOptions } from './decoders.ts'
import { literalArgument } from './literal-argument.ts'

/** A function of whole columns, made by `formats/`: the same code reads files. */
function columnwise(call: TCall, from: DataType, make: (options: FormatOptions) => ColumnFunction, ctx: LowerContext): HostFunction {
  const options = formatOptions(call, ctx.timeZone)
  const work = make(options)
  return {
    name: `mr_${call.fn}_${nameSuffix(JSON.stringify([options, from, call.dataType]))}`,
    args: [from],
    returns: call.dataType,
    call: () => null,
    columns: ([column], length) => work(column!, length),
  }
}

const reading =
  (make: (type: DataType, options: FormatOptions, today?: () => number) => ColumnFunction): FunctionLowering =>
  (call, [text], ctx) => {
    if (formatOptions(call, ctx.timeZone).mode?.toLowerCase() === 'dropmalformed') {
      throw new MillraceError('PARSE_MODE_UNSUPPORTED', { func: call.fn, mode: 'DROPMALFORMED' })
    }
    return `${ctx.host(columnwise(call, stringType, o => make(call.dataType, o, ctx.today), ctx))}(${text})`
  }
const writing =
  (make: (type: DataType, options: FormatOptions) => ColumnFunction): FunctionLowering =>
  (call, [value], ctx) => {
    const from = call.args[0]!.dataType
    return `${ctx.host(columnwise(call, from, o => make(from, o), ctx))}(${value})`
  }

const PATH: HostFunction = {
  name: 'mr_json_path',
  args: [stringType, stringType],
  returns: stringType,
  call: (text, path) => valueAtPath(text as string, path as string),
}
const FIELD: HostFunction = {
  name: 'mr_json_field',
  args: [stringType, stringType],
  returns: stringType,
  call: (text, name) => {
    const root = readJson(text as string)
    return isObject(root) && Object.hasOwn(root, name as string) ? bareText(root[name as string]) : null
  },
}
const LENGTH: HostFunction = {
  name: 'mr_json_length',
  args: [stringType],
  returns: integerType,
  call: text => {
    const root = readJson(text as string)
    return Array.isArray(root) ? root.length : null
  },
}
const KEYS: HostFunction = {
  name: 'mr_json_keys',
  args: [stringType],
  returns: arrayType(stringType),
  call: text => {
    const root = readJson(text as string)
    return isObject(root) ? Object.keys(root) : null
  },
}

const schemaFrom =
  (read: (text: string, options: FormatOptions) => DataType): FunctionLowering =>
  (call, _, ctx) =>
    quoteText(sqlName(read(String(literalArgument(call, 0, 'text')), formatOptions(call, ctx.timeZone))))

export const json: Readonly<Record<string, FunctionLowering>> = {
  from_json: reading(jsonColumns),
  to_json: writing(jsonTexts),
  get_json_object: (_, args, ctx) => `${ctx.host(PATH)}(${args.join(', ')})`,
  json_tuple_field: (_, args, ctx) => `${ctx.host(FIELD)}(${args.join(', ')})`,
  json_array_length: (_, args, ctx) => `${ctx.host(LENGTH)}(${args.join(', ')})`,
  json_object_keys: (_, args, ctx) => `${ctx.host(KEYS)}(${args.join(', ')})`,
  schema_of_json: schemaFrom(schemaOfJson),
}
export const csv: Readonly<Record<string, FunctionLowering>> = {
  from_csv: reading((type, ...rest) => csvColumns(type as StructType, ...rest)),
  to_csv: writing((type, options) => csvTexts(type as StructType, options)),
  schema_of_csv: schemaFrom(schemaOfCsv),
}
