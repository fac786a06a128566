import { promisify } from 'node:util'
import { deflate, gzip, zstdCompress } from 'node:zlib'
import type { ToFiles } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { RowBatch, StructType } from '../../types/index.ts'

/** Spark's names of codecs for text files. */
const CODECS: Readonly<Record<string, ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined>> = {
  none: async bytes => bytes,
  uncompressed: async bytes => bytes,
  gzip: promisify(gzip),
  deflate: promisify(deflate),
  zstd: promisify(zstdCompress),
}

/** The bytes of one file: csv, json lines or plain text, compressed as the options say, or Avro. */
export async function encodeText(
  schema: StructType,
  parts: readonly RowBatch[],
  { format, options }: ToFiles,
  timeZone: string,
): Promise<Uint8Array> {
  if (format === 'avro') return (await import('../../formats/index.ts')).avroFile(schema, parts, options)
  const name = options.compression ?? options.codec ?? 'none'
  const codec = CODECS[name.toLowerCase()]
  if (!codec)
    throw new MillraceError('INVALID_ARGUMENT', { name: 'compression', value: name, expected: `one of ${Object.keys(CODECS).join(', ')}` })
  const { csvEncoder, jsonEncoder, textEncoder } = await import('../../formats/index.ts')
  const given = { timezone: timeZone, ...options }
  const encode = format === 'text' ? textEncoder(given) : format === 'csv' ? csvEncoder(schema, given) : jsonEncoder(schema, given)
  // Without rows there is still a header to write.
  const batches = parts.length > 0 ? parts : [{ schema, length: 0, columns: [] }]
  return codec(Buffer.concat(batches.map(batch => encode(batch))))
}
