import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  type DataType,
  dateType,
  decimalType,
  doubleType,
  type Field,
  field,
  floatType,
  fromSparkJson,
  integerType,
  longType,
  mapType,
  type StructType,
  shortType,
  stringType,
  structType,
  timestampNtzType,
  timestampType,
} from '../../types/index.ts'
import type { InputFile } from '../open-bytes.ts'
import { ThriftReader, type ThriftStruct, type ThriftValue } from './thrift.ts'

/** One node of a footer's schema, with its children. */
interface Node {
  readonly name: string
  readonly physical: number | undefined
  readonly repeated: boolean
  readonly required: boolean
  readonly converted: number | undefined
  readonly logical: ThriftStruct | undefined
  readonly precision: number
  readonly scale: number
  readonly children: readonly Node[]
}

const utf8 = new TextDecoder()
const text = (v: ThriftValue | undefined): string => (v instanceof Uint8Array ? utf8.decode(v) : '')
const number = (v: ThriftValue | undefined): number | undefined => (typeof v === 'number' ? v : undefined)
const struct = (v: ThriftValue | undefined): ThriftStruct | undefined => (v instanceof Map ? (v as ThriftStruct) : undefined)

/** The flat list of the footer as a tree: each element is followed by its children. */
function tree(elements: readonly ThriftStruct[], at: { i: number }): Node {
  const e = elements[at.i++]!
  const children: Node[] = []
  const count = number(e.get(5)) ?? 0
  for (let k = 0; k < count; k++) children.push(tree(elements, at))
  return {
    name: text(e.get(4)),
    physical: number(e.get(1)),
    repeated: number(e.get(3)) === 2,
    required: number(e.get(3)) === 0,
    converted: number(e.get(6)),
    logical: struct(e.get(10)),
    precision: number(e.get(8)) ?? 0,
    scale: number(e.get(7)) ?? 0,
    children,
  }
}

const INTEGERS: Readonly<Record<number, DataType>> = {
  11: shortType,
  12: integerType,
  13: longType,
  14: decimalType(20, 0),
  15: byteType,
  16: shortType,
  17: integerType,
  18: longType,
}
const PHYSICAL: readonly DataType[] = [booleanType, integerType, longType, timestampType, floatType, doubleType, binaryType, binaryType]

/** A plain column as Spark reads it (ParquetSchemaConverter). */
function primitive(n: Node): DataType {
  const decimal = struct(n.logical?.get(5))
  if (n.converted === 5 || decimal) return decimalType(number(decimal?.get(2)) ?? n.precision, number(decimal?.get(1)) ?? n.scale)
  const instant = struct(n.logical?.get(8))
  if (instant) return instant.get(1) === true ? timestampType : timestampNtzType
  if (n.converted === 9 || n.converted === 10) return timestampType
  if (n.converted === 0 || n.converted === 4 || n.converted === 19 || n.logical?.has(1) || n.logical?.has(4)) return stringType
  if (n.converted === 6 || n.logical?.has(6)) return dateType
  return INTEGERS[n.converted ?? -1] ?? PHYSICAL[n.physical ?? 6]!
}

const isList = (n: Node): boolean => n.converted === 3 || (n.logical?.has(3) ?? false)
const isMap = (n: Node): boolean => n.converted === 1 || n.converted === 2 || (n.logical?.has(2) ?? false)

/** The element of a list: below the repeated group, or the repeated node itself in old files. */
function element(repeated: Node): { readonly type: DataType; readonly nullable: boolean } {
  const [only] = repeated.children
  if (repeated.children.length !== 1 || repeated.name === 'array')
    return { type: typeOf({ ...repeated, repeated: false }), nullable: false }
  return { type: typeOf(only!), nullable: !only!.required }
}

function typeOf(n: Node): DataType {
  if (n.repeated) return arrayType(typeOf({ ...n, repeated: false }), false)
  if (n.children.length === 0) return primitive(n)
  const [first] = n.children
  if (isList(n) && first?.repeated) {
    const { type, nullable } = element(first)
    return arrayType(type, nullable)
  }
  if (isMap(n) && first?.children.length === 2) {
    const [key, value] = first.children as [Node, Node]
    return mapType(typeOf(key), typeOf(value), !value.required)
  }
  return structType(n.children.map(fieldOf))
}

const fieldOf = (n: Node): Field => field(n.name, typeOf(n), !n.required)

const ROW_METADATA = 'org.apache.spark.sql.parquet.row.metadata'

/** The columns a footer tells: Spark's own note of them where it is there. */
function footerSchema(footer: Uint8Array): StructType {
  const meta = new ThriftReader(footer).struct()
  const notes = (meta.get(5) as readonly ThriftStruct[] | undefined) ?? []
  const note = notes.find(kv => text(kv.get(1)) === ROW_METADATA)
  if (note) return fromSparkJson(JSON.parse(text(note.get(2)))) as StructType
  return structType(tree(meta.get(2) as readonly ThriftStruct[], { i: 0 }).children.map(fieldOf))
}

/** The columns of one Parquet file. Throws READ_FILE_FAILED for files that are none. */
async function parquetSchema(file: InputFile, platform: Platform): Promise<StructType> {
  try {
    const tail = await platform.files.readRange(file.path, Math.max(0, file.size - 8), 8)
    if (tail.length < 8 || utf8.decode(tail.subarray(4)) !== 'PAR1') throw new RangeError('it does not end as a Parquet file does')
    const size = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true)
    if (size + 12 > file.size) throw new RangeError('its footer is longer than the file')
    return footerSchema(await platform.files.readRange(file.path, file.size - 8 - size, size))
  } catch (cause) {
    throw new MillraceError('READ_FILE_FAILED', { path: file.path, why: (cause as Error).message }, { cause })
  }
}

/** The columns of Parquet files: those of the first, or with `mergeSchema` of all of them together. */
export async function inferParquet(files: readonly InputFile[], merge: boolean, platform: Platform): Promise<StructType> {
  const fields = new Map<string, Field>()
  for (const file of merge ? files : files.slice(0, 1)) {
    for (const f of (await parquetSchema(file, platform)).fields) if (!fields.has(f.name)) fields.set(f.name, f)
  }
  return structType([...fields.values()])
}
