import { MillraceError } from '../../../errors/index.ts'
import type { Platform } from '../../../platform/index.ts'
import type { ConnectorContext, Output, Sink, SinkResult, SinkWriteOptions } from '../../contract.ts'
import { type ObjectName, shownName } from '../sql/names.ts'
import { Refusal } from '../sql/refusal.ts'
import { again } from '../sql/retry.ts'
import type { TargetPair } from '../target.ts'
import { type ChannelStatus, isHealthy, type OpenedChannel, StreamingRefusal } from './answers.ts'
import type { StreamingClient } from './client.ts'
import { partsOf } from './parts.ts'
import { position, readToken, tokenText } from './position.ts'
import { rowLines } from './row-lines.ts'

export interface StreamingSinkParts {
  readonly platform: Platform
  readonly client: StreamingClient
  readonly url: string
  readonly table: ObjectName
  readonly channel: string
  readonly pairs: readonly TargetPair[]
  readonly timeZone: string
  readonly retryMs: number
  /** The last batch that an earlier run may have written; -1 when there is none. */
  readonly uncommitted: number
  /** The last batch the checkpoint knows of. */
  readonly logged: number
  readonly rejectedRows: 'fail' | 'warn'
  readonly warn: ConnectorContext['warn']
  readonly partBytes?: number
}

/** How often a batch may lose its channel before somebody else is taken to hold it. */
const LOSSES = 4
/** Rows of whoever had the channel before are waited for so long; then they are dropped, and written again with their batch. */
const SETTLE_MS = 30_000
const [LOOK_FIRST_MS, LOOK_MOST_MS] = [100, 2000]

/** Rows go into the table's channel; the number of the batch is the offset token of its last rows, so the channel knows what is written. */
export class StreamingSink implements Sink {
  readonly description: string
  readonly delivery = 'exactly-once'
  readonly why: string
  readonly #parts: StreamingSinkParts
  #channel: OpenedChannel | undefined
  /** Rows left out before the batch that is being written. */
  #errors = 0

  constructor(parts: StreamingSinkParts) {
    this.#parts = parts
    this.description = `Snowflake[${shownName(parts.table)} through Snowpipe Streaming]`
    this.why = `the number of a batch is the offset token of channel ${parts.channel}`
  }

  /** Takes the channel over before the first batch: whoever had it cannot append any more, and what is not allowed is told now. */
  async open(signal: AbortSignal): Promise<void> {
    const { platform, url, retryMs, channel } = this.#parts
    const what = `open the channel ${channel}`
    const open = async (): Promise<void> => {
      try {
        await this.#take(signal)
      } catch (error) {
        throw this.#handled(error, what)
      }
    }
    await again(open, { platform, url, what, timeoutMs: retryMs, signal })
    const { table, logged } = this.#parts
    const has = readToken(this.#channel!.status.committed ?? '')?.batch ?? -1
    if (has > logged) throw new MillraceError('SNOWFLAKE_AHEAD', { table: shownName(table), place: `channel ${channel}`, has, logged })
  }

  async write(batchId: number, output: Output, { signal }: SinkWriteOptions): Promise<SinkResult> {
    const result = { numOutputRows: output.rowCount }
    if (output.rowCount === 0) return result
    const { platform, url, table, retryMs } = this.#parts
    const what = `write batch ${batchId} to ${shownName(table)}`
    const losses = { left: LOSSES }
    await again(() => this.#attempt(batchId, output, losses, signal), { platform, url, what, timeoutMs: retryMs, signal })
    return result
  }

  /** Opens the channel where it is not, and appends what it has not committed. */
  async #attempt(batchId: number, output: Output, losses: { left: number }, signal: AbortSignal): Promise<void> {
    const { channel, table, uncommitted } = this.#parts
    try {
      const taken = await this.#take(signal)
      const { committed } = taken.status
      const at = position(committed, batchId, batchId <= uncommitted)
      if (at.do === 'refuse') throw new MillraceError('SNOWFLAKE_CHANNEL_UNKNOWN_TOKEN', { channel, token: committed ?? '' })
      if (at.do === 'yield') throw new MillraceError('SNOWFLAKE_CHANNEL_TAKEN', { channel, table: shownName(table) })
      if (at.do === 'append') await this.#append(batchId, output, at.fromPart, signal)
      this.#judge(batchId, (this.#channel ?? taken).status, at.do === 'nothing')
    } catch (error) {
      // What was appended so far is not known any more: the next attempt asks the channel.
      this.#channel = undefined
      if (error instanceof StreamingRefusal && error.trouble === 'reopen' && losses.left-- === 0) {
        throw new MillraceError('SNOWFLAKE_CHANNEL_TAKEN', { channel, table: shownName(table) })
      }
      throw this.#handled(error, `write batch ${batchId} to ${shownName(table)}`)
    }
  }

  async #take(signal: AbortSignal): Promise<OpenedChannel> {
    if (this.#channel) return this.#channel
    const taken = await this.#open(signal)
    this.#errors = taken.status.errors
    this.#channel = taken
    return taken
  }

  /** Gently, for a while: rows that are on their way are then not sent twice. */
  async #open(signal: AbortSignal): Promise<OpenedChannel> {
    const { client, platform } = this.#parts
    const until = platform.clock.ticks() + SETTLE_MS
    for (let wait = LOOK_FIRST_MS; ; wait = Math.min(LOOK_MOST_MS, wait * 2)) {
      try {
        return await client.open(platform.clock.ticks() < until, signal)
      } catch (error) {
        if (!(error instanceof StreamingRefusal) || error.trouble !== 'unsettled') throw error
      }
      await platform.clock.sleep(wait, signal)
    }
  }

  async #append(batchId: number, output: Output, fromPart: number, signal: AbortSignal): Promise<void> {
    const { client, pairs, timeZone, partBytes } = this.#parts
    const line = rowLines(output.schema, pairs, { timeZone })
    let part = 0
    for await (const { rows, last } of partsOf(output, line, { batchId, ...(partBytes !== undefined && { partBytes }) })) {
      const token = tokenText(last ? { batch: batchId } : { batch: batchId, part })
      if (part++ < fromPart) continue
      const continuation = await client.append(rows, this.#channel!.continuation, token, signal)
      this.#channel = { ...this.#channel!, continuation }
    }
    await this.#committed(tokenText({ batch: batchId }), signal)
  }

  /** An append that was answered is not in the table yet: that the token is committed says it. */
  async #committed(token: string, signal: AbortSignal): Promise<void> {
    const { client, platform, retryMs } = this.#parts
    const until = platform.clock.ticks() + retryMs
    for (let wait = LOOK_FIRST_MS; ; wait = Math.min(LOOK_MOST_MS, wait * 1.5)) {
      const status = await client.status(signal)
      if (!isHealthy(status)) throw new StreamingRefusal(status.errorMessage, 409, status.code)
      this.#channel = { ...this.#channel!, status }
      if (status.committed === token) return
      if (platform.clock.ticks() > until)
        throw new StreamingRefusal(`rows were not committed: the channel stands at "${status.committed ?? ''}"`, 0, '')
      await platform.clock.sleep(wait, signal)
    }
  }

  /** Rows that the table did not take are told, also when an earlier run wrote the batch. */
  #judge(batchId: number, status: ChannelStatus, before: boolean): void {
    const { table, rejectedRows, warn } = this.#parts
    const upTo = status.errorsUpTo === null ? undefined : readToken(status.errorsUpTo)?.batch
    const rows = before ? (upTo === batchId ? status.errors : 0) : status.errors - this.#errors
    this.#errors = status.errors
    if (rows <= 0) return
    const error = new MillraceError('SNOWFLAKE_ROWS_REJECTED', {
      table: shownName(table),
      batch: batchId,
      rows,
      reason: status.errorMessage,
    })
    if (rejectedRows === 'fail') throw error
    warn({ code: error.condition, message: error.message })
  }

  /** In the words of whoever decides about another attempt. */
  #handled(error: unknown, what: string): unknown {
    if (!(error instanceof StreamingRefusal)) return error
    if (error.trouble !== 'final') return new Refusal(error.message, { code: error.code || `HTTP ${error.status}`, passing: true })
    return new MillraceError('SNOWFLAKE_STREAMING_FAILED', { what, status: error.status, code: error.code, reason: error.message })
  }

  async close(): Promise<void> {
    this.#channel = undefined
  }
}
