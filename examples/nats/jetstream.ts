/**
 * A format of one's own: `format('nats')` reads a stream of NATS JetStream and writes to its subjects.
 * JetStream numbers the messages of a stream and keeps them, so a range of numbers is the same messages whenever it is read: that is all a source
 * has to promise.
 */
import { createHash } from 'node:crypto'
import {
  batchFromRows,
  type FormatContext,
  type Offset,
  type Output,
  type PlannedRange,
  type ReadLimit,
  type RowBatch,
  registerFormat,
  rowsOf,
  type Scan,
  type Sink,
  type Source,
  type SourceContext,
  type StructType,
  schema,
} from '../../src/index.ts'
import type { JetStream, JetStreamLibrary, JetStreamManager, NatsClient } from './client.ts'

const OPTIONS = {
  servers: { type: 'string', describe: 'Where NATS is.', side: 'both', default: '127.0.0.1:4222' },
  stream: { type: 'string', describe: 'The stream to read.', side: 'source', required: true, example: 'ORDERS' },
  maxMessagesPerTrigger: { type: 'integer', describe: 'At most so many messages a batch.', side: 'source', default: '100000', min: 1 },
  pollInterval: { type: 'interval', describe: 'How often a quiet stream is looked at.', side: 'source', default: '250ms' },
  subject: { type: 'string', describe: 'Where rows go that have no column "subject".', side: 'sink', example: 'orders.new' },
} as const
const COLUMNS = 'sequence bigint, subject string, data binary, timestamp timestamp'

type In = FormatContext<typeof OPTIONS, SourceContext>

/** Makes `format('nats')` known. The two libraries are handed in, so that nothing is loaded by programs that do not use it. */
export function registerNats(nats: NatsClient, library: JetStreamLibrary): () => void {
  return registerFormat('nats', {
    summary: 'Streams and subjects of NATS JetStream.',
    options: OPTIONS,
    schema: COLUMNS,
    source: async context => {
      const connection = await nats.connect({ servers: context.options.servers })
      const manager = await library.jetstreamManager(connection)
      return new JetStreamSource(context, library.jetstream(connection), manager, () => connection.close())
    },
    sink: async ({ options, queryId }) => {
      const connection = await nats.connect({ servers: options.servers })
      return new JetStreamSink(library.jetstream(connection), queryId, options.subject, () => connection.drain())
    },
    checkColumns: columns => {
      const data = columns.fields.find(f => f.name === 'data')
      if (data?.dataType.kind !== 'string' && data?.dataType.kind !== 'binary')
        throw new Error('nats needs a column "data" of type string or binary')
    },
    replayable: true,
  })
}

const AT_ONCE = 1000
const EXPIRES_MS = 2000

/** Offsets are sequence numbers of the stream. */
class JetStreamSource implements Source {
  readonly description: string
  readonly schema: StructType = schema(COLUMNS)
  readonly #context: In
  readonly #js: JetStream
  readonly #manager: JetStreamManager
  readonly #disconnect: () => Promise<void>
  #frozen: number | undefined
  #planned = 0

  constructor(context: In, js: JetStream, manager: JetStreamManager, disconnect: () => Promise<void>) {
    this.description = `Nats[${context.options.stream}]`
    this.#context = context
    this.#js = js
    this.#manager = manager
    this.#disconnect = disconnect
  }

  async plan(start: Offset | null, limit: ReadLimit): Promise<PlannedRange> {
    const { first_seq, last_seq } = await this.#state()
    const latest = this.#frozen ?? last_seq
    const from = start === null ? Math.max(0, first_seq - 1) : Number(start)
    this.#planned = latest
    if (latest <= from) return { end: start, latest: latest === 0 ? null : String(latest) }
    const most = limit.kind === 'none' ? latest : from + this.#context.options.maxMessagesPerTrigger
    return { end: String(Math.min(latest, most)), latest: String(latest) }
  }

  async prepareAvailableNow(): Promise<void> {
    this.#frozen = (await this.#state()).last_seq
  }

  async read(start: Offset | null, end: Offset): Promise<Scan> {
    const { first_seq } = await this.#state()
    const from = start === null ? first_seq : Number(start) + 1
    // what the stream's limits have removed meanwhile must not be missing silently
    if (start !== null && from < first_seq)
      throw new Error(`messages ${from} to ${first_seq - 1} of ${this.description} are gone: raise the limits of the stream`)
    const batches = { [Symbol.asyncIterator]: () => this.#batches(from, Number(end)) }
    return { kind: 'batches', schema: this.schema, batches }
  }

  /** JetStream keeps messages by the stream's own limits: nothing to do. */
  async commit(): Promise<void> {}

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { clock } = this.#context.platform
    while (!signal.aborted && (this.#frozen !== undefined || (await this.#state()).last_seq <= this.#planned)) {
      await clock.sleep(this.#context.options.pollInterval, signal).catch(() => {})
    }
  }

  async close(): Promise<void> {
    await this.#disconnect()
  }

  async #state() {
    return (await this.#manager.streams.info(this.#context.options.stream)).state
  }

  async *#batches(from: number, end: number): AsyncGenerator<RowBatch> {
    const consumer = await this.#js.consumers.get(this.#context.options.stream, {
      opt_start_seq: from,
      deliver_policy: 'by_start_sequence',
    })
    try {
      for (let over = false; !over; ) {
        const rows: unknown[][] = []
        for await (const m of await consumer.fetch({ max_messages: Math.min(AT_ONCE, end - from + 1), expires: EXPIRES_MS })) {
          over = m.seq >= end || m.info.pending === 0
          if (m.seq <= end) rows.push([BigInt(m.seq), m.subject, m.data, m.timestampNanos / 1000n])
          if (over) break
        }
        yield batchFromRows(this.schema, rows)
      }
    } finally {
      await consumer.delete()
    }
  }
}

/** Each row a message, named so that JetStream takes it once within the stream's duplicate window. */
class JetStreamSink implements Sink {
  readonly description = 'Nats'
  readonly delivery = 'at-least-once'
  readonly why = "JetStream knows a message again only within the stream's duplicate window"
  readonly #js: JetStream
  readonly #queryId: string
  readonly #subject: string | undefined
  readonly #disconnect: () => Promise<void>

  constructor(js: JetStream, queryId: string, subject: string | undefined, disconnect: () => Promise<void>) {
    this.#js = js
    this.#queryId = queryId
    this.#subject = subject
    this.#disconnect = disconnect
  }

  async write(batchId: number, output: Output, { signal }: { readonly signal: AbortSignal }) {
    // Named by content: a batch that is computed again may have its rows in another order.
    const met = new Map<string, number>()
    for await (const batch of output.batches()) {
      const published: Promise<unknown>[] = []
      for (const row of rowsOf(batch) as Iterable<{ subject?: string; data: string | Uint8Array }>) {
        signal.throwIfAborted()
        const subject = row.subject ?? this.#subject
        if (subject === undefined) throw new Error('nats needs the option "subject" or a column of that name')
        const data = typeof row.data === 'string' ? Buffer.from(row.data) : row.data
        const name = createHash('sha256').update(`${subject}\n`).update(data).digest('hex').slice(0, 32)
        met.set(name, (met.get(name) ?? 0) + 1)
        published.push(this.#js.publish(subject, data, { msgID: `${this.#queryId}/${batchId}/${name}/${met.get(name)}` }))
      }
      await Promise.all(published)
    }
    return { numOutputRows: output.rowCount }
  }

  async close(): Promise<void> {
    await this.#disconnect()
  }
}
