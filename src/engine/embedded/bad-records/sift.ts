import type { FilesScan, Scan, ScanFile } from '../../../connectors/contract.ts'
import type { RowBatch, StructType } from '../../../types/index.ts'
import { takeRows } from '../duck/read-vector.ts'
import { columnsBelow, DecodeFailed, decodedSchema, decoding } from '../fused/decode.ts'
import type { InputContext } from '../inputs.ts'
import type { BadRows } from './bad-rows.ts'
import { expressionText } from './expression-text.ts'

type Decode = (batch: RowBatch) => RowBatch
export type SiftContext = Pick<InputContext, 'platform' | 'timeZone' | 'signal' | 'sliceBytes' | 'used' | 'decoders'>

/** Rows as the source's format gives them, with the number of the first one. */
export interface Numbered {
  readonly batch: RowBatch
  readonly first: number
  /** The file they are from, and the number of the first one in it. */
  readonly file?: ScanFile
  readonly firstInFile?: number
}
/** Rows that are left, and their numbers. */
export interface Sifted {
  readonly batch: RowBatch
  readonly numbers: Int32Array
}

/** Files are read by the decoder, which tells of records it cannot parse. */
async function* ofFiles(scan: FilesScan, bad: BadRows, to: SiftContext, used: ReadonlySet<number> | undefined): AsyncGenerator<Numbered> {
  const { readFiles } = await import('../../../formats/index.ts')
  bad.parsed = []
  let first = 0
  for (const file of scan.files) {
    let firstInFile = 0
    const batches = readFiles({ ...scan, files: [file] }, to.platform, {
      timeZone: to.timeZone,
      sliceBytes: to.sliceBytes,
      ...(to.signal && { signal: to.signal }),
      ...(used && { columns: used }),
      onBad: record => bad.addRecord(record),
    })
    for await (const batch of batches) {
      yield { batch, first, file, firstInFile }
      first += batch.length
      firstInFile += batch.length
    }
  }
}

/** The rows of a scan in an order that is always the same. `used`: columns that are wanted; absent = all. `lent`: those nobody keeps. */
export async function* numbered(
  scan: Scan,
  bad: BadRows,
  to: SiftContext,
  used?: ReadonlySet<number>,
  lent?: ReadonlySet<number>,
): AsyncGenerator<Numbered> {
  if (scan.kind === 'files') {
    yield* ofFiles(scan, bad, to, used)
    return
  }
  let first = 0
  for await (const batch of scan.kind === 'bytes' ? scan.slices(used, lent) : scan.batches) {
    yield { batch, first }
    first += batch.length
  }
}

/**
 * The rows of a scan without those that are set aside, with what decoders make of them. Rows that a decoder cannot read are set aside here, without
 * the batch being tried again.
 *
 * @throws TOO_MANY_BAD_RECORDS
 */
export async function* sifted(scan: Scan, bad: BadRows, to: SiftContext): AsyncGenerator<Sifted> {
  const { decoders = [] } = to
  const all = to.used ?? new Set(decodedSchema(scan.schema, decoders).fields.keys())
  const decode = decoding(scan.schema, decoders, all)
  const below = scan.kind === 'files' ? to.used : columnsBelow(scan.schema, decoders, all)
  // What only decoders look at is read before the next slice comes.
  const lent = new Set([...(below ?? [])].filter(i => !all.has(i)))
  let rows = 0
  for await (const { batch, first } of numbered(scan, bad, to, below, lent)) {
    to.signal?.throwIfAborted()
    let left = without(bad, { batch, numbers: numbersFrom(first, batch.length) }, scan.schema)
    try {
      if (decoders.length > 0) left = { ...left, batch: decode(left.batch) }
    } catch (error) {
      if (!(error instanceof DecodeFailed)) throw error
      setAside(left, error, decode, bad, scan.schema)
      const good = without(bad, left, scan.schema)
      left = { ...good, batch: decode(good.batch) }
    }
    rows += left.batch.length
    yield left
  }
  bad.checkNotAll(rows)
}

export const numbersFrom = (first: number, length: number): Int32Array => Int32Array.from({ length }, (_, i) => first + i)

function without(bad: BadRows, { batch, numbers }: Sifted, schema: StructType): Sifted {
  if (bad.failed.size === 0) return { batch, numbers }
  const places = numbersFrom(0, numbers.length).filter(i => !bad.failed.has(numbers[i]!))
  if (places.length === numbers.length) return { batch, numbers }
  return { batch: pick(batch, schema, places), numbers: places.map(i => numbers[i]!) }
}

const HINTS: ReadonlySet<string> = new Set(['AVRO_LOOKS_FRAMED', 'AVRO_LOOKS_PLAIN'])

function setAside({ batch, numbers }: Sifted, error: DecodeFailed, decode: Decode, bad: BadRows, schema: StructType): void {
  let hints = 0
  eachFailing(batch, schema, decode, (at, failed) => {
    if (HINTS.has(failed.error.condition)) hints++
    bad.add(numbers[at]!, { error: failed.error, expression: expressionText(failed.decoder.call) })
  })
  // What looks framed or plain altogether was declared wrongly: a hint is worth more than a topic of dead letters.
  if (hints === numbers.length) throw error.error
}

/** Finds the rows that fail alone, by halves. */
function eachFailing(batch: RowBatch, schema: StructType, decode: Decode, tell: (at: number, failed: DecodeFailed) => void): void {
  const visit = (from: number, to: number): void => {
    try {
      decode(pick(batch, schema, numbersFrom(from, to - from)))
    } catch (error) {
      if (!(error instanceof DecodeFailed)) throw error
      if (to - from === 1) {
        tell(from, error)
        return
      }
      const middle = (from + to) >> 1
      visit(from, middle)
      visit(middle, to)
    }
  }
  visit(0, batch.length)
}

/** The given rows of a batch; columns that were left out stay so. */
export function pick(batch: RowBatch, schema: StructType, rows: Int32Array): RowBatch {
  const columns = batch.columns.map((c, i) => (c.length < batch.length ? c : takeRows(c, schema.fields[i]!.dataType, rows)))
  return { ...batch, length: rows.length, columns }
}
