import { type DataType, sparkToAvro } from '../../types/index.ts'
import { type AvroEncoder, avroEncoder } from '../avro/encoder.ts'
import type { ColumnFunction } from '../json/functions.ts'
import { SchemasNeeded } from './columns.ts'
import type { Asked } from './registries.ts'

/** What stands before a message: a zero byte and the id of its schema. */
export function frameOf(id: number): Uint8Array {
  const frame = new Uint8Array(5)
  new DataView(frame.buffer).setInt32(1, id)
  return frame
}

/**
 * to_avro with a registry: messages framed with the id of a schema of the subject. That is the version asked for, or with `autoRegister` the one that the
 * type gives, registered where the registry finds it compatible with the latest. `prepare` looks the schema up and sees whether the column fits it;
 * before that the function throws SchemasNeeded.
 */
export function registryMessages(
  { options, subject, registered }: Asked,
  type: DataType,
): { readonly columns: ColumnFunction; readonly prepare: () => Promise<void> } {
  let encode: AvroEncoder | undefined
  const prepare = async (): Promise<void> => {
    if (!options.autoRegister) {
      const { id, schema } = await subject()
      encode = avroEncoder(type, schema, { frame: frameOf(id) })
      return
    }
    const schema = sparkToAvro(type, false)
    // What cannot be written is not registered.
    avroEncoder(type, schema)
    encode = avroEncoder(type, schema, { frame: frameOf(await registered(schema)) })
  }
  return {
    prepare,
    columns: (column, length) => {
      if (!encode) throw new SchemasNeeded(prepare)
      return encode(column, length)
    },
  }
}
