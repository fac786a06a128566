/** An Avro schema with every name resolved: a named type used twice is one object, so a recursive schema is a cycle. */
export type AvroSchema = AvroPrimitive | AvroRecord | AvroEnum | AvroFixed | AvroArray | AvroMap | AvroUnion

export const AVRO_PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type AvroPrimitiveName = (typeof AVRO_PRIMITIVES)[number]

export interface AvroPrimitive {
  readonly type: AvroPrimitiveName
  readonly logical?: AvroLogical
  /** `spark.sql.catalyst.type`: what Spark notes beside a type that Avro does not have (intervals, times). */
  readonly catalyst?: string
}
interface AvroNamed {
  /** With its namespace: `a.b.Name`. */
  readonly name: string
  /** Other full names that a reader's schema takes a writer's type by. */
  readonly aliases: readonly string[]
  readonly doc?: string
}
export interface AvroRecord extends AvroNamed {
  readonly type: 'record'
  readonly fields: readonly AvroField[]
}
export interface AvroField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly schema: AvroSchema
  /** JSON of the default; absent = none. Whole numbers beyond 2^53 are bigint. */
  readonly default?: AvroJson
  readonly doc?: string
}
export interface AvroEnum extends AvroNamed {
  readonly type: 'enum'
  readonly symbols: readonly string[]
  /** What a reader takes for symbols it does not know. */
  readonly default?: string
}
export interface AvroFixed extends AvroNamed {
  readonly type: 'fixed'
  readonly size: number
  readonly logical?: AvroLogical
}
export interface AvroArray {
  readonly type: 'array'
  readonly items: AvroSchema
}
export interface AvroMap {
  readonly type: 'map'
  readonly values: AvroSchema
}
export interface AvroUnion {
  readonly type: 'union'
  readonly branches: readonly AvroSchema[]
}

/** A logical type that stands on a type it fits; others are left out, as the specification has it. */
export type AvroLogical = { readonly name: 'decimal'; readonly precision: number; readonly scale: number } | { readonly name: PlainLogical }
export type PlainLogical =
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'timestamp-nanos'
  | 'local-timestamp-millis'
  | 'local-timestamp-micros'
  | 'local-timestamp-nanos'
  | 'uuid'
  | 'duration'

export type AvroJson = null | boolean | number | bigint | string | readonly AvroJson[] | { readonly [key: string]: AvroJson }

export const isNamed = (s: AvroSchema): s is AvroRecord | AvroEnum | AvroFixed =>
  s.type === 'record' || s.type === 'enum' || s.type === 'fixed'

/** A name without its namespace. */
export const localName = (full: string): string => full.slice(full.lastIndexOf('.') + 1)

/** The branches of a union that are not null; of any other schema the schema alone. */
export const nonNull = (s: AvroSchema): readonly AvroSchema[] => (s.type === 'union' ? s.branches.filter(b => b.type !== 'null') : [s])

/** What tells the branches of a union apart: the type, or the name of a named one. */
export const branchName = (s: AvroSchema): string => (isNamed(s) ? s.name : s.type)
