import { didYouMean, MillraceError } from '../../../errors/index.ts'
import {
  arrayType,
  type DataType,
  type Field,
  field,
  mapType,
  type StructType,
  sameType,
  structType,
  typeName,
} from '../../../types/index.ts'

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const find = (fields: readonly Field[], name: string): Field | undefined =>
  fields.find(f => f.name === name) ?? fields.find(f => sameName(f.name, name))

const WHOLE = ['byte', 'short', 'integer', 'long']
/** Digits that hold every whole number of a type. */
const DIGITS: Readonly<Record<string, number>> = { byte: 3, short: 5, integer: 10, long: 19 }

/** Does every value of `from` stay itself as `to`? */
function widens(from: DataType, to: DataType): boolean {
  if (from.kind === 'null' || sameType(from, to)) return true
  const text = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varChar'
  if (text(from) && text(to)) return true
  if (WHOLE.includes(from.kind) && WHOLE.includes(to.kind)) return WHOLE.indexOf(from.kind) < WHOLE.indexOf(to.kind)
  if (to.kind === 'double') return from.kind === 'float' || from.kind === 'byte' || from.kind === 'short' || from.kind === 'integer'
  if (to.kind !== 'decimal') return false
  const room = to.precision - to.scale
  if (from.kind === 'decimal') return from.scale <= to.scale && from.precision - from.scale <= room
  return from.kind in DIGITS && DIGITS[from.kind]! <= room
}

/** What keeps rows of one type out of another, a sentence a column. `extra`: fields that are not there are no fault. */
function faults(from: DataType, to: DataType, name: string, extra: boolean): readonly string[] {
  if (from.kind === 'struct' && to.kind === 'struct') {
    return from.fields.flatMap(f => {
      const there = find(to.fields, f.name)
      if (there) return faults(f.dataType, there.dataType, name === '' ? f.name : `${name}.${f.name}`, extra)
      const known = to.fields.map(g => g.name)
      return extra ? [] : [`the column "${name === '' ? '' : `${name}.`}${f.name}" is not in the table${didYouMean(f.name, known)}`]
    })
  }
  if (from.kind === 'array' && to.kind === 'array') return faults(from.elementType, to.elementType, `${name}.element`, extra)
  if (from.kind === 'map' && to.kind === 'map') {
    return [...faults(from.keyType, to.keyType, `${name}.key`, extra), ...faults(from.valueType, to.valueType, `${name}.value`, extra)]
  }
  return widens(from, to) ? [] : [`the column "${name}" is ${typeName(from)} in the rows and ${typeName(to)} in the table`]
}

/** The table's type with what is new in the rows' behind it. */
function merged(to: DataType, from: DataType): DataType {
  if (from.kind === 'struct' && to.kind === 'struct') {
    const known = to.fields.map(f => {
      const there = find(from.fields, f.name)
      return there ? field(f.name, merged(f.dataType, there.dataType), f.nullable, f.metadata) : f
    })
    const fresh = from.fields.filter(f => !find(to.fields, f.name))
    return structType([...known, ...fresh.map(f => nullableField(f))])
  }
  if (from.kind === 'array' && to.kind === 'array') return arrayType(merged(to.elementType, from.elementType), to.containsNull)
  if (from.kind === 'map' && to.kind === 'map')
    return mapType(merged(to.keyType, from.keyType), merged(to.valueType, from.valueType), to.valueContainsNull)
  return to
}

const nullableField = (f: Field): Field => field(f.name, nullable(f.dataType), true, f.metadata)
function nullable(type: DataType): DataType {
  if (type.kind === 'struct') return structType(type.fields.map(nullableField))
  if (type.kind === 'array') return arrayType(nullable(type.elementType), true)
  return type.kind === 'map' ? mapType(nullable(type.keyType), nullable(type.valueType), true) : type
}

/** The table's schema for these rows: its own, or with `merge` with their new columns at the end. @throws DELTA_SCHEMA_MISMATCH */
export function fitSchema(rows: StructType, table: StructType, merge: boolean, path: string): StructType {
  const differences = [...faults(rows, table, '', merge), ...missing(rows, table)]
  if (differences.length > 0) throw new MillraceError('DELTA_SCHEMA_MISMATCH', { path, differences })
  const schema = merge ? (merged(table, rows) as StructType) : table
  checkTypes(structType(schema.fields.filter(f => !find(table.fields, f.name))))
  return schema
}

const missing = (rows: StructType, table: StructType): readonly string[] =>
  table.fields.filter(f => !f.nullable && !find(rows.fields, f.name)).map(f => `the rows lack the column "${f.name}", which takes no nulls`)

/** The schema of a table that these rows make. @throws DELTA_COLUMN_TYPE, COLUMN_ALREADY_EXISTS, DELTA_COLUMN_NAME */
export function newSchema(rows: StructType): StructType {
  const schema = structType(rows.fields.map(nullableField))
  checkTypes(schema)
  checkNames(schema)
  return schema
}

const KEPT = new Set<DataType['kind']>([
  'boolean',
  'byte',
  'short',
  'integer',
  'long',
  'float',
  'double',
  'decimal',
  'string',
  'char',
  'varChar',
  'binary',
  'date',
  'timestamp',
  'timestampNtz',
])

function checkTypes(type: DataType, name = ''): void {
  if (type.kind === 'struct') for (const f of type.fields) checkTypes(f.dataType, name === '' ? f.name : `${name}.${f.name}`)
  else if (type.kind === 'array') checkTypes(type.elementType, `${name}.element`)
  else if (type.kind === 'map') {
    checkTypes(type.keyType, `${name}.key`)
    checkTypes(type.valueType, `${name}.value`)
  } else if (!KEPT.has(type.kind)) throw new MillraceError('DELTA_COLUMN_TYPE', { column: name, type: typeName(type) })
}

function checkNames(type: DataType): void {
  if (type.kind === 'array') checkNames(type.elementType)
  if (type.kind === 'map') {
    checkNames(type.keyType)
    checkNames(type.valueType)
  }
  if (type.kind !== 'struct') return
  for (const [i, f] of type.fields.entries()) {
    if (/[ ,;{}()\n\t=]/.test(f.name)) throw new MillraceError('DELTA_COLUMN_NAME', { column: f.name })
    if (type.fields.slice(0, i).some(g => sameName(g.name, f.name)))
      throw new MillraceError('COLUMN_ALREADY_EXISTS', { name: f.name } as never)
    checkNames(f.dataType)
  }
}

/** The position of each column of the table in the rows; undefined where they have none. */
export const positions = (rows: StructType, table: StructType): readonly (number | undefined)[] =>
  table.fields.map(f => {
    const there = find(rows.fields, f.name)
    return there && rows.fields.indexOf(there)
  })
