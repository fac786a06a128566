import { MillraceError } from '../../errors/index.ts'
import type { Connector, ConnectorContext } from '../contract.ts'
import { readOptions, warnOfIdle } from '../options.ts'
import { openSocket, socketSchema } from './source.ts'

const OPTIONS = {
  host: { type: 'string', describe: 'The server.', example: 'localhost', side: 'source', required: true },
  port: { type: 'integer', describe: 'Its port.', example: '9999', side: 'source', required: true, min: 1 },
  includeTimestamp: { type: 'boolean', describe: 'A second column with the time each line came.', side: 'source', default: 'false' },
  numPartitions: {
    type: 'integer',
    describe: 'How many tasks read the lines.',
    side: 'source',
    min: 1,
    withoutEffect: 'one process reads all lines',
  },
} as const

const USE = { format: 'socket', side: 'source', mode: 'stream' } as const

function schemaOf(context: Pick<ConnectorContext, 'options' | 'schema'>) {
  if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: 'socket' })
  return socketSchema(readOptions(OPTIONS, context.options, USE).includeTimestamp)
}

/** Lines from a TCP server, for trying things out. */
export const connector: Connector = {
  name: 'socket',
  summary: 'Lines of text from a TCP server.',
  options: OPTIONS,
  fixedSchema: schemaOf,
  source: async context => {
    warnOfIdle(OPTIONS, context)
    const { includeTimestamp, ...address } = readOptions(OPTIONS, context.options, USE)
    return openSocket(address, socketSchema(includeTimestamp), context)
  },
  replayable: true,
}
