import { clientOptions } from '../web/client-options.ts'

const { timeout, ...who } = clientOptions('source')
const source = <const T extends object>(spec: T) => ({ side: 'source', ...spec }) as const

/** Options of `format('sse')`. */
export const SSE_OPTIONS = {
  url: source({ type: 'string', describe: 'The stream; may stand in load() instead.', example: 'https://stream.example/events' }),
  events: source({ type: 'string', describe: 'Only events of these names, comma separated. Preset: all.', example: 'create,update' }),
  lastEventId: source({ type: 'string', describe: 'Where a new query begins, for servers that go on from an id.', example: '4711' }),
  ...who,
  timeout: { ...timeout, describe: 'How long a server may take to answer.' },
  idleTimeout: source({
    type: 'interval',
    describe: 'A connection on which nothing comes for so long, not even a comment, is made anew.',
    default: '5 minutes',
  }),
  retryFor: source({ type: 'interval', describe: 'How long connecting is tried before the query ends.', default: '5 minutes' }),
  maxLogBytes: source({ type: 'integer', describe: 'No more is read while so much waits.', default: '268435456', min: 1 }),
  maxEventsPerTrigger: source({ type: 'integer', describe: 'At most so many events a batch.', min: 1 }),
} as const
