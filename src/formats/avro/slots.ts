import type { DataType } from '../../types/index.ts'

/** How a column is held while it is filled. */
type Shape = 'int' | 'long' | 'float' | 'double' | 'boolean' | 'decimal' | 'bytes' | 'list' | 'struct' | 'null' | 'unread'

const SHAPES: Readonly<Partial<Record<DataType['kind'], Shape>>> = {
  null: 'null',
  boolean: 'boolean',
  integer: 'int',
  date: 'int',
  yearMonthInterval: 'int',
  long: 'long',
  timestamp: 'long',
  timestampNtz: 'long',
  dayTimeInterval: 'long',
  time: 'long',
  float: 'float',
  double: 'double',
  decimal: 'decimal',
  string: 'bytes',
  char: 'bytes',
  varChar: 'bytes',
  binary: 'bytes',
  array: 'list',
  map: 'list',
  struct: 'struct',
}
const ARRAYS: Readonly<Partial<Record<Shape, string>>> = {
  int: 'Int32Array',
  long: 'BigInt64Array',
  float: 'Float32Array',
  double: 'Float64Array',
  decimal: 'BigInt64Array',
}

/** Columns that are filled together: the rows, or the elements of one list. `index` and `capacity` are variables of the generated code. */
export interface Level {
  readonly index: string
  readonly capacity: string
  readonly slots: Slot[]
}

/** A column of the generated code. Variables: `v` values, `w` the same as 32-bit words, `t` bytes as a view, `o` offsets, `u` bytes used, `z` marks of nulls. */
export interface Slot {
  readonly id: number
  readonly type: DataType
  readonly shape: Shape
  readonly level: Level
  /** Of a struct, in the same level; of a list, in `inner`. */
  readonly children: readonly Slot[]
  readonly inner?: Level
}

/** Lays out columns of a type and writes the code that makes, grows, takes back and finishes them. */
export class Slots {
  readonly rows: Level = { index: 'r', capacity: 'n', slots: [] }
  #next = 0

  /** `wanted`: of a struct at the top, the fields to read. */
  add(type: DataType, level: Level = this.rows, wanted?: ReadonlySet<string>): Slot | undefined {
    const shape = SHAPES[type.kind]
    if (!shape) return undefined
    const id = this.#next++
    const inner: Level | undefined = shape === 'list' ? { index: `n${id}`, capacity: `c${id}`, slots: [] } : undefined
    const children =
      type.kind === 'struct'
        ? type.fields.map(f => (wanted && !wanted.has(f.name) ? this.#unread(f.dataType, level) : this.add(f.dataType, level)))
        : type.kind === 'array'
          ? [this.add(type.elementType, inner)]
          : type.kind === 'map'
            ? [this.add(type.keyType, inner), this.add(type.valueType, inner)]
            : []
    if (children.includes(undefined)) return undefined
    const slot: Slot = { id, type, shape, level, children: children as Slot[], ...(inner && { inner }) }
    level.slots.push(slot)
    return slot
  }

  #unread(type: DataType, level: Level): Slot {
    return { id: this.#next++, type, shape: 'unread', level, children: [] }
  }

  /** Statements that make the columns, for `n` rows. What each needed last time is in `S`. */
  declare(level: Level = this.rows): string {
    const { capacity } = level
    const code = level.slots.map(s => {
      const parts = [`let z${s.id} = null;`]
      const array = ARRAYS[s.shape]
      if (array) parts.push(`let v${s.id} = new ${array}(${s.shape === 'decimal' ? `${capacity} * 2` : capacity});`)
      if (s.shape === 'long' || s.shape === 'decimal') parts.push(`let w${s.id} = new Int32Array(v${s.id}.buffer);`)
      if (s.shape === 'boolean') parts.push(`let v${s.id} = new Uint8Array(${capacity});`)
      if (s.shape === 'bytes')
        parts.push(`let v${s.id} = new Uint8Array(S[${s.id}] || 1024), u${s.id} = 0, t${s.id} = new DataView(v${s.id}.buffer);`)
      if (s.shape === 'bytes' || s.shape === 'list') parts.push(`let o${s.id} = new Int32Array(${capacity} + 1);`)
      if (s.inner) parts.push(`let n${s.id} = 0, c${s.id} = S[${s.id}] || 64;`, this.declare(s.inner))
      return parts.join(' ')
    })
    return code.join('\n')
  }

  /** Room for one more element of a list. */
  grow(level: Level): string {
    const c = level.capacity
    const code = level.slots.flatMap(s => {
      const wide = s.shape === 'decimal' ? `${c} * 2` : c
      const parts = [`if (z${s.id} !== null) z${s.id} = G(z${s.id}, ${c});`]
      if (ARRAYS[s.shape] || s.shape === 'boolean') parts.push(`v${s.id} = G(v${s.id}, ${wide});`)
      if (s.shape === 'long' || s.shape === 'decimal') parts.push(`w${s.id} = new Int32Array(v${s.id}.buffer);`)
      if (s.shape === 'bytes' || s.shape === 'list') parts.push(`o${s.id} = G(o${s.id}, ${c} + 1);`)
      return parts
    })
    return `if (${level.index} === ${c}) { ${c} *= 2; ${code.join(' ')} }`
  }

  /** Puts a null. */
  none(s: Slot): string {
    const i = s.level.index
    if (s.shape === 'unread' || s.shape === 'null') return ''
    const mark = `(z${s.id} ??= new Uint8Array(${s.level.capacity}))[${i}] = 1;`
    const end = s.shape === 'bytes' ? ` o${s.id}[${i} + 1] = u${s.id};` : s.shape === 'list' ? ` o${s.id}[${i} + 1] = n${s.id};` : ''
    return `${mark}${end}${s.shape === 'struct' ? s.children.map(c => this.none(c)).join(' ') : ''}`
  }

  /** Takes back what was put from place `from` on. */
  undo(level: Level, from: string): string {
    const code = level.slots.map(s => {
      const mark = level === this.rows ? '' : `if (z${s.id} !== null) z${s.id}.fill(0, ${from}, ${level.index} + 1);`
      if (s.shape === 'bytes') return `${mark} u${s.id} = o${s.id}[${from}];`
      if (s.shape !== 'list') return mark
      return `${mark} { const f${s.id} = o${s.id}[${from}]; ${this.undo(s.inner!, `f${s.id}`)} n${s.id} = f${s.id}; }`
    })
    return code.join(' ')
  }

  /** The expression for a finished column. */
  taken(s: Slot): string {
    const rows = s.level === this.rows
    const length = rows ? 'n' : s.level.index
    const cut = (name: string, to: string): string => (rows ? name : `${name}.subarray(0, ${to})`)
    if (s.shape === 'unread') return '{ length: 0 }'
    if (s.shape === 'null') return `{ length: ${length} }`
    const children = (): string => `[${s.children.map(c => this.taken(c)).join(', ')}]`
    const offsets = cut(`o${s.id}`, `${length} + 1`)
    if (s.shape === 'struct') return `C(${length}, z${s.id}, { children: ${children()} })`
    if (s.shape === 'list') return `C(${length}, z${s.id}, { offsets: ${offsets}, children: ${children()} })`
    if (s.shape === 'boolean') return `C(${length}, z${s.id}, { values: B(v${s.id}, ${length}) })`
    if (s.shape === 'bytes')
      return `${s.type.kind === 'binary' ? 'C' : 'T'}(${length}, z${s.id}, { offsets: ${offsets}, values: v${s.id}.subarray(0, u${s.id}) })`
    return `C(${length}, z${s.id}, { values: ${cut(`v${s.id}`, s.shape === 'decimal' ? `${length} * 2` : length)} })`
  }

  /** Statements that remember how much room was needed. */
  remember(level: Level = this.rows): string {
    return level.slots
      .map(s => {
        if (s.shape === 'bytes') return `S[${s.id}] = Math.max(1024, u${s.id} + (u${s.id} >>> 3));`
        return s.inner ? `S[${s.id}] = Math.max(64, n${s.id} + (n${s.id} >>> 3)); ${this.remember(s.inner)}` : ''
      })
      .join(' ')
  }
}

/** Makes room for so many bytes more, and has `y` say where they end. */
export const roomFor = (id: number, bytes: string): string =>
  `y = u${id} + ${bytes}; if (y > v${id}.length) { v${id} = E(v${id}, y); t${id} = new DataView(v${id}.buffer); }`
