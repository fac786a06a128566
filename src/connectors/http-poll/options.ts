import { clientOptions } from '../web/client-options.ts'

const source = <const T extends object>(spec: T) => ({ side: 'source', ...spec }) as const

/** Options of `format('http-poll')`. */
export const POLL_OPTIONS = {
  url: source({ type: 'string', describe: 'What is asked; may stand in load() instead.', example: 'https://api.example/v1/trips' }),
  interval: source({ type: 'interval', describe: 'From the beginning of one poll to the next.', mode: 'stream', default: '1 minute' }),
  'param.*': source({ type: 'string', describe: 'Query parameters: `param.per_page`. Never shown.', secret: true }),
  answer: source({
    type: 'enum',
    values: ['json', 'lines', 'text'],
    default: 'json',
    describe: 'json: rows are values in one JSON text. lines: each line is a row. text: the whole answer is one.',
  }),
  rows: source({
    type: 'string',
    describe: 'Where rows are in a JSON answer, as a JSONPath. Preset: the elements of an array at the top, else the answer itself.',
    example: '$.data.items[*]',
  }),
  mode: source({
    type: 'enum',
    values: ['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'],
    default: 'PERMISSIVE',
    describe: 'What becomes of rows that do not fit the schema, as for json files.',
  }),
  columnNameOfCorruptRecord: source({ type: 'string', describe: 'The column for rows that do not fit.', default: '_corrupt_record' }),
  timestampFormat: source({ type: 'string', describe: 'How timestamps are written.', example: 'yyyy-MM-dd HH:mm:ss' }),
  dateFormat: source({ type: 'string', describe: 'How dates are written.', example: 'dd.MM.yyyy' }),
  pagination: source({
    type: 'enum',
    values: ['none', 'link', 'next', 'cursor', 'page'],
    default: 'none',
    describe:
      'Where the next page is: link = the header `Link: <…>; rel="next"`; next = a URL in the answer; cursor = a value in the answer that becomes a parameter; page = a number that counts up until a page is empty.',
  }),
  nextPath: source({ type: 'string', describe: 'The JSONPath to the next URL, for `next`.', example: '$.links.next' }),
  cursorPath: source({ type: 'string', describe: 'The JSONPath to the next cursor, for `cursor`.', example: '$.next_cursor' }),
  cursorParameter: source({ type: 'string', describe: 'The parameter that takes the cursor.', default: 'cursor' }),
  pageParameter: source({ type: 'string', describe: 'The parameter that takes the number of the page.', default: 'page' }),
  firstPage: source({ type: 'integer', describe: 'The number of the first page.', default: '1', min: 0 }),
  incrementalKey: source({
    type: 'string',
    describe: 'A JSONPath into a row: its greatest value so far goes into the next poll.',
    example: '$.updated_at',
  }),
  incrementalParameter: source({ type: 'string', describe: 'The parameter that takes it.', example: 'since' }),
  incrementalStart: source({ type: 'string', describe: 'What the first poll of all sends there.', example: '2026-01-01T00:00:00Z' }),
  retryFor: source({
    type: 'interval',
    describe: 'How long failing requests are repeated before the query ends; waits that the server asks for do not count.',
    default: '5 minutes',
  }),
  maxAnswerBytes: source({ type: 'integer', describe: 'The largest answer.', default: '67108864', min: 1 }),
  maxLogBytes: source({
    type: 'integer',
    describe: 'No more is fetched while so much waits.',
    mode: 'stream',
    default: '268435456',
    min: 1,
  }),
  maxEventsPerTrigger: source({ type: 'integer', describe: 'At most so many rows a batch.', mode: 'stream', min: 1 }),
  ...clientOptions('source'),
} as const
