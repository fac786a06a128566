import { isMillraceError, MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { CallOptions, KafkaClient, KafkaOffset } from '../client/contract.ts'
import { asMillraceError, reasonOf, retryable } from '../client/failure.ts'
import { nameOf } from '../client/partition-name.ts'
import { backoff } from '../client/retry.ts'
import { AnswerMemory, SharedBody } from './answer-memory.ts'
import { FETCH, type FetchedBody, type FetchRequest, fetchCall } from './fetch-call.ts'
import { type FetchedPart, TOPIC_IDS_FROM } from './parse-response.ts'
import type { Fault, Tape } from './tape.ts'
import { VERDICTS } from './verdicts.ts'

/** Least room for an answer: below it the round trips cost more than the memory. */
const LEAST_BYTES = 64 << 10
/** One answer brings at most such a part of what may be held: it is in memory twice while it comes in. */
const MOST_OF_ROOM = 1 / 4
/** While some partition has no room the others are asked without long waiting: it may have room again soon, or in a moment when somebody reads. */
const CROWDED_WAIT_MS = 100
const HURRIED_WAIT_MS = 10
/** Who leads is asked in short calls while nobody waits for records. */
const UNHURRIED_CALL_MS = 2000
/** A broker that has just become leader may be wrong about an offset or a topic: so often it has to say so. */
const BELIEVED_AFTER = 3
/** Smaller parts of an answer are copied out of it, so that they do not keep all of it in memory. */
const SMALL_PART = 1 / 8

export type Lane = 'fetch' | 'other'

export interface PollerOptions {
  readonly client: KafkaClient
  readonly platform: Platform
  readonly aheadBytes: number
  /** The id of the topic that offsets are meant for; undefined = any. */
  readonly expectedId: (topic: string) => string | undefined
  readonly signal: AbortSignal
  /** Told of every tape whose state changed: records, a fault, an end that is known. */
  readonly changed: (tape: Tape) => void
}

/**
 * Keeps tapes fed: one request at a time to each broker and lane, with every partition that wants and may have more. Whatever changes calls `pump`,
 * which looks at all tapes and sends what can be sent; there are no loops.
 */
export class Poller {
  readonly #parts: PollerOptions
  readonly #tapes = new Map<Tape, Lane>()
  readonly #asking = new Set<string>()
  /** The end of each partition, as the last answer said. */
  readonly known = new Map<string, KafkaOffset>()
  readonly #memory = new AnswerMemory()
  readonly #looking = new Map<string, Promise<void>>()
  /** Bytes that requests on their way may bring. */
  #promised = 0
  #pumpAt = Number.POSITIVE_INFINITY

  constructor(parts: PollerOptions) {
    this.#parts = parts
  }

  add(tape: Tape, lane: Lane): void {
    this.#tapes.set(tape, lane)
    this.pump()
  }

  remove(tape: Tape): void {
    this.#tapes.delete(tape)
  }

  /** Sends what can be sent now. */
  pump(): void {
    if (this.#parts.signal.aborted) return
    const now = this.#parts.platform.clock.ticks()
    const due = new Map<string, Tape[]>()
    let later = Number.POSITIVE_INFINITY
    let crowded = false
    const room = this.#parts.aheadBytes - this.#held()
    const share = Math.max(LEAST_BYTES, this.#parts.aheadBytes / Math.max(1, this.#tapes.size))
    for (const [tape, lane] of this.#tapes) {
      const { state } = tape
      if (state.busy || tape.fault || tape.next >= tape.end) continue
      if (state.notBefore > now) later = Math.min(later, state.notBefore)
      else if (!(tape.waiting && tape.chunks.length === 0) && (tape.bytes >= share || room < LEAST_BYTES)) crowded = true
      else if (!state.leader) void this.#lookUp(tape)
      else {
        const key = `${state.leader.broker} ${lane}`
        if (!due.has(key)) due.set(key, [])
        due.get(key)!.push(tape)
      }
    }
    for (const [key, tapes] of due) if (!this.#asking.has(key)) void this.#ask(key, onePerPartition(tapes), share, crowded)
    if (later < Number.POSITIVE_INFINITY) this.#pumpAfter(later - now)
  }

  #held(): number {
    let bytes = this.#promised
    for (const tape of this.#tapes.keys()) bytes += tape.bytes
    return bytes
  }

  #pumpAfter(ms: number): void {
    const { clock } = this.#parts.platform
    const at = clock.ticks() + Math.max(1, ms)
    if (at >= this.#pumpAt) return
    this.#pumpAt = at
    const again = (): void => {
      this.#pumpAt = Number.POSITIVE_INFINITY
      this.pump()
    }
    clock.sleep(Math.max(1, ms), this.#parts.signal).then(again, () => {})
  }

  async #ask(key: string, tapes: readonly Tape[], share: number, crowded: boolean): Promise<void> {
    const { client, signal, aheadBytes } = this.#parts
    const { broker } = tapes[0]!.state.leader!
    const lane = key.endsWith(' fetch') ? 'fetch' : 'other'
    const room = Math.min(aheadBytes - this.#held(), aheadBytes * MOST_OF_ROOM)
    const maxBytes = Math.min(client.config.fetch.maxBytes, Math.max(LEAST_BYTES, Math.floor(room), ...tapes.map(t => t.minBytes)))
    this.#asking.add(key)
    this.#promised += maxBytes
    for (const tape of tapes) tape.state.busy = true
    const settled = (): void => {
      this.#asking.delete(key)
      this.#promised -= maxBytes
      for (const tape of tapes) tape.state.busy = false
    }
    try {
      const version = await client.versionOf(broker, FETCH, { signal })
      const call = fetchCall(client.library, this.#request(version, tapes, { maxBytes, share, crowded }), length =>
        this.#memory.take(length),
      )
      const answer = await client.send(broker, call, { signal, lane })
      settled()
      this.#take(answer, tapes, version)
    } catch (error) {
      settled()
      if (!signal.aborted) for (const tape of tapes) this.#failed(tape, error, `broker ${broker}`)
    }
    this.pump()
  }

  #hurried(): boolean {
    return [...this.#tapes.keys()].some(t => t.reading)
  }

  #request(version: number, tapes: readonly Tape[], limits: { maxBytes: number; share: number; crowded: boolean }): FetchRequest {
    const { fetch, isolation } = this.#parts.client.config
    return {
      version,
      maxWaitMs: limits.crowded ? Math.min(this.#hurried() ? HURRIED_WAIT_MS : CROWDED_WAIT_MS, fetch.maxWaitMs) : fetch.maxWaitMs,
      minBytes: fetch.minBytes,
      maxBytes: limits.maxBytes,
      readCommitted: isolation === 'read_committed',
      parts: [...tapes]
        .sort((a, b) => Number(b.waiting) - Number(a.waiting) || a.state.servedAt - b.state.servedAt)
        .map(tape => ({
          topic: tape.topic,
          partition: tape.partition,
          topicId: tape.state.leader!.topicId,
          leaderEpoch: tape.state.leader!.leaderEpoch,
          offset: tape.next,
          maxBytes: Math.max(
            tape.minBytes,
            Math.min(fetch.maxPartitionBytes, Math.max(LEAST_BYTES, Math.floor(limits.share - tape.bytes))),
          ),
        })),
    }
  }

  #take(answer: FetchedBody, tapes: readonly Tape[], version: number): void {
    const whole = this.#parts.client.brokerError(answer.errorCode)
    if (whole) throw whole
    const name = (tape: Tape): string => `${version >= TOPIC_IDS_FROM ? tape.state.leader!.topicId : tape.topic}-${tape.partition}`
    const parts = new Map(answer.parts.map(p => [`${p.topic}-${p.partition}`, p]))
    const total = answer.parts.reduce((n, p) => n + p.records.length, 0)
    const body = new SharedBody(answer.body, this.#memory)
    for (const tape of tapes) {
      const part = parts.get(name(tape))
      if (!part) this.#failed(tape, this.#parts.client.brokerError(3)!, `broker ${tape.state.leader!.broker}`)
      else if (part.errorCode !== 0) this.#refused(tape, part)
      else this.#served(tape, part, total, body)
    }
    body.letGo()
  }

  #served(tape: Tape, part: FetchedPart, total: number, body: SharedBody): void {
    const { state } = tape
    const { platform, client, changed } = this.#parts
    // Restarted somewhere else while the request was on its way, or given up.
    if (!this.#tapes.has(tape)) return
    const end = client.config.isolation === 'read_committed' ? part.lastStableOffset : part.highWatermark
    // The broker says that records are there and hands out none: nobody knows why, so it may not last.
    const withheld = total === 0 && tape.next < Math.min(end, tape.end) && tape.minBytes === 0
    const cutOff = part.records.length === 0 && tape.next >= end && end < tape.wanted
    state.failures = 0
    if (!withheld) state.failingSince = undefined
    if (!cutOff) state.doubts = 0
    this.known.set(nameOf(tape), end)
    if (part.records.length > 0) {
      state.servedAt = platform.clock.ticks()
      if (part.records.length < total * SMALL_PART) tape.append(new Uint8Array(part.records), part.aborted)
      else tape.append(part.records, part.aborted, body.hold())
    }
    changed(tape)
    if (withheld) this.#withheld(tape)
    if (cutOff && ++state.doubts >= BELIEVED_AFTER) {
      state.doubts = 0
      void this.#settle(tape, options => this.#cutOff(tape, options))
    }
  }

  #withheld(tape: Tape): void {
    const { platform, client } = this.#parts
    const now = platform.clock.ticks()
    tape.state.failingSince ??= now
    if (tape.waiting && now - Math.max(tape.state.failingSince, tape.waitingSince) >= client.config.defaultTimeoutMs)
      void this.#settle(tape, options => this.#range(tape, options))
  }

  /** The broker did not serve the partition. */
  #refused(tape: Tape, part: FetchedPart): void {
    const { state } = tape
    const verdict = VERDICTS[part.errorCode]
    const error = this.#parts.client.brokerError(part.errorCode)!
    if (verdict === 'check-offset' || verdict === 'check-topic') state.doubts++
    if (state.doubts >= BELIEVED_AFTER) {
      state.doubts = 0
      void this.#settle(tape, options => (verdict === 'check-offset' ? this.#outside(tape, options) : this.#whereabouts(tape, options)))
    }
    this.#failed(tape, error, `broker ${state.leader!.broker}`, verdict !== undefined)
  }

  /** Comes again later, or, where that is no use or the time of who waits is up, gives up. */
  #failed(tape: Tape, error: unknown, where: string, transient = retryable(error)): void {
    const { platform, client } = this.#parts
    const { state } = tape
    const now = platform.clock.ticks()
    state.failingSince ??= now
    state.leader = undefined
    client.forgetLeaders(tape.topic)
    const what = `read ${nameOf(tape)}`
    const { defaultTimeoutMs: timeoutMs, retryBackoffMs, retryBackoffMaxMs, sasl } = client.config
    if (!transient) this.#fault(tape, { kind: 'error', error: asMillraceError(error, what, where, sasl?.mechanism ?? 'SASL') })
    else if (tape.waiting && now - Math.max(state.failingSince, tape.waitingSince) >= timeoutMs) {
      const tried = [`${where}: ${reasonOf(error)}`]
      this.#fault(tape, { kind: 'error', error: new MillraceError('KAFKA_TIMEOUT', { what, timeoutMs, tried }, { cause: error }) })
    } else state.notBefore = now + backoff(state.failures++, retryBackoffMs, retryBackoffMaxMs, platform.ids.random())
  }

  #fault(tape: Tape, fault: Fault): void {
    tape.fault = fault
    this.known.delete(nameOf(tape))
    this.#parts.changed(tape)
  }

  /** Finds out who leads; asks by itself until it knows or the time is up. */
  async #lookUp(tape: Tape): Promise<void> {
    const { client, expectedId } = this.#parts
    await this.#settle(tape, async options => {
      // One after the other for each topic: the first answer serves all its partitions.
      while (this.#looking.has(tape.topic)) await this.#looking.get(tape.topic)
      const looking = client.leaderOf(tape, options)
      this.#looking.set(
        tape.topic,
        looking.then(
          () => {},
          () => {},
        ),
      )
      const leader = await looking.finally(() => this.#looking.delete(tape.topic))
      const expected = expectedId(tape.topic) ?? tape.topicId
      if (expected !== undefined && expected !== leader.topicId) return GONE
      tape.topicId = leader.topicId
      tape.state.leader = leader
      return undefined
    })
  }

  /** A question about a tape. What it answers is the tape's fault; an error is that of who waits for records, and nobody's otherwise. */
  async #settle(tape: Tape, question: (options: CallOptions) => Promise<Fault | undefined>): Promise<void> {
    const { signal, platform, client } = this.#parts
    const { state } = tape
    const left = (): number =>
      tape.waiting ? Math.max(1, client.config.defaultTimeoutMs - (platform.clock.ticks() - tape.waitingSince)) : UNHURRIED_CALL_MS
    state.busy = true
    try {
      const fault = await question({ signal, timeoutMs: left() })
      if (fault) this.#fault(tape, fault)
    } catch (error) {
      if (signal.aborted) return
      const timeUp = isMillraceError(error, 'KAFKA_TIMEOUT') || isMillraceError(error, 'KAFKA_UNREACHABLE')
      if (isMillraceError(error, 'KAFKA_UNKNOWN_TOPIC_PARTITION')) this.#fault(tape, GONE)
      else if (tape.waiting && (!timeUp || left() === 1)) this.#fault(tape, { kind: 'error', error })
      else state.notBefore = platform.clock.ticks() + client.config.retryBackoffMs
    } finally {
      state.busy = false
      this.pump()
    }
  }

  /** What there is of the partition. */
  async #range(tape: Tape, options: CallOptions): Promise<Loss> {
    const at = { topic: tape.topic, partition: tape.partition }
    const wanted = [
      { ...at, at: 'earliest' },
      { ...at, at: 'latest' },
    ] as const
    const [earliest, latest] = await this.#parts.client.offsets(wanted, options)
    return { kind: 'loss', earliest: earliest!, latest: latest! }
  }

  /** The broker says that the offset is not there. undefined = it is, a new leader did not know yet. */
  async #outside(tape: Tape, options: CallOptions): Promise<Fault | undefined> {
    const range = await this.#range(tape, options)
    return tape.next < range.earliest! || tape.next > range.latest! ? range : undefined
  }

  /**
   * The log ends before what was there once: a leader that did not have it was elected. undefined = it does not; a new leader says so only when it knows
   * how far its followers are.
   */
  async #cutOff(tape: Tape, options: CallOptions): Promise<Fault | undefined> {
    const range = await this.#range(tape, options)
    return range.latest! < tape.wanted ? range : undefined
  }

  /** Is the topic gone? undefined = no: the broker will learn of it, or another id will tell. */
  async #whereabouts(tape: Tape, options: CallOptions): Promise<Fault | undefined> {
    const topic = (await this.#parts.client.topics([tape.topic], options)).get(tape.topic)
    return topic?.partitions.some(p => p.partition === tape.partition) ? undefined : GONE
  }
}

type Loss = Extract<Fault, { kind: 'loss' }>
const GONE: Loss = { kind: 'loss', earliest: null, latest: null }

/** A request may name a partition once; another tape of it goes next time. */
function onePerPartition(tapes: readonly Tape[]): readonly Tape[] {
  const names = new Set<string>()
  return tapes.filter(t => !names.has(nameOf(t)) && names.add(nameOf(t)))
}
