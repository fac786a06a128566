import type { Scan, ScanFile } from '../../../connectors/contract.ts'
import type { LineOfRow } from '../../../formats/index.ts'
import {
  arrayType,
  batchFromRows,
  binaryType,
  field,
  integerType,
  longType,
  type RowBatch,
  rowsOf,
  type StructType,
  stringType,
  structType,
  timestampType,
} from '../../../types/index.ts'
import { type BadRows, type Failed, messageOf } from './bad-rows.ts'
import { numbered, pick, type SiftContext } from './sift.ts'

/** One record set aside, with all that is known of where it came from. */
export interface DeadLetter {
  readonly key: Uint8Array | null
  /** The record's bytes as they came; of a source without bytes its row as JSON. */
  readonly value: Uint8Array | null
  readonly headers: readonly Header[] | null
  readonly error: string
  readonly message: string
  readonly expression: string | null
  readonly source: string
  readonly topic: string | null
  readonly partition: number | null
  readonly offset: bigint | null
  readonly file: string | null
  readonly line: bigint | null
}
interface Header {
  readonly key: string
  readonly value: Uint8Array | null
}

/** The columns of dead letters in files and tables. */
export const LETTER = structType([
  field('key', binaryType),
  field('value', binaryType),
  field('error', stringType),
  field('message', stringType),
  field('expression', stringType),
  field('source', stringType),
  field('topic', stringType),
  field('partition', integerType),
  field('offset', longType),
  field('file', stringType),
  field('line', longType),
  field('batchId', longType),
  field('timestamp', timestampType),
])
/** In Kafka a dead letter is the record as it came; what is known of it stands in headers behind its own. */
export const KAFKA_LETTER = structType([
  field('key', binaryType),
  field('value', binaryType),
  field('headers', arrayType(structType([field('key', stringType), field('value', binaryType)]))),
])

/** Says which expression of the plan a row fails in. */
export type ExpressionOf = (row: RowBatch, failed: Failed) => Promise<string | undefined>

const NOTHING = { key: null, headers: null, expression: null, topic: null, partition: null, offset: null, file: null, line: null }
const encoder = new TextEncoder()

/** The records that a batch set aside, read once more with all their columns, in the order they came in. */
export async function deadLetters(scan: Scan, bad: BadRows, to: SiftContext, expressionOf: ExpressionOf): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = []
  if (bad.failed.size > 0) {
    for await (const part of numbered(scan, bad, to)) {
      const rows = Int32Array.from(
        [...bad.failed.keys()].filter(n => n >= part.first && n < part.first + part.batch.length).sort((a, b) => a - b),
      )
      const lines = part.file
        ? await linesIn(
            part.file,
            [...rows].map(n => n - part.first + part.firstInFile!),
            scan,
            to,
          )
        : NO_LINES
      for (const number of rows) {
        const row = pick(part.batch, scan.schema, Int32Array.of(number - part.first))
        const failed = bad.failed.get(number)!
        const place = part.file && { file: part.file, line: lines.get(number - part.first + part.firstInFile!) }
        letters.push({
          ...NOTHING,
          ...recordOf(row, scan, place),
          error: failed.error.condition,
          message: messageOf(failed.error),
          expression: failed.expression ?? (await expressionOf(row, failed)) ?? null,
          source: bad.source,
        })
      }
    }
  }
  return [...bad.parsed.map(record => unparsed(record, bad.source)), ...letters]
}

const unparsed = (record: BadRows['parsed'][number], source: string): DeadLetter => ({
  ...NOTHING,
  value: record.bytes,
  error: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
  message: 'the record cannot be parsed by the schema',
  source,
  file: record.file,
  line: record.line > 0 ? BigInt(record.line) : null,
})

interface InFile {
  readonly file: ScanFile
  readonly line: LineOfRow | undefined
}
const NO_LINES: ReadonlyMap<number, LineOfRow> = new Map()

/** The lines of rows of one file, counted without those that cannot be parsed. */
async function linesIn(file: ScanFile, rows: readonly number[], scan: Scan, to: SiftContext): Promise<ReadonlyMap<number, LineOfRow>> {
  if (scan.kind !== 'files' || rows.length === 0) return NO_LINES
  const { linesOfRows } = await import('../../../formats/index.ts')
  const options = { timeZone: to.timeZone, ...(to.signal && { signal: to.signal }) }
  return linesOfRows({ ...scan, files: [file], options: { ...scan.options, mode: 'DROPMALFORMED' } }, rows, to.platform, options)
}

function recordOf(row: RowBatch, scan: Scan, place: InFile | undefined): Partial<DeadLetter> & Pick<DeadLetter, 'value'> {
  const [values] = [...rowsOf(row)] as [Record<string, unknown>]
  if (place) {
    const { file, line } = place
    return { value: line?.bytes ?? json(values), file: file.name ?? file.path, line: line ? BigInt(line.line) : null }
  }
  const type = scan.schema.fields.find(f => f.name === 'value')?.dataType.kind
  if (type === 'string') return { value: typeof values['value'] === 'string' ? encoder.encode(values['value']) : null }
  if (type !== 'binary') return { value: json(values) }
  return {
    key: bytesOf(scan.schema, values, 'key'),
    value: values['value'] as Uint8Array | null,
    headers: (values['headers'] as readonly Header[] | undefined) ?? null,
    topic: (values['topic'] as string | undefined) ?? null,
    partition: (values['partition'] as number | undefined) ?? null,
    offset: (values['offset'] as bigint | undefined) ?? null,
  }
}

const bytesOf = (schema: StructType, values: Record<string, unknown>, name: string): Uint8Array | null =>
  schema.fields.find(f => f.name === name)?.dataType.kind === 'binary' ? (values[name] as Uint8Array | null) : null

const json = (values: Record<string, unknown>): Uint8Array =>
  encoder.encode(
    JSON.stringify(values, (_, v: unknown) => {
      if (typeof v === 'bigint') return String(v)
      if (v instanceof Map) return Object.fromEntries(v)
      return v instanceof Uint8Array ? Buffer.from(v).toString('base64') : v
    }),
  )

/** Dead letters as rows of the sink's columns. The time is the batch's: every attempt of it writes the same. */
export function lettersBatch(
  letters: readonly DeadLetter[],
  kafka: boolean,
  batch: { readonly id: number; readonly timestamp: number },
): RowBatch {
  const rows = letters.map(letter => ({ ...letter, batchId: batch.id, timestamp: BigInt(batch.timestamp) * 1000n }))
  return kafka ? batchFromRows(KAFKA_LETTER, rows.map(asMessage)) : batchFromRows(LETTER, rows)
}

const HEADERS = ['error', 'message', 'expression', 'source', 'topic', 'partition', 'offset', 'file', 'line', 'batchId'] as const

function asMessage(letter: DeadLetter & { readonly batchId: number }): object {
  const known = HEADERS.flatMap(name => {
    const value = letter[name]
    return value === null ? [] : [{ key: `millrace.${name}`, value: encoder.encode(String(value)) }]
  })
  return { key: letter.key, value: letter.value, headers: [...(letter.headers ?? []), ...known] }
}
