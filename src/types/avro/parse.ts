import { MillraceError } from '../../errors/index.ts'
import { logicalOf } from './logical.ts'
import {
  AVRO_PRIMITIVES,
  type AvroEnum,
  type AvroField,
  type AvroFixed,
  type AvroJson,
  type AvroPrimitive,
  type AvroPrimitiveName,
  type AvroRecord,
  type AvroSchema,
  type AvroUnion,
  branchName,
} from './schema.ts'

type Json = { readonly [key: string]: AvroJson }

const PRIMITIVES: ReadonlySet<string> = new Set(AVRO_PRIMITIVES)
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

const refuse = (why: string, cause?: unknown): MillraceError => new MillraceError('INVALID_AVRO_SCHEMA', { why }, { cause })

const isObject = (v: AvroJson | undefined): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)
const text = (v: AvroJson | undefined): string | undefined => (typeof v === 'string' ? v : undefined)

/** JSON whose whole numbers lose nothing. */
function readJson(source: string): AvroJson {
  const exact = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value
  try {
    return JSON.parse(source, exact as (key: string, value: unknown) => unknown) as AvroJson
  } catch (cause) {
    throw refuse(`it is no JSON: ${(cause as Error).message}`, cause)
  }
}

/** How deep types may lie in each other: more is no schema anybody wrote. */
const MOST_NESTED = 1000

class Reader {
  readonly #names: Map<string, AvroSchema>
  #depth = 0

  constructor(known: ReadonlyMap<string, AvroSchema>) {
    this.#names = new Map(known)
  }
  get names(): ReadonlyMap<string, AvroSchema> {
    return this.#names
  }

  schema(json: AvroJson | undefined, namespace: string): AvroSchema {
    if (++this.#depth > MOST_NESTED) throw refuse(`types lie more than ${MOST_NESTED} deep in each other`)
    try {
      if (typeof json === 'string') return this.#byName(json, namespace)
      if (Array.isArray(json)) return this.#union(json, namespace)
      if (isObject(json)) return this.#described(json, namespace)
    } finally {
      this.#depth--
    }
    throw refuse(json === undefined ? 'a type is missing' : `${JSON.stringify(json)} is no type`)
  }

  #byName(name: string, namespace: string): AvroSchema {
    if (PRIMITIVES.has(name)) return Object.freeze({ type: name as AvroPrimitiveName })
    const found = this.#names.get(fullName(name, namespace)) ?? this.#names.get(name)
    if (!found) throw refuse(`the type "${name}" is not defined before it is used`)
    return found
  }

  #union(branches: readonly AvroJson[], namespace: string): AvroUnion {
    const read = branches.map(b => this.schema(b, namespace))
    const seen = new Set<string>()
    for (const branch of read) {
      if (branch.type === 'union') throw refuse('a union stands directly in a union')
      const name = branchName(branch)
      if (seen.has(name)) throw refuse(`a union has two branches "${name}"`)
      seen.add(name)
    }
    return Object.freeze({ type: 'union', branches: Object.freeze(read) })
  }

  #described(json: Json, namespace: string): AvroSchema {
    const type = json['type']
    if (type === 'record' || type === 'error') return this.#record(json, namespace)
    if (type === 'enum') return this.#enum(json, namespace)
    if (type === 'fixed') return this.#fixed(json, namespace)
    if (type === 'array') return Object.freeze({ type, items: this.schema(json['items'], namespace) })
    if (type === 'map') return Object.freeze({ type, values: this.schema(json['values'], namespace) })
    if (typeof type === 'string' && PRIMITIVES.has(type)) return primitive(type as AvroPrimitiveName, json)
    return this.schema(type, namespace)
  }

  /** Makes a named type known before what is in it is read, so that it may name itself. */
  #define<T extends AvroRecord | AvroEnum | AvroFixed>(
    json: Json,
    namespace: string,
    rest: (own: string) => Omit<T, 'name' | 'aliases' | 'doc'>,
  ): T {
    const given = text(json['name'])
    if (given === undefined) throw refuse(`a ${String(json['type'])} has no name`)
    const name = fullName(given, text(json['namespace']) ?? namespace)
    checkName(name)
    if (PRIMITIVES.has(name)) throw refuse(`"${name}" is the name of a type of Avro’s own`)
    if (this.#names.has(name)) throw refuse(`"${name}" is defined twice`)
    const own = namespaceOf(name)
    const made = { name, aliases: aliases(json).map(a => fullName(a, own)), ...doc(json) } as unknown as T
    this.#names.set(name, made)
    return Object.freeze(Object.assign(made, rest(own)))
  }

  #record(json: Json, namespace: string): AvroRecord {
    return this.#define<AvroRecord>(json, namespace, own => {
      const fields = json['fields']
      if (!Array.isArray(fields)) throw refuse(`the record "${String(json['name'])}" has no list of fields`)
      const read = fields.map(f => this.#field(f as AvroJson, own))
      const twice = read.find((f, i) => read.findIndex(g => g.name === f.name) !== i)
      if (twice) throw refuse(`the record "${String(json['name'])}" has two fields "${twice.name}"`)
      return { type: 'record', fields: Object.freeze(read) }
    })
  }

  #field(json: AvroJson, namespace: string): AvroField {
    const name = isObject(json) ? text(json['name']) : undefined
    if (!isObject(json) || name === undefined) throw refuse(`${JSON.stringify(json)} is no field`)
    if (!NAME.test(name)) throw refuse(`"${name}" is no name: take letters, digits and _, no digit first`)
    const schema = this.schema(json['type'], namespace)
    return Object.freeze({ name, aliases: aliases(json), schema, ...('default' in json && { default: json['default']! }), ...doc(json) })
  }

  #enum(json: Json, namespace: string): AvroEnum {
    return this.#define<AvroEnum>(json, namespace, () => {
      const symbols = json['symbols']
      if (!Array.isArray(symbols)) throw refuse(`the enum "${String(json['name'])}" has no list of symbols`)
      for (const [i, symbol] of symbols.entries()) {
        if (typeof symbol !== 'string' || !NAME.test(symbol)) throw refuse(`${JSON.stringify(symbol)} is no symbol of an enum`)
        if (symbols.indexOf(symbol) !== i) throw refuse(`the symbol "${symbol}" stands twice in an enum`)
      }
      const otherwise = text(json['default'])
      if (otherwise !== undefined && !symbols.includes(otherwise)) throw refuse(`the default "${otherwise}" is no symbol of its enum`)
      return { type: 'enum', symbols: Object.freeze(symbols as string[]), ...(otherwise !== undefined && { default: otherwise }) }
    })
  }

  #fixed(json: Json, namespace: string): AvroFixed {
    return this.#define<AvroFixed>(json, namespace, () => {
      const size = json['size']
      if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
        throw refuse(`the fixed "${String(json['name'])}" has no size`)
      const logical = logicalOf(json, 'fixed', size)
      return { type: 'fixed', size, ...(logical && { logical }) }
    })
  }
}

function primitive(type: AvroPrimitiveName, json: Json): AvroPrimitive {
  const logical = logicalOf(json, type)
  const catalyst = text(json['spark.sql.catalyst.type'])
  return Object.freeze({ type, ...(logical && { logical }), ...(catalyst !== undefined && { catalyst }) })
}

const doc = (json: Json): { readonly doc?: string } => (typeof json['doc'] === 'string' ? { doc: json['doc'] } : {})
const namespaceOf = (name: string): string => (name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '')
const fullName = (name: string, namespace: string): string =>
  name.includes('.') ? name.replace(/^\./, '') : namespace === '' ? name : `${namespace}.${name}`

function aliases(json: Json): readonly string[] {
  const given = json['aliases'] ?? []
  if (!Array.isArray(given) || given.some(a => typeof a !== 'string')) throw refuse(`${JSON.stringify(given)} is no list of aliases`)
  return given as string[]
}

function checkName(name: string): void {
  const bad = name.split('.').find(part => !NAME.test(part))
  if (bad !== undefined) throw refuse(`"${name}" is no name: take letters, digits and _, no digit first`)
}

/**
 * Reads the JSON of an Avro schema. `known` are types that it may name without defining them (a registry's references), by full name.
 *
 * @throws INVALID_AVRO_SCHEMA
 */
export function parseAvro(source: string, known: ReadonlyMap<string, AvroSchema> = new Map()): AvroSchema {
  return new Reader(known).schema(readJson(source), '')
}

/** The named types that a schema defines, with those it was given, by full name: what other schemas may refer to. */
export function avroNames(source: string, known: ReadonlyMap<string, AvroSchema> = new Map()): ReadonlyMap<string, AvroSchema> {
  const reader = new Reader(known)
  reader.schema(readJson(source), '')
  return reader.names
}
