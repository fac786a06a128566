import type { Literal, LiteralValue } from '../../plan/index.ts'
import {
  booleanType,
  type DataType,
  decimalType,
  integerType,
  isIntegral,
  longType,
  nullType,
  sameType,
  stringType,
} from '../../types/index.ts'
import { canCast } from '../coercion/can-cast.ts'
import type { TLiteral, Typed } from '../resolved.ts'

export const typedLiteral = (value: LiteralValue, dataType: DataType): TLiteral => ({
  node: 'literal',
  value,
  dataType,
  nullable: value === null,
})
export const textLiteral = (text: string): TLiteral => typedLiteral(text, stringType)
export const intLiteral = (n: number): TLiteral => typedLiteral(n, integerType)
export const longLiteral = (n: bigint): TLiteral => typedLiteral(n, longType)
export const trueLiteral: TLiteral = typedLiteral(true, booleanType)
export const nullLiteral = (t: DataType = nullType): TLiteral => typedLiteral(null, t)

export function resolveLiteral(e: Literal): TLiteral {
  if (e.dataType.kind === 'decimal' && typeof e.value === 'string' && !(e.dataType.precision > 0))
    return typedLiteral(e.value, decimalOf(e.value))
  return typedLiteral(e.value, e.dataType)
}

function decimalOf(text: string): DataType {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.')
  const digits = whole.replace(/^0+/, '').length
  return decimalType(Math.max(digits + fraction.length, fraction.length, 1), fraction.length)
}

/** A cast that stands in the tree only where it does something; a null literal takes the type itself. */
export function castTo(e: Typed, to: DataType, mode: 'ansi' | 'try' = 'ansi'): Typed {
  if (sameType(e.dataType, to)) return e
  if (e.node === 'literal' && e.value === null) return nullLiteral(to)
  if (e.node === 'literal' && typeof e.value === 'number' && isIntegral(e.dataType)) {
    if (to.kind === 'long') return typedLiteral(BigInt(e.value), to)
    if (to.kind === 'integer' || to.kind === 'double') return typedLiteral(e.value, to)
  }
  return { node: 'cast', expr: e, mode, dataType: to, nullable: e.nullable || mode === 'try' || mayGiveNull(e.dataType, to) }
}

/** Casts that answer null instead of failing, also under ANSI. */
const mayGiveNull = (from: DataType, to: DataType): boolean => from.kind === 'null' || !canCast(from, to)

/** The value of a constant that analysis must know (a duration, a schema, an index); undefined where it is not one. */
export function constantOf(e: Typed): LiteralValue | undefined {
  if (e.node === 'literal') return e.value
  if (e.node === 'cast') {
    const value = constantOf(e.expr)
    return typeof value === 'number' && e.dataType.kind === 'long'
      ? BigInt(value)
      : sameKind(e.expr.dataType, e.dataType)
        ? value
        : undefined
  }
  if (e.node === 'call' && e.fn === 'negative') {
    const value = constantOf(e.args[0]!)
    return typeof value === 'number' || typeof value === 'bigint' ? -value : undefined
  }
  if (e.node === 'call' && (e.fn === 'map' || e.fn === 'array' || e.fn === 'named_struct')) {
    const values = e.args.map(constantOf)
    if (values.some(v => v === undefined)) return undefined
    return e.fn === 'array'
      ? (values as LiteralValue[])
      : e.fn === 'map'
        ? pairs(values as LiteralValue[])
        : (values.filter((_, i) => i % 2 === 1) as LiteralValue[])
  }
  return undefined
}
const sameKind = (a: DataType, b: DataType): boolean => a.kind === b.kind || (isIntegral(a) && isIntegral(b))
const pairs = (values: readonly LiteralValue[]): (readonly [LiteralValue, LiteralValue])[] =>
  Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i]!, values[2 * i + 1]!] as const)
