import { type RowBatch, type StructType, structType } from '../../types/index.ts'
import { UNREAD } from '../builders.ts'
import { Lines, lineSeparator } from '../lines.ts'
import { columnsToMake, type Decoder, type FormatOptions, type OnBad, type Origin } from '../record-mode.ts'
import { JsonRows } from './rows.ts'

/** JSON files into rows: a record a line, or with `multiLine` a file. */
class JsonDecoder implements Decoder {
  readonly #rows: JsonRows
  readonly #lines: Lines
  readonly #origin: Origin = { file: '', line: 0 }
  #parts: Uint8Array[] = []

  readonly #schema: StructType
  readonly #made: ReadonlySet<number> | undefined

  constructor(schema: StructType, options: FormatOptions, today: () => number, used?: ReadonlySet<number>, onBad?: OnBad) {
    this.#schema = schema
    this.#made = columnsToMake(schema, options, used)
    const made = this.#made
    this.#rows = new JsonRows(made ? structType(schema.fields.filter((_, i) => made.has(i))) : schema, options, true, today, onBad)
    this.#lines = new Lines((b, start, end) => {
      this.#origin.line++
      this.#rows.record(b, start, end, this.#origin)
    }, lineSeparator(options.linesep))
  }

  get length(): number {
    return this.#rows.length
  }

  open(file: string): void {
    this.#origin.file = file
    this.#origin.line = 0
    this.#parts = []
  }

  push(chunk: Uint8Array): void {
    if (this.#rows.options.multiLine) this.#parts.push(chunk.slice())
    else this.#lines.push(chunk)
  }

  close(): void {
    if (!this.#rows.options.multiLine) {
      this.#lines.close()
      return
    }
    const all = Buffer.concat(this.#parts)
    const start = all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? 3 : 0
    this.#rows.record(all, start, all.length, this.#origin)
  }

  take(): RowBatch {
    const batch = this.#rows.take()
    const made = this.#made
    if (!made) return batch
    const columns = batch.columns[Symbol.iterator]()
    return { ...batch, schema: this.#schema, columns: this.#schema.fields.map((_, i) => (made.has(i) ? columns.next().value! : UNREAD)) }
  }
}

const noDay = (): number => 0

/**
 * Bytes of JSON files into rows of a schema. `options`: keys in lower case; `timezone` is the session's where the read names none.
 * `used`: the columns that are read; the others may come out empty. `onBad`: told of each record that DROPMALFORMED leaves out.
 */
export const jsonDecoder = (
  schema: StructType,
  options: FormatOptions,
  today: () => number = noDay,
  used?: ReadonlySet<number>,
  onBad?: OnBad,
): Decoder => new JsonDecoder(schema, options, today, used, onBad)
