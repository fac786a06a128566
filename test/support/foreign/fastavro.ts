import { join } from 'node:path'
import { command, lacking } from '../../../scripts/services/command.ts'
import { PYTHON_HINT, pythonWith } from '../../../scripts/services/python.ts'
import { Decimal, LocalDate, LocalTimestamp, Timestamp } from '../../../src/types/index.ts'
import type { Installable } from '../services/describe-with.ts'

/** fastavro with the libraries of its codecs. */
const PACKAGES = ['fastavro==1.13.1', 'cramjam==2.14.0', 'backports.zstd==1.8.0']
const SOURCE = join(import.meta.dirname, 'avro_foreign.py')

/** A row as JSON; what JSON has no word for is tagged, `{ $bytes: base64 }`, `{ $decimal: '1.20' }`, … as `avro_foreign.py` says. */
export type TaggedRow = Readonly<Record<string, unknown>>

/** An Avro library that is not ours, by its Python package. */
export const fastavro = {
  missing: () => lacking({ python3: PYTHON_HINT }),
  install: () => pythonWith(PACKAGES),
  /** One message a row, without any frame. */
  writeMessages: async (schema: object, rows: readonly TaggedRow[]): Promise<Buffer[]> =>
    ((await ask('write-messages', { schema, rows })) as { $bytes: string }[]).map(m => Buffer.from(m.$bytes, 'base64')),
  /** Fails where bytes of a message are left over. */
  readMessages: async (schema: object, messages: readonly Uint8Array[]): Promise<TaggedRow[]> =>
    (await ask('read-messages', { schema, messages: messages.map(tagged) })) as TaggedRow[],
  writeFile: (file: string, schema: object, rows: readonly TaggedRow[], codec: string): Promise<unknown> =>
    ask('write-file', { file, schema, rows, codec }),
  readFile: async (file: string): Promise<{ codec: string; rows: TaggedRow[] }> =>
    (await ask('read-file', { file })) as { codec: string; rows: TaggedRow[] },
} satisfies Installable & Record<string, unknown>

async function ask(what: string, question: object): Promise<unknown> {
  const python = await pythonWith(PACKAGES)
  return JSON.parse(await command(python.program, [SOURCE, what], { input: JSON.stringify(question), env: python.env })) as unknown
}

/** A value of one of our rows in the words of `TaggedRow`. */
export function tagged(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Decimal) return { $decimal: value.toString() }
  if (value instanceof Timestamp) return { $micros: Number(value.micros) }
  if (value instanceof LocalTimestamp) return { $localMicros: Number(value.micros) }
  if (value instanceof LocalDate) return { $days: value.days }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $float: String(value) }
  if (Array.isArray(value)) return value.map(tagged)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, tagged(inner)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tagged(inner)]))
}
