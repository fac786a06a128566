import { isMillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { StructType } from '../../../types/index.ts'
import type { BytesScan, Offset, PlannedRange, ReadLimit, Source } from '../../contract.ts'
import type { CallOptions, KafkaClient } from '../client/contract.ts'
import type { Fetcher } from '../fetch/contract.ts'
import { recordPlace } from '../schema.ts'
import type { Assignment } from './assignment.ts'
import type { ReportLoss } from './data-loss.ts'
import type { GroupCommit } from './group-commit.ts'
import { lagMetrics } from './lag.ts'
import { Latest, wentBack } from './latest.ts'
import { type Positions, printPositions } from './positions.ts'
import { rangesOf, readRanges } from './ranges.ts'
import { backlogOf, shareOut, tooEarly } from './rate-limit.ts'
import type { RecordSize } from './record-size.ts'
import type { Starts } from './starts.ts'
import type { TopicWatch } from './topic-watch.ts'

/** How much a batch takes, from the options. */
export interface BatchLimits {
  readonly maxOffsets?: number | undefined
  readonly minOffsets?: number | undefined
  readonly maxDelayMs: number
  /** Without `maxOffsets`: about a slice of memory, or everything. */
  readonly otherwise: 'slice' | 'everything'
}

export interface KafkaSourceParts {
  readonly description: string
  readonly schema: StructType
  readonly client: KafkaClient
  readonly fetcher: Fetcher
  readonly topics: TopicWatch
  readonly starts: Starts
  readonly size: RecordSize
  readonly limits: BatchLimits
  readonly report: ReportLoss
  readonly groupCommit?: GroupCommit | undefined
  readonly platform: Platform
}

interface Ends {
  readonly assignment: Assignment
  readonly from: Positions
  readonly latest: Positions
}

/** What was seen without asking is made sure of so often while a backlog is worked off. */
const ASK_EVERY_MS = 1000
const DISAGREE_AT_MOST = 3
/** How often a batch that waits for more records looks whether they are there. */
const HELD_BACK_LOOK_MS = 50
/** The group's offsets are for monitors only: closing does not wait long for them. */
const LAST_COMMIT_MS = 3000

/**
 * Reads topics of Kafka as they grow (Spark's KafkaMicroBatchStream). Offsets are Spark's: `{"clicks":{"0":5,"1":7}}`, the next record of each
 * partition. Records are fetched ahead of the batch that is being worked on, and the fetcher's long polls tell of new ones, so that an idle
 * stream asks nothing and a busy one seldom.
 */
export class KafkaSource implements Source {
  readonly description: string
  readonly schema: StructType
  readonly #parts: KafkaSourceParts
  readonly #latest: Latest
  #frozen: { readonly assignment: Assignment; readonly latest: Positions } | undefined
  #last: { readonly end: Positions; readonly latest: Positions } | undefined
  #lastTriggerMs = 0
  #heldBack: Ends | undefined
  #seenChanges = 0
  #begins = true

  constructor(parts: KafkaSourceParts) {
    this.#parts = parts
    this.description = parts.description
    this.schema = parts.schema
    this.#latest = new Latest(parts.client, parts.fetcher, parts.platform.clock)
  }

  async plan(start: Offset | null, limit: ReadLimit, options: { readonly signal: AbortSignal }): Promise<PlannedRange> {
    const { fetcher } = this.#parts
    // What an earlier run has committed; it may not have lived to tell the group.
    if (start !== null && this.#begins) this.committed(start)
    this.#begins = false
    const ends = await this.#ends(start, limit, options)
    fetcher.ahead(ends.from)
    const end = this.#end(ends, limit)
    this.#heldBack = end ? undefined : ends
    this.#last = { end: end ?? ends.from, latest: ends.latest }
    const latest = ends.latest.size === 0 ? null : printPositions(ends.latest)
    return { end: end && end.size > 0 ? this.#text(end, start) : start, latest }
  }

  async prepareAvailableNow({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const assignment = await this.#parts.topics.look()
    this.#frozen = { assignment, latest: await this.#latest.ask(new Map(), assignment, { signal }) }
  }

  async read(start: Offset | null, end: Offset, options: { readonly signal: AbortSignal }): Promise<BytesScan> {
    const { starts, topics, fetcher, report, size, schema } = this.#parts
    this.#begins = false
    const to = starts.positions(end)
    const from = await starts.forRead(start, to, this.#frozen?.assignment ?? topics.now, options)
    const ranges = rangesOf(from, to, report)
    const slices: BytesScan['slices'] = (columns, lent) => ({
      [Symbol.asyncIterator]: () =>
        size.measured(readRanges(fetcher, ranges, report, { ...options, ...(columns && { columns }), ...(lent && { lent }) })),
    })
    return { kind: 'bytes', schema, slices, place: recordPlace }
  }

  async commit(): Promise<void> {}

  committed(end: Offset): void {
    this.#parts.groupCommit?.note(this.#parts.starts.positions(end))
  }

  async changed({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#frozen || signal.aborted) return
    const over = new AbortController()
    const until = AbortSignal.any([signal, over.signal])
    try {
      const news = this.#heldBack ? this.#enough(this.#heldBack, until) : this.#parts.fetcher.arrived({ signal: until })
      await Promise.race([news, this.#parts.topics.changed(this.#seenChanges, until)])
    } finally {
      over.abort()
    }
  }

  metrics(): Readonly<Record<string, string>> {
    return this.#last ? lagMetrics(this.#last.end, this.#last.latest) : {}
  }

  async close(): Promise<void> {
    const { groupCommit, topics, fetcher, client } = this.#parts
    await groupCommit?.close(LAST_COMMIT_MS)
    await topics.close()
    await fetcher.close()
    await client.close()
  }

  /** The same offsets have the same text, also where another program wrote it. */
  #text(end: Positions, start: Offset | null): Offset {
    const before = start === null ? undefined : this.#parts.starts.positions(start)
    const same = before?.size === end.size && [...end].every(([name, offset]) => before.get(name) === offset)
    return same ? start! : printPositions(end)
  }

  /** Where the partitions are read from, and where they end. Topics that change meanwhile are looked at anew. */
  async #ends(start: Offset | null, limit: ReadLimit, options: CallOptions): Promise<Ends> {
    const { topics, starts, report } = this.#parts
    let disagreed = 0
    for (;;) {
      this.#seenChanges = topics.changes
      const assignment = this.#frozen?.assignment ?? topics.now
      try {
        const from = await starts.forPlan(start, assignment, options)
        const latest = this.#frozen?.latest ?? (await this.#until(from, assignment, limit, options))
        const back = wentBack(from, latest)
        if (back.length === 0) return { assignment, from, latest }
        if (!this.#frozen && (await topics.look()) !== assignment) continue
        for (const name of back) {
          const [prevOffset, newOffset] = [from.get(name)!, latest.get(name)!]
          report('KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED', { topicPartition: name, prevOffset, newOffset })
        }
        return { assignment, from, latest }
      } catch (error) {
        const gone = isMillraceError(error, 'KAFKA_UNKNOWN_TOPIC_PARTITION') && !this.#frozen
        // brokers learn of a change one after the other: one may still know what another has forgotten
        if (!gone || ((await topics.look()) === assignment && ++disagreed >= DISAGREE_AT_MOST)) throw error
      }
    }
  }

  /** Asks the brokers where nothing new is known, and where everything is wanted. */
  async #until(from: Positions, assignment: Assignment, limit: ReadLimit, options: CallOptions): Promise<Positions> {
    const everything = limit.kind === 'none' || this.#max() === undefined
    const known = this.#latest.known(from, assignment)
    if (everything || backlogOf(from, known) === 0) return this.#latest.ask(from, assignment, options)
    // The batch goes ahead with what is known; the next one knows more.
    if (this.#latest.age > ASK_EVERY_MS) void this.#latest.ask(new Map(), assignment, options).catch(() => {})
    return known
  }

  /** Records a batch takes at most; undefined = all there are. */
  #max(): number | undefined {
    const { limits, size } = this.#parts
    return limits.maxOffsets ?? (limits.otherwise === 'slice' ? size.inSlice : undefined)
  }

  /** Where the batch ends; undefined while it waits for more records. */
  #end({ from, latest }: Ends, limit: ReadLimit): Positions | undefined {
    if (limit.kind === 'none') return latest
    const { minOffsets, maxDelayMs } = this.#parts.limits
    const backlog = backlogOf(from, latest)
    if (minOffsets !== undefined && !this.#frozen) {
      const nowMs = this.#parts.platform.clock.now()
      if (tooEarly({ minOffsets, maxDelayMs, lastTriggerMs: this.#lastTriggerMs, nowMs, backlog })) return undefined
      this.#lastTriggerMs = nowMs
    }
    const max = this.#max()
    return max === undefined || backlog <= max ? latest : shareOut(max, from, latest)
  }

  /** Until as many records wait as a batch is to have, or it has waited as long as it may. */
  async #enough({ from, assignment }: Ends, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.platform
    const { minOffsets, maxDelayMs } = this.#parts.limits
    for (;;) {
      const left = this.#lastTriggerMs + maxDelayMs - clock.now()
      if (left <= 0 || signal.aborted || backlogOf(from, this.#latest.known(from, assignment)) >= minOffsets!) return
      await clock.sleep(Math.min(left, HELD_BACK_LOOK_MS), signal).catch(() => {})
      // memory is full long before very many records are there: then only the brokers know
      if (this.#latest.age > ASK_EVERY_MS) await this.#latest.ask(new Map(), assignment, { signal }).catch(() => {})
    }
  }
}
