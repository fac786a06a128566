import { MillraceError } from '../errors/index.ts'
import { type Field, field, type StructType, structType } from './data-type.ts'
import { parseDataType, parseDdl } from './ddl.ts'
import { printDdl, treeString, typeName } from './names.ts'
import type { RowOfDdl, RowOfShape, SchemaShape } from './row-type.ts'
import { fromSparkJson, type SparkJson, toSparkJson } from './spark-json.ts'

/**
 * The columns of a table and, as `Row`, the TypeScript type of its rows. Made by `schema(...)`. A schema is a `StructType` as well.
 *
 * @example
 * for (const f of Ride.fields) console.log(f.name, f.dataType.kind, f.nullable)
 */
export class Schema<Row = any> implements StructType {
  readonly kind = 'struct'
  readonly fields: readonly Field[]
  /** Only a type: `typeof Ride.Row` is the type of a row. */
  declare readonly Row: Row

  constructor(struct: StructType) {
    this.fields = struct.fields
    Object.freeze(this)
  }

  get names(): readonly string[] {
    return this.fields.map(f => f.name)
  }

  /** As Spark's `simpleString`: `struct<a:int,b:string>`. */
  toString(): string {
    return typeName(this)
  }

  /** `a INT NOT NULL,b STRING`, which `schema(text)` reads back. */
  toDdl(): string {
    return printDdl(this)
  }

  /** Spark's JSON form, so that `JSON.stringify(schema)` is what Spark's `schema.json` prints. */
  toJSON(): SparkJson {
    return toSparkJson({ kind: 'struct', fields: this.fields })
  }

  /** The tree that `printSchema` prints. */
  treeString(): string {
    return treeString(this)
  }
}

/**
 * A schema from an object, a DDL text or Spark's JSON form. From an object or a literal text the type of a row is inferred.
 *
 * @example
 * const Ride = schema({ CA: 'string', ENTRIES: 'int', TS: 'timestamp' })
 * const Fare = schema('CA string, fare decimal(10,2), tags array<string>')
 * const Same = schema(JSON.stringify(Fare))
 * type Row = typeof Ride.Row            // { CA: string; ENTRIES: number; TS: Timestamp }
 * @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE, INVALID_JSON_SCHEMA, …
 */
export function schema<const S extends string>(ddlOrJson: S): Schema<RowOfDdl<S>>
export function schema(struct: StructType | (SparkJson & object)): Schema<any>
export function schema<const T extends SchemaShape>(shape: T): Schema<RowOfShape<T>>
export function schema(from: string | StructType | SparkJson | SchemaShape): Schema<any> {
  if (from instanceof Schema) return from
  if (typeof from === 'string') return new Schema(/^\s*\{/.test(from) ? struct(fromSparkJson(from)) : parseDdl(from))
  if (isStruct(from)) return new Schema(from)
  if ('fields' in from && from.type === 'struct' && Array.isArray(from.fields)) return new Schema(struct(fromSparkJson(from)))
  return new Schema(shapeToStruct(from as SchemaShape))
}

const isStruct = (x: object): x is StructType => 'kind' in x && x.kind === 'struct' && 'fields' in x && Array.isArray(x.fields)

function struct(type: ReturnType<typeof fromSparkJson>): StructType {
  if (type.kind !== 'struct') throw new MillraceError('INVALID_JSON_SCHEMA', { found: typeName(type) })
  return type
}

function shapeToStruct(shape: SchemaShape): StructType {
  return structType(Object.entries(shape).map(([name, type]) => shapeField(name, type)))
}

/** `'int NOT NULL'` is a column's text without its name. */
function shapeField(name: string, type: SchemaShape[string]): Field {
  if (typeof type !== 'string') return field(name, type instanceof Schema ? structType(type.fields) : shapeToStruct(type as SchemaShape))
  if (!/\b(not\s+null|comment)\b/i.test(type)) return field(name, parseDataType(type))
  const column = parseDdl(`c ${type}`).fields[0]!
  return field(name, column.dataType, column.nullable, column.metadata)
}
