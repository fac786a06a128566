import { promisify } from 'node:util'
import { deflate, gzip, zstdCompress } from 'node:zlib'
import type { ToFiles } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { LiteralValue } from '../../plan/index.ts'
import type { RowBatch, StructType } from '../../types/index.ts'
import { literalReader } from './duck/literal-columns.ts'

/** Spark's names of codecs for text files. */
const CODECS: Readonly<Record<string, ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined>> = {
  none: async bytes => bytes,
  uncompressed: async bytes => bytes,
  gzip: promisify(gzip),
  deflate: promisify(deflate),
  zstd: promisify(zstdCompress),
}

/** The bytes of one text file: csv, json lines or plain text, compressed as the options say. */
export async function encodeText(schema: StructType, parts: readonly RowBatch[], { format, options }: ToFiles, timeZone: string): Promise<Uint8Array> {
  const codec = CODECS[(options['compression'] ?? 'none').toLowerCase()]
  if (!codec) throw new MillraceError('INVALID_ARGUMENT', { name: 'compression', value: options['compression'], expected: `one of ${Object.keys(CODECS).join(', ')}` })
  const { csvWriter, jsonWriter } = await import('../../formats/index.ts')
  const given = { timezone: timeZone, ...options }
  const line: (row: LiteralValue) => string =
    format === 'text' ? row => String((row as readonly LiteralValue[])[0] ?? '') : format === 'csv' ? csvWriter(schema, given) : jsonWriter(schema, given)
  const end = options['linesep'] ?? '\n'
  const chunks: Buffer[] = []
  if (format === 'csv' && options['header']?.toLowerCase() === 'true') {
    const names = csvWriter({ ...schema, fields: schema.fields.map(f => ({ ...f, dataType: { kind: 'string' } })) }, given)
    chunks.push(Buffer.from(names(schema.fields.map(f => f.name)) + end))
  }
  for (const batch of parts) chunks.push(Buffer.from(linesOf(batch, schema, line, end)))
  return codec(Buffer.concat(chunks))
}

function linesOf(batch: RowBatch, schema: StructType, line: (row: LiteralValue) => string, end: string): string {
  const read = schema.fields.map((f, c) => literalReader(batch.columns[c]!, f.dataType))
  let text = ''
  for (let i = 0; i < batch.length; i++) text += line(read.map(r => r(i))) + end
  return text
}
