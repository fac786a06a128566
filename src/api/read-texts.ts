import { MillraceError } from '../errors/index.ts'
import type { StructType } from '../types/index.ts'
import type { SessionContext } from './context.ts'
import { DataFrame } from './data-frame.ts'
import { stamped } from './frame-base.ts'

/** What a reader was told before it was given texts. */
export interface TextRead {
  readonly format: 'csv' | 'json'
  readonly schema?: StructType
  readonly options: Readonly<Record<string, string>>
}

/** The rows in a batch frame's texts: `read.csv(frame)`. Without a schema, and for a header, the texts are looked through first. */
export async function readTexts(session: SessionContext, read: TextRead, frame: DataFrame<any, any>): Promise<DataFrame<any, any>> {
  const { format } = read
  if (frame.isStreaming) {
    const [name, parse] = [`read.${format}(frame) of a stream`, `from_${format}`]
    throw new MillraceError('NOT_SUPPORTED', { what: name, instead: `Use select(${parse}(col('value'), schema)) on the stream.` })
  }
  const columns = (await frame.schema()).fields
  if (columns.length !== 1 || columns[0]!.dataType.kind !== 'string') {
    const value = columns.map(c => `${c.name} ${c.dataType.kind}`).join(', ')
    throw new MillraceError('INVALID_ARGUMENT', { name: `read.${format}`, value, expected: 'a frame with one column of strings' })
  }
  const texts = await session.wiring.texts(format, read.options)
  const timezone = session.settings.lookup('spark.sql.session.timeZone') ?? 'UTC'
  const given = Object.entries(read.options).map(([name, value]) => [name.toLowerCase(), value] as const)
  const options = { timezone, ...Object.fromEntries(given) }
  const rows = () => frame.run(`read.${format}`)
  const header = await texts.header(rows(), options)
  const schema = read.schema ?? (await texts.infer(rows(), options, header))
  const parse = texts.parser(schema, options, header)
  const name = `read.${format}`
  const { id, sourceHash } = session.functions.registerBatches(parse, name, schema, async batch => parse(batch))
  return new DataFrame(
    session,
    stamped({ kind: 'extension', name: 'MapBatches', input: frame.plan, id, functionName: name, returns: schema, sourceHash }),
  )
}
