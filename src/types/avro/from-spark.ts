import { MillraceError } from '../../errors/index.ts'
import type { DataType } from '../data-type.ts'
import { typeName } from '../names.ts'
import type { AvroPrimitive, AvroSchema } from './schema.ts'

const NULL: AvroPrimitive = Object.freeze({ type: 'null' })

/** Bytes that hold so many digits and a sign. */
function bytesFor(precision: number): number {
  let bytes = 1
  while (2 ** (8 * bytes - 1) < 10 ** precision) bytes++
  return bytes
}

type Leaf = (t: DataType) => AvroPrimitive
const LEAVES: Readonly<Partial<Record<DataType['kind'], Leaf>>> = {
  null: () => NULL,
  boolean: () => ({ type: 'boolean' }),
  byte: () => ({ type: 'int' }),
  short: () => ({ type: 'int' }),
  integer: () => ({ type: 'int' }),
  long: () => ({ type: 'long' }),
  float: () => ({ type: 'float' }),
  double: () => ({ type: 'double' }),
  string: () => ({ type: 'string' }),
  binary: () => ({ type: 'bytes' }),
  date: () => ({ type: 'int', logical: { name: 'date' } }),
  timestamp: () => ({ type: 'long', logical: { name: 'timestamp-micros' } }),
  timestampNtz: () => ({ type: 'long', logical: { name: 'local-timestamp-micros' } }),
  time: t => ({ type: 'long', logical: { name: 'time-micros' }, catalyst: typeName(t) }),
  yearMonthInterval: t => ({ type: 'int', catalyst: typeName(t) }),
  dayTimeInterval: t => ({ type: 'long', catalyst: typeName(t) }),
}

function convert(t: DataType, name: string, namespace: string, path: string): AvroSchema {
  const full = namespace === '' ? name : `${namespace}.${name}`
  switch (t.kind) {
    case 'decimal': {
      const { precision, scale } = t
      return {
        type: 'fixed',
        name: `${full}.fixed`,
        aliases: [],
        size: bytesFor(precision),
        logical: { name: 'decimal', precision, scale },
      }
    }
    case 'array':
      return { type: 'array', items: orNull(t.elementType, t.containsNull, name, namespace, `${path}.element`) }
    case 'map':
      if (t.keyType.kind !== 'string') break
      return { type: 'map', values: orNull(t.valueType, t.valueContainsNull, name, namespace, `${path}.value`) }
    case 'struct': {
      const fields = t.fields.map(f => {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(f.name)) throw new MillraceError('AVRO_NAME_NOT_ALLOWED', { name: f.name })
        return { name: f.name, aliases: [], schema: orNull(f.dataType, f.nullable, f.name, full, `${path}.${f.name}`) }
      })
      return { type: 'record', name: full, aliases: [], fields }
    }
    default: {
      const leaf = LEAVES[t.kind]
      if (leaf) return leaf(t)
    }
  }
  throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
    format: 'avro',
    column: path.replace(/^\./, '') || 'value',
    type: typeName(t),
  })
}

function orNull(t: DataType, nullable: boolean, name: string, namespace: string, path: string): AvroSchema {
  const schema = convert(t, name, namespace, path)
  return nullable && t.kind !== 'null' ? { type: 'union', branches: [schema, NULL] } : schema
}

/**
 * The Avro schema that Spark writes values of a type with, where none is given: a nullable value is a union with null, a struct a record named
 * by its column, a decimal a fixed.
 *
 * @throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, AVRO_NAME_NOT_ALLOWED
 */
export const sparkToAvro = (type: DataType, nullable: boolean, recordName = 'topLevelRecord', namespace = ''): AvroSchema =>
  orNull(type, nullable, recordName, namespace, '')
