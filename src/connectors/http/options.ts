import { clientOptions } from '../web/client-options.ts'

const sink = <const T extends object>(spec: T) => ({ side: 'sink', ...spec }) as const

/** Options of the sink `http`. */
export const HTTP_OPTIONS = {
  url: sink({
    type: 'string',
    describe: 'Where rows are sent; may stand in start() or save() instead.',
    example: 'https://api.example/v1/events',
  }),
  secretUrl: sink({
    type: 'string',
    describe:
      "Instead of `url`, for addresses that are secrets themselves, as those of Slack's webhooks are: only the server is ever shown.",
    secret: true,
    example: 'https://hooks.slack.com/services/your/own/address',
  }),
  method: sink({ type: 'enum', values: ['POST', 'PUT', 'PATCH'], default: 'POST', describe: 'The method.' }),
  body: sink({
    type: 'enum',
    values: ['row', 'array', 'ndjson', 'text'],
    default: 'row',
    describe:
      'row: each row a request, as a JSON object. array, ndjson: many rows a request, as a JSON array or as lines. text: each row a request, the column `value` as it is.',
  }),
  contentType: sink({
    type: 'string',
    describe: 'The header Content-Type. Preset: what belongs to `body`.',
    example: 'application/vnd.api+json',
  }),
  ignoreNullFields: sink({ type: 'boolean', describe: 'Leave out fields that are null, as to_json does.', default: 'true' }),
  maxRowsPerRequest: sink({ type: 'integer', describe: 'For array and ndjson.', default: '500', min: 1 }),
  maxBytesPerRequest: sink({
    type: 'integer',
    describe: 'For array and ndjson: a request of several rows is not larger.',
    default: '1048576',
    min: 1,
  }),
  ordered: sink({
    type: 'boolean',
    describe: 'Rows are sent in the order of the batch, one request after the other. Else in any order, several at once.',
    default: 'false',
  }),
  maxConcurrentRequests: sink({ type: 'integer', describe: 'So many requests at once.', default: '8', min: 1 }),
  idempotencyHeader: sink({
    type: 'string',
    describe: 'The header with the key of a request: the same whenever the same rows of a batch are sent again.',
    default: 'Idempotency-Key',
  }),
  alsoAccept: sink({
    type: 'string',
    describe: 'Statuses besides 2xx that mean the receiver has it, comma separated.',
    example: '409',
  }),
  deadline: sink({
    type: 'interval',
    describe: 'A request that has not succeeded by then, with all its repetitions, ends the query.',
    default: '2 minutes',
  }),
  'deadLetters.path': sink({
    type: 'string',
    describe:
      'A directory for requests that the receiver refuses for good: a file of JSON lines a batch. Without it the first one ends the query.',
    mode: 'stream',
    example: 'refused/',
  }),
  'deadLetters.maxPerBatch': sink({
    type: 'integer',
    describe: 'More in one batch end the query. Without it 10000, and a batch of 100 and more requests may not be refused as a whole.',
    mode: 'stream',
    min: 1,
  }),
  ...clientOptions('sink'),
} as const
