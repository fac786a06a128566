import type { ArgumentType, Signature } from '../../functions/function.ts'
import { arrayType, type DataType, mapType, nullType, sameType } from '../../types/index.ts'
import { commonTypeOf } from '../coercion/common-type.ts'
import { accepts, implicitCast } from '../coercion/implicit-cast.ts'

/** The expected type of each of `count` arguments, or undefined where the signature does not take so many. */
export function expectedTypes(signature: Signature, count: number): readonly ArgumentType[] | undefined {
  const { args, variadic, optional = 0 } = signature
  if (!variadic) return count <= args.length && count >= args.length - optional ? args.slice(0, count) : undefined
  const repeat = variadic.repeat ?? 1
  const fixed = args.slice(0, args.length - repeat)
  const rest = count - fixed.length
  if (rest < variadic.min * repeat || rest % repeat !== 0) {
    return variadic.min <= 1 && optional > 0 && count >= args.length - optional && count <= args.length ? args.slice(0, count) : undefined
  }
  return [...fixed, ...Array.from({ length: rest }, (_, i) => args[fixed.length + (i % repeat)]!)]
}

/** `2`, `2 to 3`, `at least 1`, over all signatures: for WRONG_NUM_ARGS. */
export function arity(signatures: readonly Signature[]): string {
  const counts = signatures.map(s => {
    const fixed = s.args.length - (s.variadic ? (s.variadic.repeat ?? 1) : 0)
    const min = s.variadic ? fixed + s.variadic.min * (s.variadic.repeat ?? 1) : s.args.length - (s.optional ?? 0)
    return { min, max: s.variadic ? Number.POSITIVE_INFINITY : s.args.length }
  })
  const min = Math.min(...counts.map(c => c.min))
  const max = Math.max(...counts.map(c => c.max))
  return max === Number.POSITIVE_INFINITY ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`
}

type Tie = { readonly part: 'same' | 'element' | 'key' | 'value'; readonly to: number }
function tieOf(expected: ArgumentType): Tie | undefined {
  if (typeof expected !== 'string') return undefined
  const m = /^(same|element|key|value):(\d+)$/.exec(expected)
  return m ? { part: m[1] as Tie['part'], to: Number(m[2]) } : undefined
}

const partOf = (t: DataType, part: Tie['part']): DataType | undefined => {
  if (part === 'same') return t
  if (t.kind === 'null') return nullType
  if (part === 'element') return t.kind === 'array' ? t.elementType : undefined
  if (t.kind !== 'map') return undefined
  return part === 'key' ? t.keyType : t.valueType
}
const withPart = (t: DataType, part: Tie['part'], inner: DataType): DataType => {
  if (part === 'same') return inner
  if (part === 'element') return arrayType(inner, t.kind === 'array' ? t.containsNull : true)
  if (t.kind !== 'map') return part === 'key' ? mapType(inner, nullType) : mapType(nullType, inner)
  return part === 'key' ? mapType(inner, t.valueType, t.valueContainsNull) : mapType(t.keyType, inner, t.valueContainsNull)
}

/** `undefined` stands for a lambda, whose type is not known yet. */
export type ArgumentTypes = readonly (DataType | undefined)[]

/** Do the arguments fit as they are? A null fits nothing but `any`-like classes and makes the casting pass decide. */
export function fitsExactly(expected: readonly ArgumentType[], types: ArgumentTypes): boolean {
  return expected.every((want, i) => {
    const t = types[i]
    if (!t || want === 'lambda') return !t && want === 'lambda'
    const tie = tieOf(want)
    if (!tie) return accepts(want as never, t)
    const other = types[tie.to] && partOf(types[tie.to]!, tie.part)
    return other !== undefined && sameType(other, t)
  })
}

/** The types the arguments are cast to, or undefined where one cannot be. */
export function castTypes(expected: readonly ArgumentType[], types: ArgumentTypes, widening = false): ArgumentTypes | undefined {
  const result: (DataType | undefined)[] = []
  for (const [i, want] of expected.entries()) {
    const t = types[i]
    if (!t || want === 'lambda') {
      if (t || want !== 'lambda') return undefined
      result.push(undefined)
    } else if (tieOf(want)) result.push(t)
    else {
      const cast = implicitCast(t, want as never, widening)
      if (!cast) return undefined
      result.push(cast)
    }
  }
  return tied(expected, result)
}

/** Widens arguments that belong together to their common type. */
function tied(expected: readonly ArgumentType[], types: (DataType | undefined)[]): ArgumentTypes | undefined {
  const groups = new Map<string, { tie: Tie; members: number[] }>()
  for (const [i, want] of expected.entries()) {
    const tie = tieOf(want)
    if (!tie) continue
    const key = `${tie.part}:${tie.to}`
    groups.set(key, { tie, members: [...(groups.get(key)?.members ?? []), i] })
  }
  for (const { tie, members } of groups.values()) {
    const base = types[tie.to]
    const part = base && partOf(base, tie.part)
    if (!part) return undefined
    const common = commonTypeOf([part, ...members.map(m => types[m]!)])
    if (!common) return undefined
    const wanted = expected[tie.to]!
    if (tie.part === 'same' && !tieOf(wanted) && !accepts(wanted as never, common) && common.kind !== 'null') return undefined
    types[tie.to] = withPart(base, tie.part, common)
    for (const m of members) types[m] = common
  }
  return types
}
