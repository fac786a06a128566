import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { type DataType, stringType } from '../../../../types/index.ts'
import type { LowerContext } from '../context.ts'
import { duckType } from '../types.ts'
import { literalArgument } from './literal-argument.ts'

/**
 * SQL of the rows a generator makes of one input row: a list of structs with the fields c0, c1, … in the order of the generated columns.
 * A null or empty list makes no row.
 */
export function generatorRows(call: TCall, args: readonly string[], ctx: LowerContext): string {
  const rows = ROWS[call.fn.replace(/_outer$/, '')]
  if (!rows) throw new MillraceError('NOT_SUPPORTED', { what: `the generator "${call.fn}" on the embedded engine` })
  return rows(call, args, ctx)
}

/** One generator row from its columns. */
const row = (columns: readonly string[]): string => `struct_pack(${columns.map((c, i) => `c${i} := ${c}`).join(', ')})`
type Rows = (call: TCall, args: readonly string[], ctx: LowerContext) => string

const exploded =
  (position: boolean): Rows =>
  (call, [x]) => {
    const place = position ? ['CAST(i - 1 AS INTEGER)'] : []
    return call.args[0]!.dataType.kind === 'map'
      ? `list_transform(map_entries(${x}), lambda e, i: ${row([...place, 'e.key', 'e.value'])})`
      : `list_transform(${x}, lambda e, i: ${row([...place, 'e'])})`
  }

const stacked: Rows = (call, args) => {
  const rows = Number(literalArgument(call, 0, 'number of rows'))
  const width = Math.ceil((args.length - 1) / rows)
  const types: DataType[] = Array.from({ length: width }, (_, i) => call.args[1 + i]!.dataType)
  const cell = (r: number, c: number) => `CAST(${args[1 + r * width + c] ?? 'NULL'} AS ${duckType(types[c]!)})`
  return `[${Array.from({ length: rows }, (_, r) => row(types.map((_, c) => cell(r, c)))).join(', ')}]`
}

const inlined: Rows = (call, [x]) => {
  const type = call.args[0]!.dataType
  const fields = type.kind === 'array' && type.elementType.kind === 'struct' ? type.elementType.fields : []
  return `list_transform(${x}, lambda e: ${row(fields.map((_, i) => `struct_extract_at(e, ${i + 1})`))})`
}

const jsonFields: Rows = (call, args, ctx) => {
  const text = call.args[0]!
  const fields = call.args.slice(1)
  const get = (i: number) =>
    ctx.lower({ node: 'call', fn: 'json_tuple_field', args: [text, fields[i]!], dataType: stringType, nullable: true })
  return `[${row(args.slice(1).map((_, i) => get(i)))}]`
}

const ROWS: Readonly<Record<string, Rows>> = {
  explode: exploded(false),
  posexplode: exploded(true),
  inline: inlined,
  stack: stacked,
  json_tuple: jsonFields,
}
