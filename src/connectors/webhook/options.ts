import { SCHEMES } from './signature.ts'

/** Options of `format('webhook')`. */
export const WEBHOOK_OPTIONS = {
  host: {
    type: 'string',
    describe: 'The address to listen on. 0.0.0.0 = every address of this machine: use a token or a signature then.',
    side: 'source',
    default: '127.0.0.1',
    example: '0.0.0.0',
  },
  port: { type: 'integer', describe: 'The port to listen on; 0 = any free one.', side: 'source', required: true, min: 0, example: '8080' },
  path: { type: 'string', describe: 'The path requests come to; others get 404.', side: 'source', default: '/', example: '/hooks/github' },
  method: { type: 'string', describe: 'Methods that are taken, comma separated; others get 405.', side: 'source', default: 'POST' },
  body: {
    type: 'enum',
    values: ['text', 'json', 'form', 'binary'],
    default: 'text',
    describe:
      'text: UTF-8, as it came. json: the same, and what is not JSON gets 400. form: fields of a form as a JSON object. binary: the column is binary.',
    side: 'source',
  },
  token: {
    type: 'string',
    describe: 'Senders must show it as `Authorization: Bearer …`; others get 401.',
    side: 'source',
    secret: true,
    example: 'your-token',
  },
  tokenHeader: {
    type: 'string',
    describe: 'The header that holds the token alone, instead of Authorization.',
    side: 'source',
    example: 'X-Gitlab-Token',
  },
  signature: {
    type: 'enum',
    values: Object.keys(SCHEMES),
    describe: 'Requests must be signed as this service signs them; others get 401.',
    side: 'source',
  },
  signatureSecret: { type: 'string', describe: 'What requests are signed with.', side: 'source', secret: true, example: 'your-secret' },
  previousSignatureSecret: {
    type: 'string',
    describe: 'A secret that is good as well, while senders change over to the new one.',
    side: 'source',
    secret: true,
    example: 'the-old-secret',
  },
  signatureTolerance: {
    type: 'interval',
    describe: 'How old a signature with a time in it may be.',
    side: 'source',
    default: '5 minutes',
  },
  idHeader: {
    type: 'string',
    describe:
      'The header with the id of the delivery. Preset: the first there is of X-GitHub-Delivery, Webhook-Id, X-Shopify-Webhook-Id, Idempotency-Key, X-Request-Id.',
    side: 'source',
    example: 'X-Delivery-Id',
  },
  maxBodyBytes: {
    type: 'integer',
    describe: 'Larger bodies get 413, also when they are larger once unpacked.',
    side: 'source',
    default: '10485760',
    min: 1,
  },
  maxHeaderBytes: { type: 'integer', describe: 'Larger headers get 431.', side: 'source', default: '16384', min: 1024 },
  maxConnections: {
    type: 'integer',
    describe: 'More connections at once are turned away.',
    side: 'source',
    default: '1000',
    min: 1,
  },
  requestTimeout: {
    type: 'interval',
    describe: 'A request that has not come whole by then gets 408; its headers must be there in a third of it.',
    side: 'source',
    default: '30 seconds',
  },
  retryAfter: {
    type: 'interval',
    describe: 'What senders are told to wait when the log is full or the query ends.',
    side: 'source',
    default: '5 seconds',
  },
  maxLogBytes: {
    type: 'integer',
    describe: 'Events that wait for a batch; more get 429 until batches have taken some on.',
    side: 'source',
    default: '268435456',
    min: 1,
  },
  maxEventsPerTrigger: { type: 'integer', describe: 'At most so many events a batch.', side: 'source', min: 1 },
  tlsCertFile: {
    type: 'string',
    describe: 'A PEM file with the certificate and its chain: the endpoint speaks HTTPS.',
    side: 'source',
    example: 'server.pem',
  },
  tlsKeyFile: { type: 'string', describe: 'A PEM file with its key.', side: 'source', example: 'server.key' },
  tlsKeyPassphrase: {
    type: 'string',
    describe: 'Opens the key where it is encrypted.',
    side: 'source',
    secret: true,
    example: 'your-passphrase',
  },
} as const
