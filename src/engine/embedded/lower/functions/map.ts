import { MillraceError } from '../../../../errors/index.ts'
import { type DataType, mapType, type StructType, stringType } from '../../../../types/index.ts'
import type { FunctionLowering, HostFunction } from '../context.ts'
import { packStruct } from '../literal.ts'
import { once, onceEach } from '../once.ts'
import { duckType } from '../types.ts'
import { Regex } from './java-matcher.ts'

const sides = (t: DataType): { key: string; value: string } =>
  t.kind === 'map' ? { key: duckType(t.keyType), value: duckType(t.valueType) } : { key: 'VARCHAR', value: 'VARCHAR' }
const bothThere = (args: readonly string[], sql: string): string =>
  `CASE WHEN ${args.map(a => `${a} IS NOT NULL`).join(' AND ')} THEN ${sql} END`

/** Entries by text: both delimiters are regular expressions, as in Spark. */
const STR_TO_MAP: HostFunction = {
  name: 'mr_str_to_map',
  args: [stringType, stringType, stringType],
  returns: mapType(stringType, stringType),
  call: (text, between, within) => {
    const seen = new Set<string>()
    return Regex.split(text as string, between as string, -1).map(entry => {
      const [key = '', ...rest] = Regex.split(entry, within as string, 2)
      if (seen.has(key)) throw new MillraceError('DUPLICATED_MAP_KEY', { key })
      seen.add(key)
      return [key, rest[0] ?? null] as const
    })
  },
}

export const map: Readonly<Record<string, FunctionLowering>> = {
  map: (call, args) => {
    const { key, value } = sides(call.dataType)
    const every = (rest: number) => args.filter((_, i) => i % 2 === rest).join(', ')
    return `map(CAST([${every(0)}] AS ${key}[]), CAST([${every(1)}] AS ${value}[]))`
  },
  map_concat: (call, args) => {
    const { key, value } = sides(call.dataType)
    if (args.length === 0) return `map(CAST([] AS ${key}[]), CAST([] AS ${value}[]))`
    return onceEach(args, (...maps) => bothThere(maps, `map_from_entries(list_concat(${maps.map(m => `map_entries(${m})`).join(', ')}))`))
  },
  map_contains_key: (_, [m, k]) => bothThere([m!, k!], `map_contains(${m}, ${k})`),
  map_entries: (_, [m]) => `map_entries(${m})`,
  map_from_arrays: (_, args) => onceEach(args, (k, v) => bothThere([k!, v!], `map(${k}, ${v})`)),
  map_from_entries: (call, [a]) =>
    once(a!, l => `CASE WHEN len(${l}) = list_count(${l}) THEN CAST(map_from_entries(${l}) AS ${duckType(call.dataType)}) END`),
  map_keys: (_, [m]) => `map_keys(${m})`,
  map_values: (_, [m]) => `map_values(${m})`,
  str_to_map: (_, [text, between, within], ctx) => `${ctx.host(STR_TO_MAP)}(${text}, ${between ?? `','`}, ${within ?? `':'`})`,
}

export const struct: Readonly<Record<string, FunctionLowering>> = {
  named_struct: (call, args) =>
    packStruct(
      args.filter((_, i) => i % 2 === 1),
      call.dataType as StructType,
    ),
  struct: (call, args) => packStruct(args, call.dataType as StructType),
}
