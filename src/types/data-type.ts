/**
 * Spark's data types as frozen plain objects. `kind` is the name of the field in Spark Connect's `DataType` message,
 * so a type's protobuf JSON is `{ [kind]: rest }` (see `plan/json.ts`). Names for people (`bigint`, `decimal(10,2)`) are in `ddl.ts`.
 */
export type DataType =
  | SimpleType
  | DecimalType
  | StringType
  | CharType
  | YearMonthIntervalType
  | DayTimeIntervalType
  | TimeType
  | ArrayType
  | MapType
  | StructType

export type SimpleKind =
  | 'null'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestampNtz'
  | 'calendarInterval'
  | 'variant'

export interface SimpleType {
  readonly kind: SimpleKind
}
export interface DecimalType {
  readonly kind: 'decimal'
  /** Digits in all, 1 to 38. */
  readonly precision: number
  /** Digits after the point, 0 to precision. */
  readonly scale: number
}
export interface StringType {
  readonly kind: 'string'
  readonly collation?: string
}
export interface CharType {
  readonly kind: 'char' | 'varChar'
  readonly length: number
}
/** Fields: 0 year, 1 month. */
export interface YearMonthIntervalType {
  readonly kind: 'yearMonthInterval'
  readonly startField: 0 | 1
  readonly endField: 0 | 1
}
/** Fields: 0 day, 1 hour, 2 minute, 3 second. */
export interface DayTimeIntervalType {
  readonly kind: 'dayTimeInterval'
  readonly startField: 0 | 1 | 2 | 3
  readonly endField: 0 | 1 | 2 | 3
}
export interface TimeType {
  readonly kind: 'time'
  readonly precision: number
}
export interface ArrayType {
  readonly kind: 'array'
  readonly elementType: DataType
  readonly containsNull: boolean
}
export interface MapType {
  readonly kind: 'map'
  readonly keyType: DataType
  readonly valueType: DataType
  readonly valueContainsNull: boolean
}
export interface StructType {
  readonly kind: 'struct'
  readonly fields: readonly Field[]
}
export interface Field {
  readonly name: string
  readonly dataType: DataType
  readonly nullable: boolean
  readonly metadata?: Readonly<Record<string, unknown>>
}

const simple = (kind: SimpleKind): SimpleType => Object.freeze({ kind })

export const nullType: SimpleType = simple('null')
export const booleanType: SimpleType = simple('boolean')
export const byteType: SimpleType = simple('byte')
export const shortType: SimpleType = simple('short')
export const integerType: SimpleType = simple('integer')
export const longType: SimpleType = simple('long')
export const floatType: SimpleType = simple('float')
export const doubleType: SimpleType = simple('double')
export const binaryType: SimpleType = simple('binary')
export const dateType: SimpleType = simple('date')
export const timestampType: SimpleType = simple('timestamp')
export const timestampNtzType: SimpleType = simple('timestampNtz')
export const calendarIntervalType: SimpleType = simple('calendarInterval')
export const variantType: SimpleType = simple('variant')
export const stringType: StringType = Object.freeze({ kind: 'string' })

export const decimalType = (precision: number, scale: number): DecimalType => Object.freeze({ kind: 'decimal', precision, scale })
export const timeType = (precision = 6): TimeType => Object.freeze({ kind: 'time', precision })
export const charType = (kind: 'char' | 'varChar', length: number): CharType => Object.freeze({ kind, length })
export const yearMonthIntervalType = (startField: 0 | 1 = 0, endField: 0 | 1 = 1): YearMonthIntervalType =>
  Object.freeze({ kind: 'yearMonthInterval', startField, endField })
export const dayTimeIntervalType = (startField: 0 | 1 | 2 | 3 = 0, endField: 0 | 1 | 2 | 3 = 3): DayTimeIntervalType =>
  Object.freeze({ kind: 'dayTimeInterval', startField, endField })
export const arrayType = (elementType: DataType, containsNull = true): ArrayType =>
  Object.freeze({ kind: 'array', elementType, containsNull })
export const mapType = (keyType: DataType, valueType: DataType, valueContainsNull = true): MapType =>
  Object.freeze({ kind: 'map', keyType, valueType, valueContainsNull })
export const structType = (fields: readonly Field[]): StructType => Object.freeze({ kind: 'struct', fields: Object.freeze([...fields]) })
export const field = (name: string, dataType: DataType, nullable = true, metadata?: Readonly<Record<string, unknown>>): Field =>
  Object.freeze(metadata && Object.keys(metadata).length > 0 ? { name, dataType, nullable, metadata } : { name, dataType, nullable })

/** Are two types the same? Nullability counts only with `strict`. */
export function sameType(a: DataType, b: DataType, strict = false): boolean {
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'decimal':
      return a.precision === (b as DecimalType).precision && a.scale === (b as DecimalType).scale
    case 'char':
    case 'varChar':
      return a.length === (b as CharType).length
    case 'time':
      return a.precision === (b as TimeType).precision
    case 'yearMonthInterval':
    case 'dayTimeInterval':
      return a.startField === (b as DayTimeIntervalType).startField && a.endField === (b as DayTimeIntervalType).endField
    case 'array': {
      const o = b as ArrayType
      return sameType(a.elementType, o.elementType, strict) && (!strict || a.containsNull === o.containsNull)
    }
    case 'map': {
      const o = b as MapType
      return (
        sameType(a.keyType, o.keyType, strict) &&
        sameType(a.valueType, o.valueType, strict) &&
        (!strict || a.valueContainsNull === o.valueContainsNull)
      )
    }
    case 'struct': {
      const o = b as StructType
      return (
        a.fields.length === o.fields.length &&
        a.fields.every((f, i) => {
          const g = o.fields[i]!
          return f.name === g.name && sameType(f.dataType, g.dataType, strict) && (!strict || f.nullable === g.nullable)
        })
      )
    }
    default:
      return true
  }
}

export const isNumeric = (t: DataType): boolean => isIntegral(t) || t.kind === 'float' || t.kind === 'double' || t.kind === 'decimal'
export const isIntegral = (t: DataType): boolean => t.kind === 'byte' || t.kind === 'short' || t.kind === 'integer' || t.kind === 'long'
export const isString = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varChar'
export const isTemporal = (t: DataType): boolean => t.kind === 'timestamp' || t.kind === 'timestampNtz' || t.kind === 'date'
export const isNested = (t: DataType): t is ArrayType | MapType | StructType =>
  t.kind === 'array' || t.kind === 'map' || t.kind === 'struct'
