import { MillraceError } from '../../errors/index.ts'
import { type AvroJson, type AvroLogical, type AvroSchema, nonNull, widerOf } from '../../types/index.ts'
import { isDefaultOf, isObject } from './match.ts'
import { roomFor, type Slot, type Slots } from './slots.ts'

/** Writes the code that puts a default where writers leave a field out. Values stand in `K`, never in the code. */
export class DefaultCode {
  readonly #slots: Slots
  readonly #constants: unknown[]

  constructor(slots: Slots, constants: unknown[]) {
    this.#slots = slots
    this.#constants = constants
  }

  value(json: AvroJson, s: AvroSchema, slot: Slot, path: string): string {
    if (slot.shape === 'unread') return ''
    if (s.type === 'union') return this.#branch(json, s.branches, nonNull(s), slot, path)
    if (!isDefaultOf(json, s)) throw new MillraceError('INVALID_AVRO_SCHEMA', { why: `the default of "${path}" is no ${s.type}` })
    const i = slot.level.index
    const put = `v${slot.id}[${i}]`
    switch (slot.shape) {
      case 'null':
        return ''
      case 'boolean':
        return `${put} = ${json === true ? 1 : 0};`
      case 'int':
      case 'float':
      case 'double':
        return `${put} = ${Number(json)};`
      case 'long':
        return `${put} = ${scaled(BigInt(json as number), s, slot)}n;`
      case 'decimal':
        return this.#decimal(json as string, slot)
      case 'bytes':
        return this.#bytes(Buffer.from(json as string, s.type === 'bytes' || s.type === 'fixed' ? 'latin1' : 'utf8'), slot)
      case 'list':
        return this.#list(json, s, slot, path)
      case 'struct':
        return this.#record(json, s, slot, path)
    }
  }

  #branch(json: AvroJson, branches: readonly AvroSchema[], others: readonly AvroSchema[], slot: Slot, path: string): string {
    const branch = branches.find(b => isDefaultOf(json, b))
    if (!branch) throw new MillraceError('INVALID_AVRO_SCHEMA', { why: `the default of "${path}" fits no branch of its union` })
    if (branch.type === 'null') return this.#slots.none(slot)
    if (others.length === 1 || widerOf(others)) return this.value(json, branch, slot, path)
    const at = others.indexOf(branch)
    return slot.children.map((c, i) => (i === at ? this.value(json, branch, c, path) : this.#slots.none(c))).join(' ')
  }

  #bytes(bytes: Uint8Array, slot: Slot): string {
    const at = this.#constants.push(new Uint8Array(bytes)) - 1
    const { id } = slot
    return `${roomFor(id, `${bytes.length}`)} u${id} = P(K[${at}], v${id}, u${id}); o${id}[${slot.level.index} + 1] = u${id};`
  }

  #decimal(json: string, slot: Slot): string {
    const bytes = Buffer.from(json, 'latin1')
    const value = bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`))
    const at = `2 * ${slot.level.index}`
    return `v${slot.id}[${at}] = ${BigInt.asIntN(64, value)}n; v${slot.id}[${at} + 1] = ${BigInt.asIntN(64, value >> 64n)}n;`
  }

  #list(json: AvroJson, s: AvroSchema, slot: Slot, path: string): string {
    const inner = slot.inner!
    const parts: string[] = []
    const add = (code: string): void => void parts.push(`${this.#slots.grow(inner)} ${code} ${inner.index}++;`)
    const [first, second] = slot.children as [Slot, Slot]
    if (s.type === 'array') for (const v of json as readonly AvroJson[]) add(this.value(v, s.items, first, path))
    if (s.type === 'map')
      for (const [k, v] of Object.entries(json as object) as [string, AvroJson][])
        add(`${this.#bytes(Buffer.from(k), first)} ${this.value(v, s.values, second, path)}`)
    return `${parts.join(' ')} o${slot.id}[${slot.level.index} + 1] = ${inner.index};`
  }

  #record(json: AvroJson, s: AvroSchema, slot: Slot, path: string): string {
    if (s.type !== 'record' || !isObject(json) || slot.type.kind !== 'struct') return this.#slots.none(slot)
    const { fields } = slot.type
    return slot.children
      .map((child, i) => {
        const f = s.fields.find(x => x.name === fields[i]!.name)
        return f
          ? this.value(Object.hasOwn(json, f.name) ? json[f.name]! : f.default!, f.schema, child, `${path}.${f.name}`)
          : this.#slots.none(child)
      })
      .join(' ')
  }
}

/** Millis as micros, where the column counts in micros. */
function scaled(n: bigint, s: AvroSchema, slot: Slot): bigint {
  const logical = (s as { readonly logical?: AvroLogical }).logical?.name
  const timestamp = slot.type.kind === 'timestamp' || slot.type.kind === 'timestampNtz'
  return timestamp && (logical === undefined || logical.endsWith('millis')) ? n * 1000n : n
}
