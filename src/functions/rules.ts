import { type ArrayType, arrayType, type DataType, field, type MapType, nullType, type StructType, structType } from '../types/index.ts'
import type { ArgumentType, FunctionSpec, ResultRule, Signature } from './function.ts'

/** Short words for writing rows of the function table. */
export function sig(args: readonly ArgumentType[], returns: ResultRule, rest: Omit<Signature, 'args' | 'returns'> = {}): Signature {
  return { args, returns, ...rest }
}

type Rest = Partial<Omit<FunctionSpec, 'name' | 'signatures' | 'doc' | 'examples' | 'group'>>
export type Row = readonly [
  name: string,
  signatures: readonly Signature[] | Signature,
  doc: string,
  examples: readonly string[],
  rest?: Rest,
]

/** The rows of one group, frozen. */
export function group(name: string, kind: FunctionSpec['kind'], rows: readonly Row[]): readonly FunctionSpec[] {
  return Object.freeze(
    rows.map(([fn, signatures, doc, examples, rest]) =>
      Object.freeze({
        name: fn,
        kind,
        group: name,
        signatures: 'args' in signatures ? [signatures] : signatures,
        doc,
        examples,
        ...rest,
      }),
    ),
  )
}

// Result rules -----------------------------------------------------------------------------------------------------------------------

/** The type of argument `i`. */
export const arg =
  (i: number): ResultRule =>
  args =>
    args[i] ?? nullType

/** The element type of an array, `null` type for an untyped null. */
export const elementTypeOf = (t: DataType | undefined): DataType => (t?.kind === 'array' ? (t as ArrayType).elementType : nullType)
export const keyTypeOf = (t: DataType | undefined): DataType => (t?.kind === 'map' ? (t as MapType).keyType : nullType)
export const valueTypeOf = (t: DataType | undefined): DataType => (t?.kind === 'map' ? (t as MapType).valueType : nullType)
export const entryTypeOf = (t: DataType | undefined): StructType =>
  structType([
    field('key', keyTypeOf(t), false),
    field('value', valueTypeOf(t), t?.kind === 'map' ? (t as MapType).valueContainsNull : true),
  ])

export const element =
  (i: number): ResultRule =>
  args =>
    elementTypeOf(args[i])

/** An array of the type of argument `i`. */
export const arrayOf =
  (i: number, containsNull = true): ResultRule =>
  args =>
    arrayType(args[i] ?? nullType, containsNull)
