import { type DataType, sparkToAvro } from '../../types/index.ts'
import { type AvroEncoder, avroEncoder } from '../avro/encoder.ts'
import type { ColumnFunction } from '../json/functions.ts'
import { SchemasNeeded } from './columns.ts'
import type { RegistryOptions } from './options.ts'
import type { Registry } from './registry.ts'

/** What stands before a message: a zero byte and the id of its schema. */
export function frameOf(id: number): Uint8Array {
  const frame = new Uint8Array(5)
  new DataView(frame.buffer).setInt32(1, id)
  return frame
}

/**
 * to_avro with a registry: messages framed with the id of a schema of the subject. That is the version asked for, or with `autoRegister` the one that the
 * type gives, registered where the registry finds it compatible with the latest. The first call throws SchemasNeeded: before anything is written the schema
 * is looked up, and it is seen whether the column fits it.
 */
export function registryMessages(registry: Registry, options: RegistryOptions, type: DataType): ColumnFunction {
  let encode: AvroEncoder | undefined
  const lookUp = async (): Promise<void> => {
    const { subject, version, autoRegister } = options
    if (!autoRegister) {
      const { id, schema } = await registry.subject(subject, version)
      encode = avroEncoder(type, schema, { frame: frameOf(id) })
      return
    }
    const schema = sparkToAvro(type, false)
    // What cannot be written is not registered.
    avroEncoder(type, schema)
    encode = avroEncoder(type, schema, { frame: frameOf(await registry.register(subject, schema)) })
  }
  return (column, length) => {
    if (!encode) throw new SchemasNeeded(lookUp)
    return encode(column, length)
  }
}
