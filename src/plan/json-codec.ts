import { MillraceError } from '../errors/index.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json | undefined }

/**
 * One protobuf field both ways. `encode` answers undefined where the field is left out (protobuf JSON omits defaults);
 * `decode` is also asked for a field that is missing, with undefined.
 */
export interface Codec<T> {
  encode(value: T): Json | undefined
  decode(json: Json | undefined, at: string): T
}

export const refuse = (at: string, problem: string): never => {
  throw new MillraceError('INVALID_PLAN_JSON', { at, problem })
}

const shown = (json: Json | undefined): string => (json === undefined ? 'nothing' : JSON.stringify(json).slice(0, 60))

/** A scalar with its proto3 default: left out when it has that value, and that value when it is missing. */
const scalar = <T>(what: string, fallback: T, read: (json: Json) => T | undefined, write: (value: T) => Json): Codec<T> => ({
  encode: value => (value === undefined || Object.is(value, fallback) ? undefined : write(value)),
  decode: (json, at) => {
    if (json === undefined || json === null) return fallback
    const value = read(json)
    return value === undefined ? refuse(at, `expected ${what}, found ${shown(json)}`) : value
  },
})

const isInt64 = (text: string): boolean => /^-?\d{1,19}$/.test(text)
const wholeNumber = (json: Json): number | undefined => {
  const n = typeof json === 'string' && json !== '' ? Number(json) : json
  return Number.isSafeInteger(n) ? (n as number) : undefined
}

export const text: Codec<string> = scalar(
  'a string',
  '',
  json => (typeof json === 'string' ? json : undefined),
  v => v,
)
export const flag: Codec<boolean> = scalar(
  'true or false',
  false,
  json => (typeof json === 'boolean' ? json : undefined),
  v => v,
)
export const int32: Codec<number> = scalar('a whole number', 0, wholeNumber, v => v)
/** int64 in a JavaScript number; a string in JSON. */
export const int64Number: Codec<number> = scalar('a whole number', 0, wholeNumber, v => String(v))
/** int64 kept as text. */
export const int64Text: Codec<string> = scalar(
  'a whole number',
  '0',
  json => (isInt64(String(json)) ? String(json) : undefined),
  v => v,
)
export const int64: Codec<bigint> = scalar(
  'a whole number',
  0n,
  json => (isInt64(String(json)) ? BigInt(String(json)) : undefined),
  v => String(v),
)
/** NaN and the infinities are strings in protobuf JSON; so is -0 here, whose sign a JSON number would lose in JavaScript. */
export const double: Codec<number> = scalar(
  'a number',
  0,
  json => {
    if (typeof json === 'number') return json
    if (typeof json !== 'string' || json.trim() === '') return undefined
    const n = Number(json)
    return json === 'NaN' || !Number.isNaN(n) ? n : undefined
  },
  v => (Number.isFinite(v) && !Object.is(v, -0) ? v : Object.is(v, -0) ? '-0' : String(v)),
)
export const bytes: Codec<Uint8Array> = {
  encode: v => Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64'),
  decode: (json, at) =>
    typeof json === 'string' ? new Uint8Array(Buffer.from(json, 'base64')) : refuse(at, `expected base64 text, found ${shown(json)}`),
}

/** An enum by the names of its values. */
export const oneOf = <const T extends string>(...names: readonly T[]): Codec<T> => ({
  encode: value => value,
  decode: (json, at) => names.find(n => n === json) ?? refuse(at, `expected one of ${names.join(', ')}, found ${shown(json)}`),
})

/** A field with presence: absent in the node is absent in JSON, and a default that is given is written. */
export const optional = <T>(codec: Codec<T>): Codec<T | undefined> => ({
  encode: value => (value === undefined ? undefined : (codec.encode(value) ?? given(value))),
  decode: (json, at) => (json === undefined || json === null ? undefined : codec.decode(json, at)),
})
/** Defaults that a codec leaves out, written where the field has presence. */
const given = (value: unknown): Json =>
  typeof value === 'bigint' ? String(value) : Array.isArray(value) ? [] : typeof value === 'object' ? {} : (value as Json)

/** A field without presence that the node may leave out: its default is left out on both sides. */
export const unlessDefault = <T>(codec: Codec<T>): Codec<T | undefined> => ({
  encode: value => (value === undefined ? undefined : codec.encode(value)),
  decode: (json, at) => (json === undefined || json === null ? undefined : codec.decode(json, at)),
})

/** A repeated field; empty is left out. */
export const list = <T>(codec: Codec<T>): Codec<readonly T[]> => ({
  encode: values => (values.length === 0 ? undefined : values.map(v => codec.encode(v) ?? given(v))),
  decode: (json, at) => {
    if (json === undefined || json === null) return Object.freeze([])
    if (!Array.isArray(json)) return refuse(at, `expected a list, found ${shown(json)}`)
    return Object.freeze(json.map((j, i) => codec.decode(j, `${at}[${i}]`)))
  },
})
export const textMap: Codec<Readonly<Record<string, string>>> = {
  encode: map => (Object.keys(map).length === 0 ? undefined : { ...map }),
  decode: (json, at) =>
    Object.freeze(
      Object.fromEntries(Object.entries(json === undefined ? {} : objectAt(json, at)).map(([k, v]) => [k, text.decode(v, `${at}.${k}`)])),
    ),
}
/** `true` or absent: an arm of a oneof. */
export const mark: Codec<true | undefined> = {
  encode: value => value,
  decode: (json, at) =>
    json === undefined || json === null || json === false
      ? undefined
      : json === true
        ? true
        : refuse(at, `expected true, found ${shown(json)}`),
}

export function objectAt(json: Json | undefined, at: string): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject
  return refuse(at, `expected an object, found ${shown(json)}`)
}

/** A codec for every field of a node, `kind` and what stands outside the message aside: a forgotten field does not compile. */
export type FieldsOf<N, Outside extends string = never> = { readonly [K in Exclude<keyof N, 'kind' | Outside>]-?: Codec<N[K]> }

/** A message from the table of its fields. `fixed` is what the node holds beside them (`kind`). Unknown fields are refused: none is dropped in silence. */
export function message<N extends object, Outside extends string = never>(
  fields: () => FieldsOf<N, Outside>,
  fixed: object = {},
): Codec<N> {
  let entries: [string, Codec<unknown>][] | undefined
  const table = (): [string, Codec<unknown>][] => (entries ??= Object.entries(fields()) as [string, Codec<unknown>][])
  return {
    encode(node) {
      const json: Record<string, Json | undefined> = {}
      for (const [name, codec] of table()) {
        const value = codec.encode((node as Record<string, unknown>)[name])
        if (value !== undefined) json[name] = value
      }
      return json
    },
    decode(json, at) {
      const object = objectAt(json, at)
      const node: Record<string, unknown> = { ...fixed }
      for (const [name, codec] of table()) {
        const value = codec.decode(object[name], `${at}.${name}`)
        if (value !== undefined) node[name] = value
      }
      const known = new Set(table().map(([name]) => name))
      for (const name of Object.keys(object))
        if (!known.has(name) && name !== '@type') refuse(`${at}.${name}`, 'this field is not supported')
      return Object.freeze(node) as N
    },
  }
}

/** A codec that refers to one defined later: trees are recursive. */
export const lazily = <T>(codec: () => Codec<T>): Codec<T> => ({ encode: v => codec().encode(v), decode: (j, at) => codec().decode(j, at) })
