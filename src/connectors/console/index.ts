import { MillraceError } from '../../errors/index.ts'
import { concatBatches, drawTable, type RowBatch } from '../../types/index.ts'
import type { Connector, ConnectorContext, Output, Sink } from '../contract.ts'
import { type OptionUse, readOptions } from '../options.ts'

const OPTIONS = {
  numRows: { type: 'integer', describe: 'How many rows of a batch are shown.', side: 'sink', default: '20', min: 0 },
  truncate: {
    type: 'string',
    describe: 'true: cells of more than 20 characters are cut; false: none; a number: at that length.',
    side: 'sink',
    default: 'true',
    example: 'false',
  },
} as const

const RULE = '-'.repeat(43)

interface Shape {
  readonly numRows: number
  readonly truncate: number
  readonly timeZone: string
}

function shape(context: ConnectorContext, mode: OptionUse['mode']): Shape {
  const { numRows, truncate } = readOptions(OPTIONS, context.options, { format: 'console', side: 'sink', mode })
  const cut = /^\d+$/.test(truncate) ? Number(truncate) : { false: 0, true: 20 }[truncate.trim().toLowerCase()]
  if (cut === undefined)
    throw new MillraceError('INVALID_OPTION', {
      option: 'truncate',
      format: 'console',
      value: truncate,
      expected: 'true, false or a number',
    })
  return { numRows, truncate: cut, timeZone: context.conf('spark.sql.session.timeZone') ?? 'UTC' }
}

/** One row more than is shown, so that the table can say there are more. */
async function draw(output: Output, { numRows, truncate, timeZone }: Shape): Promise<string> {
  const batches: RowBatch[] = []
  let rows = 0
  for await (const batch of output.batches()) {
    batches.push(batch)
    rows += batch.length
    if (rows > numRows) break
  }
  return `${drawTable(concatBatches(output.schema, batches), { rows: numRows, truncate, timeZone })}\n`
}

const DELIVERED = { delivery: 'at-least-once', why: 'a terminal cannot take back a table it has shown' } as const

class ConsoleSink implements Sink {
  readonly description = 'org.apache.spark.sql.execution.streaming.ConsoleTable$'
  readonly delivery = DELIVERED.delivery
  readonly why = DELIVERED.why
  readonly #options: Shape
  readonly #print: (text: string) => void

  constructor(options: Shape, print: (text: string) => void) {
    this.#options = options
    this.#print = print
  }

  async write(batchId: number, output: Output) {
    this.#print(`${RULE}\nBatch: ${batchId}\n${RULE}\n${await draw(output, this.#options)}`)
    return { numOutputRows: output.rowCount }
  }

  async close(): Promise<void> {}
}

/** Draws each batch as a table, as Spark's console sink does. */
export const consoleConnector = (print: (text: string) => void): Connector => ({
  name: 'console',
  summary: 'Shows each batch as a table in the terminal.',
  options: OPTIONS,
  sink: async context => new ConsoleSink(shape(context, 'stream'), print),
  save: async (context, output) => print(await draw(output, shape(context, 'batch'))),
  delivers: () => DELIVERED,
  temporaryCheckpoint: true,
})
