import { MillraceError } from '../../errors/index.ts'
import { WRITTEN_CODECS } from '../../formats/index.ts'
import type { FormatName } from './format-options.ts'

const CODECS: Readonly<Record<string, string>> = {
  none: '',
  uncompressed: '',
  gzip: 'gz',
  gz: 'gz',
  zstd: 'zst',
  zst: 'zst',
  snappy: 'snappy',
  deflate: 'deflate',
}
/** Codecs that the name of a file does not tell: its header does. */
const INSIDE: Readonly<Partial<Record<FormatName, readonly string[]>>> = { avro: Object.keys(WRITTEN_CODECS) }
const ALLOWED: Readonly<Record<FormatName, readonly string[]>> = {
  csv: ['', 'gz', 'zst'],
  json: ['', 'gz', 'zst'],
  text: ['', 'gz', 'zst'],
  parquet: ['', 'snappy', 'gz', 'zst'],
  avro: [''],
}

const CODEC_SETTINGS: Readonly<Partial<Record<FormatName, string>>> = {
  parquet: 'spark.sql.parquet.compression.codec',
  avro: 'spark.sql.avro.compression.codec',
}

/** The options with the session's codec for Parquet and Avro, where none was given. */
export function withCodec(
  format: FormatName,
  options: Readonly<Record<string, string>>,
  conf: (key: string) => string | undefined,
): Readonly<Record<string, string>> {
  const key = CODEC_SETTINGS[format]
  const codec = key === undefined ? undefined : conf(key)
  return codec === undefined ? options : { compression: codec.toLowerCase(), ...options }
}

/** What a written file's name ends in, by format and option: `.csv.gz`, `.snappy.parquet`. Throws INVALID_OPTION for codecs that are not written. */
export function fileEnding(format: FormatName, options: Readonly<Record<string, string>>): string {
  const inside = INSIDE[format]
  if (inside) {
    if (options.compression === undefined || inside.includes(options.compression.toLowerCase())) return `.${format}`
    const expected = 'uncompressed, snappy, deflate or zstandard'
    throw new MillraceError('INVALID_OPTION', { option: 'compression', format, value: options.compression, expected })
  }
  const given = options.compression ?? options.codec ?? (format === 'parquet' ? 'snappy' : 'none')
  const codec = CODECS[given.toLowerCase()]
  if (codec === undefined || !ALLOWED[format].includes(codec)) {
    throw new MillraceError('INVALID_OPTION', {
      option: 'compression',
      format,
      value: given,
      expected: format === 'parquet' ? 'none, snappy, gzip or zstd' : 'none, gzip or zstd',
    })
  }
  const extension = format === 'text' ? 'txt' : format
  if (codec === '') return `.${extension}`
  return format === 'parquet' ? `.${codec}.${extension}` : `.${extension}.${codec}`
}

/** `part-00000-<of>-c000.csv`, or `.c000` below partition directories: Spark's form with a name of one's own in place of the random one. */
export const partName = (n: number, of: string, ending: string, partitioned: boolean): string =>
  `part-${String(n).padStart(5, '0')}-${of}${partitioned ? '.' : '-'}c000${ending}`
