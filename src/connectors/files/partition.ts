import type { FileStat } from '../../platform/index.ts'
import {
  type DataType,
  dateType,
  doubleType,
  type Field,
  field,
  integerType,
  longType,
  readDateTime,
  stringType,
  timestampType,
} from '../../types/index.ts'

/** Hive's name for a null partition value. */
const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

const unescapeName = (text: string): string =>
  text.replace(/%([0-9a-fA-F]{2})/g, (_, h: string) => String.fromCharCode(Number.parseInt(h, 16)))

/** A directory `col=value`; undefined for others. */
export function partitionOf(name: string): { readonly column: string; readonly value: string | null } | undefined {
  const at = name.indexOf('=')
  if (at <= 0) return undefined
  const value = unescapeName(name.slice(at + 1))
  return { column: unescapeName(name.slice(0, at)), value: value === DEFAULT_PARTITION ? null : value }
}

/** A file that was found, with the values its directories name. */
export interface FoundFile extends FileStat {
  readonly partition: Readonly<Record<string, string | null>>
  /** On object stores: changes with the bytes. */
  readonly etag?: string
  /** What a person calls it, where `path` is a copy. */
  readonly name?: string
  /** A file sink's log says it is there. */
  readonly logged?: true
}

const INTEGER = /^[+-]?\d+$/
const isInt = (t: string): boolean => INTEGER.test(t) && Math.abs(Number(t)) <= 2_147_483_647
const isLong = (t: string): boolean => INTEGER.test(t) && BigInt(t) >= -(2n ** 63n) && BigInt(t) < 2n ** 63n
const isDouble = (t: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(t)
const isDate = (t: string): boolean => /^\d{4}-\d\d?-\d\d?$/.test(t) && readDateTime(t) !== undefined
const isTimestamp = (t: string): boolean => t.includes(':') && readDateTime(t) !== undefined

/** The narrowest of Spark's partition types that holds every value. */
function typeOf(values: readonly string[]): DataType {
  if (values.length === 0) return stringType
  const every = (test: (t: string) => boolean) => values.every(test)
  if (every(isInt)) return integerType
  if (every(isLong)) return longType
  if (every(isDouble)) return doubleType
  if (every(isDate)) return dateType
  return every(t => isDate(t) || isTimestamp(t)) ? timestampType : stringType
}

/** The partition columns of the files found, in the order of the directories; types as Spark infers them, or string when `infer` is off. */
export function partitionColumns(files: Iterable<FoundFile>, infer: boolean): readonly Field[] {
  const values = new Map<string, Set<string>>()
  for (const file of files) {
    for (const [column, value] of Object.entries(file.partition)) {
      const seen = values.get(column) ?? new Set()
      if (value !== null) seen.add(value)
      values.set(column, seen)
    }
  }
  return [...values].map(([name, seen]) => field(name, infer ? typeOf([...seen]) : stringType))
}

/** The values that a path's directories give these columns; undefined without partition columns. */
export function partitionValues(path: string, columns: readonly string[]): Readonly<Record<string, string | null>> | undefined {
  if (columns.length === 0) return undefined
  const found = new Map(
    path.split('/').flatMap(name => {
      const p = partitionOf(name)
      return p ? [[p.column.toLowerCase(), p.value] as const] : []
    }),
  )
  return Object.fromEntries(columns.map(c => [c, found.get(c.toLowerCase()) ?? null]))
}
