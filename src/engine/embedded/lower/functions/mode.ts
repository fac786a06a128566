import type { TCall } from '../../../../analyze/resolved.ts'
import type { LiteralValue } from '../../../../plan/index.ts'
import { arrayType, type DataType } from '../../../../types/index.ts'
import type { HostFunction, LowerContext } from '../context.ts'
import { once } from '../once.ts'
import { literalOf } from './literal-argument.ts'
import { MURMUR3 } from './murmur3.ts'
import { typeTag } from './type-tag.ts'

const utf8 = new TextEncoder()
const scratch = new DataView(new ArrayBuffer(8))
const ofLong = (n: bigint): number => Number(BigInt.asIntN(32, n ^ (n >> 32n)))
function ofDouble(x: number): number {
  scratch.setFloat64(0, x)
  return scratch.getInt32(0) ^ scratch.getInt32(4)
}
function ofFloat(x: number): number {
  scratch.setFloat32(0, x)
  return scratch.getInt32(0)
}
const asInt = (v: LiteralValue): number => Number(v) | 0
const asLong = (v: LiteralValue): number => ofLong(BigInt(v as bigint))
const asText = (v: LiteralValue): number => MURMUR3.bytes(utf8.encode(String(v)), 42)
/** `hashCode` of Spark's values in the JVM; for other types the order of equally frequent values is that of the rows. */
const HASH_CODES: Partial<Record<DataType['kind'], (v: LiteralValue) => number>> = {
  boolean: v => (v ? 1231 : 1237),
  byte: asInt,
  short: asInt,
  integer: asInt,
  date: asInt,
  yearMonthInterval: asInt,
  long: asLong,
  timestamp: asLong,
  timestampNtz: asLong,
  dayTimeInterval: asLong,
  time: asLong,
  float: v => ofFloat(v as number),
  double: v => ofDouble(v as number),
  string: asText,
  varChar: asText,
  char: asText,
}

/** The order in which Spark's OpenHashMap gives keys back: open addressing by triangular steps, doubled when more than 70 % full. */
export function mapOrder<K>(keys: readonly K[], hashCode: (key: K) => number): K[] {
  let slots: (K | undefined)[] = new Array(64)
  const put = (into: (K | undefined)[], key: K): void => {
    let at = MURMUR3.int(hashCode(key), 0) & (into.length - 1)
    for (let step = 1; into[at] !== undefined; step++) at = (at + step) & (into.length - 1)
    into[at] = key
  }
  for (const [i, key] of keys.entries()) {
    put(slots, key)
    if (i + 1 <= Math.floor(0.7 * slots.length)) continue
    const wider = new Array(2 * slots.length)
    for (const k of slots) if (k !== undefined) put(wider, k)
    slots = wider
  }
  return slots.filter(k => k !== undefined)
}

const keyOf = (v: LiteralValue): unknown => (typeof v === 'object' ? JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? `${x}n` : x)) : v)

/** The most frequent values, in the order in which Spark comes to them: its map is written out and read in twice before it is asked. */
export function modesOf(values: readonly LiteralValue[], type: DataType): LiteralValue[] {
  const counts = new Map<unknown, { readonly value: LiteralValue; n: number }>()
  for (const value of values) {
    const known = counts.get(keyOf(value))
    if (known) known.n++
    else counts.set(keyOf(value), { value, n: 1 })
  }
  const most = [...counts.values()].reduce((n, c) => Math.max(n, c.n), 0)
  const hash = HASH_CODES[type.kind]
  let order = [...counts.values()]
  if (hash) for (let i = 0; i < 3; i++) order = mapOrder(order, c => hash(c.value))
  return order.filter(c => c.n === most).map(c => c.value)
}

/** SQL of the most frequent value of a list; of several the first in Spark's map, or the least or greatest where the call says so. */
export function modeOf(call: TCall, list: string, ctx: LowerContext): string {
  const type = call.args[0]!.dataType
  const fn: HostFunction = {
    name: `mr_modes_${typeTag(type)}`,
    args: [arrayType(type)],
    returns: arrayType(type),
    call: values => modesOf(values as LiteralValue[], type),
  }
  const modes = `${ctx.host(fn)}(${list})`
  const ascending = call.orderBy?.[0]?.ascending ?? (literalOf(call.args[1]) === true || undefined)
  return ascending === undefined ? once(modes, m => `${m}[1]`) : `${ascending ? 'list_min' : 'list_max'}(${modes})`
}
