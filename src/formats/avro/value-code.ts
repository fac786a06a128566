import { MillraceError } from '../../errors/index.ts'
import {
  type AvroEnum,
  type AvroLogical,
  type AvroRecord,
  type AvroSchema,
  type AvroUnion,
  localName,
  nonNull,
  printAvro,
  typeName,
  widerOf,
} from '../../types/index.ts'
import { DefaultCode } from './default-code.ts'
import { branchFor, leastBytes, matches } from './match.ts'
import { checkCount, FAIL, READ_INT, READ_SIZE, SkipCode } from './skip-code.ts'
import { roomFor, type Slot, type Slots } from './slots.ts'

const incompatible = (path: string, why: string): MillraceError => new MillraceError('INCOMPATIBLE_AVRO_SCHEMAS', { path, why })
const shown = (s: AvroSchema): string => (s.type === 'record' || s.type === 'enum' || s.type === 'fixed' ? `${s.type} ${s.name}` : s.type)

/** Logical types of a long that count in millis, and what counts in micros. */
const MILLIS: ReadonlySet<string> = new Set(['timestamp-millis', 'local-timestamp-millis'])
const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'float', 'double'])

/** Writes the code that reads values of a writer's schema, as the reader's schema has them, into columns. */
export class ValueCode {
  readonly skips = new SkipCode()
  readonly constants: unknown[] = []
  readonly #slots: Slots
  readonly #defaults: DefaultCode
  #loops = 0

  constructor(slots: Slots) {
    this.#slots = slots
    this.#defaults = new DefaultCode(slots, this.constants)
  }

  /** Statements that read one value. Throws INCOMPATIBLE_AVRO_SCHEMAS, AVRO_INCOMPATIBLE_TYPE. */
  value(w: AvroSchema, r: AvroSchema, slot: Slot, path: string): string {
    if (slot.shape === 'unread') return this.skips.of(w)
    if (w.type === 'union') return this.#fromUnion(w, r, slot, path)
    if (r.type !== 'union') return this.#plain(w, r, slot, path)
    const k = branchFor(w, r.branches)
    if (k < 0) throw incompatible(path, `no branch of the union takes ${shown(w)}`)
    return this.#intoUnion(w, r, k, slot, path)
  }

  #fromUnion(w: AvroUnion, r: AvroSchema, slot: Slot, path: string): string {
    let some: unknown
    const branches = w.branches.map((b, i) => {
      try {
        if (r.type !== 'union' && !matches(b, r) && !(b.type === 'record' && r.type === 'record'))
          throw incompatible(path, `${shown(b)} is no ${shown(r)}`)
        return `if (x === ${i}) { ${this.value(b, r, slot, path)} }`
      } catch (error) {
        some ??= error
        return undefined
      }
    })
    const taken = branches.filter(b => b !== undefined)
    if (taken.length === 0 && some) throw some
    return `${READ_INT} ${taken.join(' else ')} else ${FAIL}`
  }

  /** A value of branch `k` of a reader's union: nulls aside, one type, a wider one, or a struct with a field for each. */
  #intoUnion(w: AvroSchema, r: AvroUnion, k: number, slot: Slot, path: string): string {
    const branch = r.branches[k]!
    if (branch.type === 'null') return this.#slots.none(slot)
    const others = nonNull(r)
    if (others.length === 1 || widerOf(others)) return this.#plain(w, branch, slot, path)
    if (slot.shape !== 'struct') throw this.#wrongType(r, slot, path)
    const place = others.indexOf(branch)
    const { fields } = slot.type as Extract<Slot['type'], { kind: 'struct' }>
    const at = fields.length === others.length ? place : fields.findIndex(f => f.name === `member${place}`)
    return slot.children
      .map((child, i) => (i === at ? this.#plain(w, branch, child, path) : this.#slots.none(child)))
      .concat(at < 0 ? [this.skips.of(w)] : [])
      .join(' ')
  }

  #wrongType(r: AvroSchema, slot: Slot, path: string): MillraceError {
    return new MillraceError('AVRO_INCOMPATIBLE_TYPE', { path, avro: printAvro(r), type: typeName(slot.type).toUpperCase() })
  }

  #plain(w: AvroSchema, r: AvroSchema, slot: Slot, path: string): string {
    if (slot.shape === 'unread') return this.skips.of(w)
    if (w.type === 'union' || r.type === 'union') return this.value(w, r, slot, path)
    if (w.type === 'record' && r.type === 'record') return this.record(w, r, slot, path).join('\n')
    if (!matches(w, r)) throw incompatible(path, `${shown(w)} is no ${shown(r)}`)
    if (NUMBERS.has(w.type)) return this.#number(w.type, r, slot, path)
    if (w.type === 'array' && r.type === 'array' && slot.type.kind === 'array') return this.#array(w.items, r.items, slot, path)
    if (w.type === 'map' && r.type === 'map' && slot.type.kind === 'map') return this.#map(w.values, r.values, slot, path)
    if (w.type === 'enum' && r.type === 'enum' && slot.type.kind === 'string') return this.#enum(w, r, slot, path)
    if (w.type === 'null' && slot.shape === 'null') return ''
    if (w.type === 'boolean' && slot.shape === 'boolean') return `v${slot.id}[${slot.level.index}] = b[p++] === 1 ? 1 : 0;`
    const length = w.type === 'fixed' ? `x = ${w.size};` : READ_SIZE
    const bytes = w.type === 'fixed' || w.type === 'bytes' || w.type === 'string'
    if (bytes && slot.shape === 'decimal') return this.#decimal(length, r, slot, path)
    const kind = r.type === 'string' ? 'string' : 'binary'
    if (bytes && slot.type.kind === kind) return `${length} if (x < 0 || x > e - p) ${FAIL} ${copy(slot)}`
    throw this.#wrongType(r, slot, path)
  }

  /** One statement list a field, so that large records can be cut into functions. */
  record(w: AvroRecord, r: AvroRecord, slot: Slot, path: string): readonly string[] {
    if (slot.type.kind !== 'struct') throw this.#wrongType(r, slot, path)
    const { fields } = slot.type
    const childOf = (name: string): Slot | undefined => {
      const exact = fields.findIndex(f => f.name === name)
      return slot.children[exact >= 0 ? exact : fields.findIndex(f => f.name.toLowerCase() === name.toLowerCase())]
    }
    const filled = new Set<Slot>()
    const given = new Set<string>()
    const code = w.fields.map(f => {
      const to =
        r.fields.find(g => g.name === f.name) ?? r.fields.find(g => g.aliases.includes(f.name) && !w.fields.some(x => x.name === g.name))
      const child = to && childOf(to.name)
      if (to) given.add(to.name)
      if (!to || !child || filled.has(child)) return this.skips.of(f.schema)
      filled.add(child)
      return this.value(f.schema, to.schema, child, path === '' ? to.name : `${path}.${to.name}`)
    })
    for (const f of r.fields) {
      if (given.has(f.name)) continue
      const inner = path === '' ? f.name : `${path}.${f.name}`
      if (f.default === undefined) throw incompatible(inner, 'writers leave the field out, and it has no default')
      const child = childOf(f.name)
      if (!child || filled.has(child)) continue
      filled.add(child)
      code.push(this.#defaults.value(f.default, f.schema, child, inner))
    }
    // Columns that only the program declares.
    for (const child of slot.children) if (!filled.has(child)) code.push(this.#slots.none(child))
    return code
  }

  #number(w: string, r: AvroSchema, slot: Slot, path: string): string {
    const i = slot.level.index
    const logical = (r as { readonly logical?: AvroLogical }).logical?.name
    const put = `v${slot.id}[${i}]`
    if (w === 'float' || w === 'double') {
      const bytes = w === 'float' ? 4 : 8
      if (slot.shape !== 'double' && !(slot.shape === 'float' && r.type === 'float')) throw this.#wrongType(r, slot, path)
      return `if (p + ${bytes} > e) ${FAIL} ${put} = d.getFloat${8 * bytes}(p, true); p += ${bytes};`
    }
    if (slot.shape === 'int' && r.type === 'int') return `${READ_INT} ${put} = x;`
    if (slot.shape === 'int' && slot.type.kind === 'date' && r.type === 'long')
      return `p = L(b, p, R, 0); ${put} = Math.trunc((R[1] * 4294967296 + (R[0] >>> 0)) / 86400000);`
    if ((slot.shape === 'float' && r.type === 'float') || (slot.shape === 'double' && r.type !== 'long'))
      return `p = L(b, p, R, 0); ${put} = R[1] * 4294967296 + (R[0] >>> 0);`
    if (slot.shape !== 'long' || (r.type !== 'long' && slot.type.kind !== 'long')) throw this.#wrongType(r, slot, path)
    const words = `w${slot.id}`
    const timestamp = slot.type.kind === 'timestamp' || slot.type.kind === 'timestampNtz'
    const millis = timestamp && (logical === undefined || MILLIS.has(logical))
    if (timestamp && logical?.endsWith('nanos')) throw this.#wrongType(r, slot, path)
    const scale = millis ? ` if (!M(${words}, 2 * ${i})) ${FAIL}` : ''
    return `x = b[p++]; if (x > 127) p = L(b, p - 1, ${words}, 2 * ${i}); else { x = (x >>> 1) ^ -(x & 1); ${words}[2 * ${i}] = x; ${words}[2 * ${i} + 1] = x >> 31; }${scale}`
  }

  #decimal(length: string, r: AvroSchema, slot: Slot, path: string): string {
    const { logical } = r as { readonly logical?: AvroLogical }
    if (
      slot.type.kind !== 'decimal' ||
      logical?.name !== 'decimal' ||
      logical.scale !== slot.type.scale ||
      logical.precision > slot.type.precision
    )
      throw this.#wrongType(r, slot, path)
    const i = slot.level.index
    const limit = `${10n ** BigInt(logical.precision)}n`
    return `${length} if (x < 0 || x > e - p) ${FAIL} if (!D(b, p, x, w${slot.id}, 4 * ${i}, ${limit})) ${FAIL} p += x;`
  }

  #enum(w: AvroEnum, r: AvroEnum, slot: Slot, path: string): string {
    const table = w.symbols.map(symbol => (r.symbols.includes(symbol) ? symbol : r.default))
    if (table.every(s => s === undefined) && table.length > 0)
      throw incompatible(path, `the enum ${localName(r.name)} has none of the symbols that are written`)
    const at = this.constants.push(table.map(s => (s === undefined ? null : new TextEncoder().encode(s)))) - 1
    return `${READ_INT} { const h = K[${at}][x]; if (!h) ${FAIL} ${roomFor(slot.id, 'h.length')} u${slot.id} = P(h, v${slot.id}, u${slot.id}); o${slot.id}[${slot.level.index} + 1] = y; }`
  }

  #array(w: AvroSchema, r: AvroSchema, slot: Slot, path: string): string {
    const inner = slot.inner!
    const element = this.value(w, r, slot.children[0]!, `${path}[]`)
    return `${this.#blocks(leastBytes(w), `${inner.index} - o${slot.id}[${slot.level.index}]`, `${this.#slots.grow(inner)} ${element} ${inner.index}++;`)}
      o${slot.id}[${slot.level.index} + 1] = ${inner.index};`
  }

  #map(w: AvroSchema, r: AvroSchema, slot: Slot, path: string): string {
    const inner = slot.inner!
    const [key, value] = slot.children as [Slot, Slot]
    if (key.type.kind !== 'string') throw this.#wrongType(r, slot, path)
    const n = this.#loops++
    const [m, q, dead, t] = [`m${n}`, `q${n}`, `h${n}`, `t${n}`]
    const read = `${this.#slots.grow(inner)} ${READ_SIZE} if (x < 0 || x > e - p) ${FAIL} ${copy(key)} ${this.value(w, r, value, `${path}{}`)} ${inner.index}++;`
    const element = `if (${dead} !== null && ${dead}[${t}++] === 1) { ${this.skips.of({ type: 'string' })} ${this.skips.of(w)} } else { ${read} }`
    // Where a key comes twice, the map is read once more without the values that do not count.
    return `{ const ${m} = ${inner.index}, ${q} = p; let ${dead} = null, ${t} = 0;
      for (;;) { ${this.#blocks(1 + leastBytes(w), `${inner.index} - ${m}`, element)}
        if (${dead} !== null || ${inner.index} - ${m} < 2) break;
        ${dead} = U(v${key.id}, o${key.id}, ${m}, ${inner.index}); if (${dead} === null) break;
        ${this.#slots.undo(inner, m)} ${inner.index} = ${m}; p = ${q}; }
      o${slot.id}[${slot.level.index} + 1] = ${inner.index}; }`
  }

  /** Blocks of elements, each with its count, or minus its count and its size in bytes. */
  #blocks(least: number, already: string, element: string): string {
    const g = `g${this.#loops++}`
    return `for (;;) { ${READ_SIZE} if (x === 0) break; if (x < 0) { let ${g} = -x; ${READ_SIZE} x = ${g}; }
      ${checkCount(least, already)} for (let ${g} = x; ${g} > 0; ${g}--) { ${element} if (p > e) ${FAIL} } }`
  }
}

/** Copies `x` bytes from `p` as the next value: a few by one, the usual four at a time with the last four over them, many by a call. */
function copy(slot: Slot): string {
  const { id } = slot
  return `${roomFor(id, 'x')}
    if (x < 4) for (j = 0; j < x; j++) v${id}[u${id} + j] = b[p + j];
    else if (x < 96) { for (j = 0; j < x - 4; j += 4) t${id}.setInt32(u${id} + j, d.getInt32(p + j)); t${id}.setInt32(y - 4, d.getInt32(p + x - 4)); }
    else v${id}.set(b.subarray(p, p + x), u${id});
    p += x; u${id} = y; o${id}[${slot.level.index} + 1] = y;`
}
