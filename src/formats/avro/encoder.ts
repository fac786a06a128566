import { MillraceError } from '../../errors/index.ts'
import {
  type AvroEnum,
  type AvroLogical,
  type AvroRecord,
  type AvroSchema,
  type AvroUnion,
  type ColumnData,
  type DataType,
  nonNull,
  printAvro,
  type StructType,
  typeName,
  widerOf,
} from '../../types/index.ts'
import * as runtime from './write-runtime.ts'

type Kind = DataType['kind']
const INTS: ReadonlySet<Kind> = new Set(['byte', 'short', 'integer', 'date', 'yearMonthInterval'])
const LONGS: ReadonlySet<Kind> = new Set(['long', 'timestamp', 'timestampNtz', 'dayTimeInterval', 'time'])

/** What a timestamp may be written as; without a logical type it is in millis, as in Spark. */
const TIMES: Readonly<Partial<Record<Kind, Readonly<Record<string, 'millis' | 'micros'>>>>> = {
  timestamp: { '': 'millis', 'timestamp-millis': 'millis', 'timestamp-micros': 'micros' },
  timestampNtz: { '': 'millis', 'local-timestamp-millis': 'millis', 'local-timestamp-micros': 'micros' },
  time: { 'time-micros': 'micros' },
  long: {},
}

const zigzag = (n: number): string => Buffer.from(runtimeBytes(n)).reduce((code, byte) => `${code} O[q++] = ${byte};`, '')
function runtimeBytes(n: number): Uint8Array {
  const out = new Uint8Array(10)
  return out.subarray(0, runtime.writeLong(out, 0, n, n >> 31))
}

/** Writes the code that puts values of columns into messages. */
class EncoderCode {
  readonly constants: unknown[] = []
  readonly heads: string[] = []
  /** The most bytes that all parts of one message take whose size is bounded. */
  fixed = 16
  #next = 0

  /** Declares a column's arrays; answers its number. */
  column(from: string): number {
    const id = this.#next++
    this.heads.push(
      `const c${id} = ${from}, v${id} = c${id}.values, m${id} = c${id}.validity ?? null, o${id} = c${id}.offsets, w${id} = v${id} instanceof BigInt64Array ? new Int32Array(v${id}.buffer, v${id}.byteOffset, v${id}.length * 2) : null;`,
    )
    return id
  }

  constant(value: unknown): string {
    return `K[${this.constants.push(value) - 1}]`
  }

  /** A value that may be null, `i` being its place. */
  nullable(t: DataType, s: AvroSchema, id: number, i: string, path: string): string {
    const none = s.type === 'union' ? s.branches.findIndex(b => b.type === 'null') : -1
    if (t.kind === 'null') {
      if (s.type === 'null') return ''
      if (none >= 0) return zigzag(none)
      throw this.#wrongType(t, s, path)
    }
    const missing = none >= 0 ? zigzag(none) : `H.refuseNull(${this.constant(path)}, ${this.constant(printAvro(s))});`
    return `if (m${id} === null || (m${id}[${i} >> 3] & (1 << (${i} & 7))) !== 0) { ${this.present(t, s, id, i, path)} } else { ${missing} }`
  }

  /** A value that is there. */
  present(t: DataType, s: AvroSchema, id: number, i: string, path: string): string {
    if (s.type !== 'union') return this.#plain(t, s, id, i, path)
    const others = nonNull(s)
    this.fixed += 5
    const branch = (b: AvroSchema): string => `${zigzag(s.branches.indexOf(b))} ${this.#plain(t, b, id, i, path)}`
    if (others.length === 1) return branch(others[0]!)
    const wider = widerOf(others)
    const own = wider === t.kind && others.find(b => b.type === wider)
    if (own) return branch(own)
    if (t.kind === 'struct') return this.#members(t, s, others, id, i, path)
    throw this.#wrongType(t, s, path)
  }

  #members(t: StructType, s: AvroUnion, others: readonly AvroSchema[], id: number, i: string, path: string): string {
    if (t.fields.length !== others.length || t.fields.some((f, k) => f.name !== `member${k}`)) throw this.#wrongType(t, s, path)
    const code = t.fields.map((f, k) => {
      const child = this.column(`c${id}.children[${k}]`)
      const value = this.#plain(f.dataType, others[k]!, child, i, `${path}.${f.name}`)
      return `if (m${child} === null || (m${child}[${i} >> 3] & (1 << (${i} & 7))) !== 0) { ${zigzag(s.branches.indexOf(others[k]!))} ${value} }`
    })
    return `${code.join(' else ')} else H.refuseMembers(${this.constant(path)});`
  }

  #wrongType(t: DataType, s: AvroSchema, path: string): MillraceError {
    return new MillraceError('AVRO_INCOMPATIBLE_TYPE', { path, avro: printAvro(s), type: typeName(t).toUpperCase() })
  }

  #plain(t: DataType, s: AvroSchema, id: number, i: string, path: string): string {
    this.fixed += 10
    const value = `v${id}[${i}]`
    if (s.type === 'record' && t.kind === 'struct') return this.#record(t, s, id, i, path)
    if (s.type === 'array' && t.kind === 'array')
      return this.#list(id, i, k => this.nullable(t.elementType, s.items, this.column(`c${id}.children[0]`), k, `${path}[]`))
    if (s.type === 'map' && t.kind === 'map' && t.keyType.kind === 'string')
      return this.#list(id, i, k => {
        const [key, inner] = [this.column(`c${id}.children[0]`), this.column(`c${id}.children[1]`)]
        return `${this.#bytes(key, k)} ${this.nullable(t.valueType, s.values, inner, k, `${path}{}`)}`
      })
    if (s.type === 'null' && t.kind === 'null') return ''
    if (s.type === 'boolean' && t.kind === 'boolean') return `O[q++] = (v${id}[${i} >> 3] >> (${i} & 7)) & 1;`
    if (s.type === 'int' && INTS.has(t.kind))
      return `x = ${value}; x = ((x << 1) ^ (x >> 31)) >>> 0; while (x > 127) { O[q++] = (x & 127) | 128; x >>>= 7; } O[q++] = x;`
    if (s.type === 'long' && LONGS.has(t.kind)) return this.#long(t, s, id, i, path)
    if (s.type === 'float' && t.kind === 'float') return `V.setFloat32(q, ${value}, true); q += 4;`
    if (s.type === 'double' && t.kind === 'double') return `V.setFloat64(q, ${value}, true); q += 8;`
    if (t.kind === 'decimal' && (s.type === 'bytes' || s.type === 'fixed')) return this.#decimal(t, s, id, i, path)
    if (s.type === 'enum' && t.kind === 'string') return this.#enum(s, id, i, path)
    if ((s.type === 'string' && t.kind === 'string') || (s.type === 'bytes' && t.kind === 'binary')) return this.#bytes(id, i)
    if (s.type === 'fixed' && t.kind === 'binary') return this.#fixed(s.size, id, i, path)
    throw this.#wrongType(t, s, path)
  }

  #record(t: StructType, s: AvroRecord, id: number, i: string, path: string): string {
    const inner = (name: string): string => (path === '' ? name : `${path}.${name}`)
    const columnOf = (name: string): number => {
      const exact = t.fields.findIndex(f => f.name === name)
      return exact >= 0 ? exact : t.fields.findIndex(f => f.name.toLowerCase() === name.toLowerCase())
    }
    const extra = t.fields.find((_, k) => !s.fields.some(f => columnOf(f.name) === k))
    if (extra) throw new MillraceError('AVRO_FIELD_NOT_MATCHED', { path: inner(extra.name), missing: 'field' })
    const code = s.fields.map(f => {
      const k = columnOf(f.name)
      if (k >= 0) return this.nullable(t.fields[k]!.dataType, f.schema, this.column(`c${id}.children[${k}]`), i, inner(f.name))
      this.fixed += 5
      if (f.schema.type === 'null') return ''
      const none = f.schema.type === 'union' ? f.schema.branches.findIndex(b => b.type === 'null') : -1
      if (none < 0) throw new MillraceError('AVRO_FIELD_NOT_MATCHED', { path: inner(f.name), missing: 'column' })
      return zigzag(none)
    })
    return code.join('\n')
  }

  #list(id: number, i: string, element: (k: string) => string): string {
    const k = `i${id}`
    const body = element(k)
    return `if (o${id}[${i} + 1] > o${id}[${i}]) { q = H.writeLong(O, q, o${id}[${i} + 1] - o${id}[${i}], 0);
      for (let ${k} = o${id}[${i}]; ${k} < o${id}[${i} + 1]; ${k}++) { ROOM(0) ${body} } } O[q++] = 0;`
  }

  #long(t: DataType, s: AvroSchema, id: number, i: string, path: string): string {
    const logical = (s as { readonly logical?: AvroLogical }).logical?.name
    const times = TIMES[t.kind]
    const as = t.kind === 'long' || t.kind === 'dayTimeInterval' ? 'micros' : times?.[logical ?? '']
    if (!as) throw this.#wrongType(t, s, path)
    return `q = H.${as === 'millis' ? 'writeMillis' : 'writeLong'}(O, q, w${id}[2 * ${i}], w${id}[2 * ${i} + 1]);`
  }

  #decimal(t: Extract<DataType, { kind: 'decimal' }>, s: AvroSchema, id: number, i: string, path: string): string {
    const { logical } = s as { readonly logical?: AvroLogical }
    if (logical?.name !== 'decimal' || logical.precision !== t.precision || logical.scale !== t.scale) throw this.#wrongType(t, s, path)
    const size = s.type === 'fixed' ? s.size : -1
    this.fixed += Math.max(18, size)
    return `q = H.writeDecimal(O, q, w${id}, 4 * ${i}, ${size});`
  }

  #enum(s: AvroEnum, id: number, i: string, path: string): string {
    const table = this.constant(runtime.symbolTable(s.symbols))
    return `{ const b = v${id}.subarray(o${id}[${i}], o${id}[${i} + 1]); x = H.symbolAt(${table}, b);
      if (x < 0) H.refuseSymbol(${this.constant(path)}, b, ${this.constant(s.symbols)}); q = H.writeLong(O, q, x, 0); }`
  }

  #bytes(id: number, i: string): string {
    return `x = o${id}[${i} + 1] - o${id}[${i}]; ROOM(x) q = H.writeLong(O, q, x, 0);
      if (x < 32) for (let f = o${id}[${i}], t = o${id}[${i} + 1]; f < t; f++) O[q++] = v${id}[f]; else { O.set(v${id}.subarray(o${id}[${i}], o${id}[${i} + 1]), q); q += x; }`
  }

  #fixed(size: number, id: number, i: string, path: string): string {
    return `x = o${id}[${i} + 1] - o${id}[${i}]; if (x !== ${size}) H.refuseSize(${this.constant(path)}, x, ${size});
      ROOM(x) O.set(v${id}.subarray(o${id}[${i}], o${id}[${i} + 1]), q); q += x;`
  }
}

/** Columns in, messages out: a column of bytes, null where the value is. */
export type AvroEncoder = (column: ColumnData, length: number) => ColumnData

export interface EncoderOptions {
  /** What stands before each message, as a registry's frame does. */
  readonly frame?: Uint8Array
}

/**
 * Writes, from type and schema alone, a function that makes messages of columns. Names never stand in its code. Fields are matched by name, case aside;
 * a field of the schema that no column gives is written as null where it may be.
 *
 * @throws AVRO_INCOMPATIBLE_TYPE, AVRO_FIELD_NOT_MATCHED; the function throws AVRO_CANNOT_WRITE_NULL_FIELD, AVRO_VALUE_DOES_NOT_FIT
 */
export function avroEncoder(type: DataType, schema: AvroSchema, { frame }: EncoderOptions = {}): AvroEncoder {
  const code = new EncoderCode()
  const root = code.column('column')
  const body = type.kind === 'null' ? '' : code.present(type, schema, root, 'r', '')
  const fixed = code.fixed + (frame?.length ?? 0)
  const room = body.replace(
    /ROOM\((\w+)\)/g,
    (_, more: string) => `if (q + ${more} + ${fixed} > O.length) { O = H.grown(O, q + ${more} + ${fixed}); V = new DataView(O.buffer); }`,
  )
  const source = `'use strict'; let size = 4096;
return function encode(column, n) {
${code.heads.join('\n')}
let O = new Uint8Array(size), V = new DataView(O.buffer), q = 0, x = 0;
const offsets = new Int32Array(n + 1);
for (let r = 0; r < n; r++) {
  if (${type.kind === 'null' ? 'false' : `m${root} === null || (m${root}[r >> 3] & (1 << (r & 7))) !== 0`}) {
    if (q + ${fixed} > O.length) { O = H.grown(O, q + ${fixed}); V = new DataView(O.buffer); }
    ${frame ? 'O.set(F, q); q += F.length;' : ''}
    ${room}
  }
  offsets[r + 1] = q;
}
size = Math.max(4096, q + (q >>> 3));
return { length: n, offsets, values: O.subarray(0, q) };
}`
  const encode = new Function('H', 'K', 'F', source)(runtime, code.constants, frame) as (c: ColumnData, n: number) => ColumnData
  return (column, length) => {
    const made = encode(column, length)
    if (type.kind === 'null') return { ...made, validity: new Uint8Array((length + 7) >> 3) }
    return column.validity ? { ...made, validity: column.validity } : made
  }
}
