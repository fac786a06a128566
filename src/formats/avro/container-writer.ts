import { createHash } from 'node:crypto'
import { MillraceError } from '../../errors/index.ts'
import { parseAvro, printAvro, type RowBatch, type StructType, sparkToAvro } from '../../types/index.ts'
import { type FormatOptions, flag } from '../record-mode.ts'
import { namedByPosition } from './by-position.ts'
import { codecOfHeader, WRITTEN_CODECS } from './container-codec.ts'
import { headerBytes, numberBytes, SYNC } from './container-header.ts'
import { avroEncoder } from './encoder.ts'

/** Unpacked bytes of a block, as Java's writer has them. */
const BLOCK_BYTES = 64_000

/** Where to cut messages into blocks: the numbers of the first messages behind each. */
function cuts(offsets: Int32Array, length: number): readonly number[] {
  const found: number[] = []
  let start = 0
  for (let i = 0; i < length; i++) {
    if (offsets[i + 1]! - offsets[start]! < BLOCK_BYTES && i < length - 1) continue
    found.push(i + 1)
    start = i + 1
  }
  return found
}

/**
 * Rows as one Avro object container file. Options: `avroSchema` (`positionalFieldMatching`), `recordName`, `recordNamespace`, `compression` (snappy where none is given).
 * The same rows give the same bytes: the mark between blocks comes from what is written.
 *
 * @throws AVRO_INCOMPATIBLE_TYPE, AVRO_FIELD_NOT_MATCHED, AVRO_CANNOT_WRITE_NULL_FIELD, AVRO_VALUE_DOES_NOT_FIT, MISSING_DEPENDENCY
 */
export async function avroFile(schema: StructType, batches: readonly RowBatch[], options: FormatOptions): Promise<Uint8Array> {
  const name = options['compression'] ?? 'snappy'
  const known = WRITTEN_CODECS[name.toLowerCase()]
  if (known === undefined)
    throw new MillraceError('INVALID_OPTION', {
      option: 'compression',
      format: 'avro',
      value: name,
      expected: 'uncompressed, snappy, deflate or zstandard',
    })
  const codec = await codecOfHeader(known, 'the file')
  const avro =
    options['avroschema'] === undefined
      ? sparkToAvro(schema, false, options['recordname'] ?? 'topLevelRecord', options['recordnamespace'] ?? '')
      : parseAvro(options['avroschema'])
  const byPosition = flag(options, 'positionalfieldmatching', false)
  const encode = avroEncoder(byPosition ? namedByPosition(schema, avro) : schema, avro)
  const text = printAvro(avro)
  const blocks: { readonly rows: number; readonly bytes: Uint8Array }[] = []
  const hash = createHash('sha256').update(text)
  for (const { length, columns } of batches) {
    const { offsets, values } = encode({ length, children: columns }, length) as { offsets: Int32Array; values: Uint8Array }
    hash.update(values)
    let first = 0
    for (const end of cuts(offsets, length)) {
      blocks.push({ rows: end - first, bytes: codec.pack(values.subarray(offsets[first]!, offsets[end]!)) })
      first = end
    }
  }
  const sync = new Uint8Array(hash.digest().subarray(0, SYNC))
  const body = blocks.flatMap(b => [numberBytes(b.rows), numberBytes(b.bytes.length), b.bytes, sync])
  return Buffer.concat([headerBytes(text, codec.name, sync), ...body])
}
