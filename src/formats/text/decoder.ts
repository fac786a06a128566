import type { RowBatch, StructType } from '../../types/index.ts'
import { BytesBuilder } from '../builders.ts'
import { Lines, lineSeparator } from '../lines.ts'
import { type Decoder, type FormatOptions, flag } from '../record-mode.ts'

/** One string column: a row a line, or with `wholetext` a row a file. */
export class LineDecoder implements Decoder {
  readonly #schema: StructType
  readonly #column = new BytesBuilder(true)
  readonly #lines: Lines
  readonly #whole: boolean
  #parts: Uint8Array[] = []

  constructor(schema: StructType, options: FormatOptions) {
    this.#schema = schema
    this.#whole = flag(options, 'wholetext', false)
    this.#lines = new Lines((bytes, start, end) => this.#column.append(bytes, start, end), lineSeparator(options.linesep))
  }

  get length(): number {
    return this.#column.length
  }

  open(): void {
    this.#parts = []
  }

  push(chunk: Uint8Array): void {
    if (this.#whole) this.#parts.push(chunk.slice())
    else this.#lines.push(chunk)
  }

  close(): void {
    if (!this.#whole) {
      this.#lines.close()
      return
    }
    const all = Buffer.concat(this.#parts)
    this.#column.append(all, 0, all.length)
  }

  take(): RowBatch {
    const length = this.#column.length
    return { schema: this.#schema, length, columns: this.#schema.fields.length === 0 ? [] : [this.#column.take()] }
  }
}

export const textDecoder = (schema: StructType, options: FormatOptions): Decoder => new LineDecoder(schema, options)
