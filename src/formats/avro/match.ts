import { type AvroJson, type AvroRecord, type AvroSchema, isNamed, localName } from '../../types/index.ts'

/** May values of the writer's type be read as the reader's, going by the outermost types alone? `exact`: without promotion. */
function fits(writer: AvroSchema, reader: AvroSchema, exact: boolean): boolean {
  if (isNamed(writer) && isNamed(reader)) return writer.type === reader.type && sameName(writer, reader)
  if (writer.type === reader.type) return true
  return !exact && (PROMOTIONS[writer.type] ?? []).includes(reader.type)
}

const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

type Named = Extract<AvroSchema, { readonly name: string }>

/** Names count without their namespaces, as the specification has it; a reader's aliases are names too. */
function sameName(writer: Named, reader: Named): boolean {
  if (writer.type === 'fixed' && reader.type === 'fixed' && writer.size !== reader.size) return false
  const name = localName(writer.name)
  return name === localName(reader.name) || reader.aliases.includes(writer.name) || reader.aliases.some(a => localName(a) === name)
}

/** Does a branch of a union stand for values of the writer's type? Records of other names do, where nothing better is there. */
export const matches = (writer: AvroSchema, reader: AvroSchema): boolean => fits(writer, reader, true) || fits(writer, reader, false)

/** The branch of a reader's union for values of a writer's type: the first of the same type and name, else the first they can be promoted to. */
export function branchFor(writer: AvroSchema, branches: readonly AvroSchema[]): number {
  const exact = branches.findIndex(b => isNamed(b) && isNamed(writer) && b.name === writer.name && b.type === writer.type)
  if (exact >= 0) return exact
  const same = branches.findIndex(b => fits(writer, b, true))
  if (same >= 0) return same
  const promoted = branches.findIndex(b => fits(writer, b, false))
  if (promoted >= 0 || !isNamed(writer)) return promoted
  return branches.findIndex(b => b.type === 'record' && writer.type === 'record' && hasFieldsOf(writer, b))
}

const hasFieldsOf = (writer: AvroRecord, reader: AvroRecord): boolean =>
  reader.fields.every(f => f.default !== undefined || writer.fields.some(w => w.name === f.name || f.aliases.includes(w.name)))

/** May a default be a value of a schema? Tells the branch of a union that it is for. */
export function isDefaultOf(json: AvroJson, schema: AvroSchema): boolean {
  switch (schema.type) {
    case 'null':
      return json === null
    case 'boolean':
      return typeof json === 'boolean'
    case 'int':
    case 'long':
      return typeof json === 'bigint' || (typeof json === 'number' && Number.isInteger(json))
    case 'float':
    case 'double':
      return typeof json === 'number' || typeof json === 'bigint'
    case 'string':
    case 'bytes':
    case 'fixed':
      return typeof json === 'string'
    case 'enum':
      return typeof json === 'string' && schema.symbols.includes(json)
    case 'array':
      return Array.isArray(json) && json.every(x => isDefaultOf(x as AvroJson, schema.items))
    case 'map':
      return isObject(json) && Object.values(json).every(x => isDefaultOf(x, schema.values))
    case 'record':
      return (
        isObject(json) &&
        schema.fields.every(f => {
          const value = Object.hasOwn(json, f.name) ? json[f.name] : f.default
          return value !== undefined && isDefaultOf(value, f.schema)
        })
      )
    case 'union':
      return schema.branches.some(b => isDefaultOf(json, b))
  }
}

export const isObject = (json: AvroJson): json is { readonly [key: string]: AvroJson } =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/** The fewest bytes a value takes; a record in itself counts as one byte there. */
export function leastBytes(s: AvroSchema, within: readonly AvroSchema[] = []): number {
  switch (s.type) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return s.size
    case 'record':
      return within.includes(s) ? 1 : s.fields.reduce((n, f) => n + leastBytes(f.schema, [...within, s]), 0)
    default:
      return 1
  }
}
