import { MillraceError } from '../../../errors/index.ts'
import type { Clock, Platform } from '../../../platform/index.ts'
import type { ApiCall, CallOptions, KafkaClient, TopicPartition } from '../client/contract.ts'
import type { TransactionalProducer } from './contract.ts'
import { openSender, PartitionedProducer, type RecordProducerOptions } from './record-producer.ts'
import type { Sender } from './sender.ts'
import {
  addOffsetsCall,
  addPartitionsCall,
  type CodeAnswer,
  endTxnCall,
  initProducerIdCall,
  NOBODY,
  type OffsetToCommit,
  type ProducerIdentity,
  txnOffsetCommitCall,
} from './transaction-calls.ts'
import { transactionVersion } from './transaction-version.ts'
import { meaningOf } from './verdict.ts'
import { Wire } from './wire.ts'

/** The end of one transaction takes the brokers a few milliseconds, in which they tell the next one to wait. */
const SOON_MS = 2

/**
 * Opens a transactional producer: whoever had the id before is fenced, and what he left open is aborted (or committed, where the coordinator
 * had promised that) before this resolves.
 */
export async function openTransactionalProducer(
  client: KafkaClient,
  platform: Platform,
  transactionalId: string,
  options: RecordProducerOptions & CallOptions,
): Promise<TransactionalProducer> {
  const coordinator = new Coordinator(client, platform.clock, transactionalId)
  const modern = (await coordinator.version(options)) >= 2
  const identity = await coordinator.take(NOBODY, options)
  const transaction = { id: transactionalId, produceVersion: modern ? 12 : 9, admit: () => Promise.resolve() } as const
  let producer: Transactions | undefined
  const admit = (parts: readonly TopicPartition[]): Promise<void> => producer!.admit(parts)
  const sender = await openSender(client, platform, options, { ...transaction, admit })
  producer = new Transactions(client, platform, sender, coordinator, modern, identity)
  return producer
}

/** Requests about one transactional id and what their error codes mean. */
class Coordinator {
  readonly id: string
  readonly wire: Wire
  readonly #client: KafkaClient
  readonly #clock: Clock

  constructor(client: KafkaClient, clock: Clock, id: string) {
    this.#client = client
    this.#clock = clock
    this.id = id
    this.wire = new Wire(client.library)
  }

  /** The cluster's `transaction.version`. */
  version(options: CallOptions): Promise<number> {
    return this.#client.retrying(
      'ask for the transaction version',
      async left => transactionVersion(this.#client, await this.#client.coordinatorOf('transaction', this.id, left), left),
      options,
    )
  }

  async take(known: ProducerIdentity, options: CallOptions): Promise<ProducerIdentity> {
    const { transactionTimeoutMs } = this.#client.config.produce
    const call = initProducerIdCall(this.wire, this.id, transactionTimeoutMs, known)
    const { producerId, epoch } = await this.ask('begin', 'transaction', this.id, call, options)
    return { producerId, epoch }
  }

  /** Sends until it is answered; the answers that only ask for patience are repeated here. */
  ask<T extends CodeAnswer>(step: string, kind: 'transaction' | 'group', key: string, call: ApiCall<T>, options: CallOptions): Promise<T> {
    return this.#client.retrying(`${step} (transactional id "${this.id}")`, async left => this.#once(step, kind, key, call, left), options)
  }

  async #once<T extends CodeAnswer>(
    step: string,
    kind: 'transaction' | 'group',
    key: string,
    call: ApiCall<T>,
    options: CallOptions,
  ): Promise<T> {
    for (;;) {
      const broker = await this.#client.coordinatorOf(kind, key, options)
      const answer = await this.#client.send(broker, call, options).catch((error: unknown) => {
        this.#client.forgetCoordinator(kind, key)
        throw error
      })
      const { name, verdict } = meaningOf(answer.errorCode)
      const cause = this.#client.brokerError(answer.errorCode)
      if (verdict === 'done') return answer
      if (verdict === 'fenced') throw new MillraceError('KAFKA_PRODUCER_FENCED', { transactionalId: this.id }, { cause })
      if (verdict === 'moved') {
        this.#client.forgetCoordinator(kind, key)
        throw cause
      }
      if (verdict !== 'again')
        throw new MillraceError('KAFKA_TRANSACTION_FAILED', { transactionalId: this.id, step, error: name }, { cause })
      await this.#clock.sleep(SOON_MS, options.signal)
    }
  }
}

type State = 'idle' | 'open' | 'lost'

class Transactions extends PartitionedProducer implements TransactionalProducer {
  readonly #coordinator: Coordinator
  /** Brokers with transaction.version 2 add partitions and groups by themselves and give each transaction an epoch of its own. */
  readonly #modern: boolean
  #identity: ProducerIdentity
  #state: State = 'idle'
  /** Something of this transaction is known to the coordinator. */
  #begun = false

  constructor(
    client: KafkaClient,
    platform: Platform,
    sender: Sender,
    coordinator: Coordinator,
    modern: boolean,
    identity: ProducerIdentity,
  ) {
    super(client, platform, sender)
    this.#coordinator = coordinator
    this.#modern = modern
    this.#identity = identity
    this.#become(identity)
  }

  #become(identity: ProducerIdentity): void {
    this.#identity = identity
    this.sender.become(identity)
  }

  async begin(): Promise<void> {
    if (this.#state !== 'idle') throw this.#misuse('begin')
    this.#state = 'open'
    this.#begun = false
    this.sender.takeFailure()
  }

  async admit(parts: readonly TopicPartition[]): Promise<void> {
    this.#begun = true
    const { id, wire } = this.#coordinator
    const call = addPartitionsCall(wire, id, this.#identity, parts)
    await this.#coordinator.ask('add partitions', 'transaction', id, call, { signal: NEVER })
  }

  async commitOffset(group: string, at: OffsetToCommit, options: CallOptions): Promise<void> {
    if (this.#state !== 'open') throw this.#misuse('commit an offset')
    this.#begun = true
    const { id, wire } = this.#coordinator
    if (!this.#modern) {
      await this.#coordinator.ask('add a group', 'transaction', id, addOffsetsCall(wire, id, this.#identity, group), options)
    }
    const call = txnOffsetCommitCall(wire, this.#modern ? 5 : 3, id, this.#identity, group, at)
    await this.#coordinator.ask('commit an offset', 'group', group, call, options)
  }

  async commit(options: CallOptions): Promise<void> {
    if (this.#state !== 'open') throw this.#misuse('commit')
    await this.flush(options)
    const failure = this.sender.takeFailure()
    if (failure !== undefined) throw failure
    await this.#end(true, options)
  }

  async abort(options: CallOptions): Promise<void> {
    if (this.#state === 'lost') return
    this.sender.drop(
      new MillraceError('KAFKA_TRANSACTION_FAILED', { transactionalId: this.#coordinator.id, step: 'commit', error: 'it was aborted' }),
    )
    await this.sender.until(() => this.sender.idle, options.signal)
    this.sender.takeFailure()
    await this.#end(false, options)
    // Older brokers keep the epoch: a higher one keeps what may still be under way out of the next transaction.
    if (!this.#modern) this.#become(await this.#coordinator.take(this.#identity, options))
  }

  override async send(...args: Parameters<PartitionedProducer['send']>): ReturnType<PartitionedProducer['send']> {
    this.#mustBeOpen()
    return super.send(...args)
  }

  override async sendOne(...args: Parameters<PartitionedProducer['sendOne']>): ReturnType<PartitionedProducer['sendOne']> {
    this.#mustBeOpen()
    return super.sendOne(...args)
  }

  #mustBeOpen(): void {
    if (this.#state !== 'open') throw this.#misuse('send')
    this.#begun = true
  }

  async #end(committed: boolean, options: CallOptions): Promise<void> {
    const { id, wire } = this.#coordinator
    // A transaction in which nothing was sent does not exist for the broker.
    if (!this.#begun) {
      this.#state = 'idle'
      return
    }
    // Until the answer is there nobody knows how it ended; then only opening again tells.
    this.#state = 'lost'
    const call = endTxnCall(wire, this.#modern ? 5 : 3, id, this.#identity, committed)
    const { producerId, epoch } = await this.#coordinator.ask(committed ? 'commit' : 'abort', 'transaction', id, call, options)
    if (this.#modern) this.#become({ producerId, epoch })
    else this.sender.nextTransaction()
    this.#state = 'idle'
    this.#begun = false
  }

  #misuse(step: string): MillraceError {
    return new MillraceError('KAFKA_TRANSACTION_FAILED', {
      transactionalId: this.#coordinator.id,
      step,
      error: `the transaction is ${this.#state}`,
    })
  }
}

const NEVER = new AbortController().signal
