import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { Output, Sink, SinkContext, SinkResult } from '../contract.ts'
import type { Answer, HttpClient } from '../web/client.ts'
import { persist } from '../web/persist.ts'
import { without } from '../web/shown-url.ts'
import { BatchLetters, type LetterBox } from './dead-letters.ts'
import { type Parcel, parcels, type Shape } from './requests.ts'

export interface HttpSinkParts {
  readonly client: HttpClient
  readonly platform: Platform
  readonly url: URL
  /** As messages name it. */
  readonly shown: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly shape: Shape
  readonly concurrency: number
  readonly keyHeader: string
  readonly queryId: string
  /** Statuses besides 2xx that mean success. */
  readonly accepted: ReadonlySet<number>
  readonly timeoutMs: number
  readonly deadlineMs: number
  readonly letters?: LetterBox | undefined
  readonly uncommitted?: SinkContext['uncommitted']
  readonly warn: SinkContext['warn']
}

/** Refusals that are not about a row but about the request as such: every other one would be refused as well. */
const NOT_OF_A_ROW: ReadonlySet<number> = new Set([401, 403, 404, 405, 406, 407, 410, 415, 421, 426, 431, 451])
const MOST_SHOWN = 300

/** `keyHeader`: the header in which a receiver finds the key. */
export const delivered = (keyHeader: string) =>
  ({
    delivery: 'at-least-once',
    why: `what was not answered is sent again; exactly once for a receiver that takes each ${keyHeader} once`,
  }) as const

/** Sends each batch's rows to an HTTP server; the same rows of a batch always under the same key. */
export class HttpSink implements Sink {
  readonly description: string
  readonly delivery = 'at-least-once'
  readonly why: string
  readonly #parts: HttpSinkParts

  constructor(parts: HttpSinkParts) {
    this.#parts = parts
    this.description = `Http[${parts.method} ${parts.shown}]`
    this.why = delivered(parts.keyHeader).why
  }

  async write(batchId: number, output: Output, { signal }: { readonly signal: AbortSignal }): Promise<SinkResult> {
    const { letters: box, uncommitted } = this.#parts
    const letters = box && new BatchLetters(box, batchId)
    const requests = await this.#sendAll(batchId, output, signal, letters)
    await letters?.write(requests, uncommitted !== undefined && batchId <= uncommitted.last)
    return { numOutputRows: output.rowCount }
  }

  async close(): Promise<void> {
    this.#parts.client.close()
  }

  /** Several at once; the first failure ends the others. Answers how many. */
  async #sendAll(batchId: number, output: Output, signal: AbortSignal, letters: BatchLetters | undefined): Promise<number> {
    const { shape, concurrency } = this.#parts
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const waiting = parcels(output, shape)
    let sent = 0
    const work = async (): Promise<void> => {
      for (;;) {
        const next = await waiting.next()
        if (next.done) return
        either.throwIfAborted()
        await this.#deliver(batchId, next.value, either, letters)
        sent++
      }
    }
    const workers = Array.from({ length: shape.ordered ? 1 : concurrency }, () =>
      work().catch(error => {
        failed.abort(error)
        throw error
      }),
    )
    const ended = await Promise.allSettled(workers)
    await waiting.return(undefined)
    signal.throwIfAborted()
    if (ended.some(e => e.status === 'rejected')) throw failed.signal.reason
    return sent
  }

  async #deliver(batchId: number, parcel: Parcel, signal: AbortSignal, letters: BatchLetters | undefined): Promise<void> {
    const { client, platform, url, shown, method, headers, keyHeader, queryId, timeoutMs, deadlineMs, warn } = this.#parts
    const key = `${queryId}/${batchId}/${parcel.name}`
    const request = { method, url, headers: { ...headers, [keyHeader.toLowerCase()]: key }, body: parcel.body, timeoutMs, signal }
    const answer = await persist(() => client.send(request), {
      platform,
      retryForMs: deadlineMs,
      countAskedWaits: true,
      signal,
      method,
      url: shown,
      repeating: why => warn({ code: 'HTTP_REPEATED', message: `${method} ${shown} is sent again: ${why}` }),
    })
    await this.#judge(answer, parcel, { key, batchId }, letters)
  }

  async #judge(
    answer: Answer,
    parcel: Parcel,
    { key, batchId }: { readonly key: string; readonly batchId: number },
    letters: BatchLetters | undefined,
  ): Promise<void> {
    const { accepted, secrets, method, url, shown, platform } = this.#parts
    const { status, headers } = answer
    if ((status >= 200 && status < 300) || accepted.has(status)) return answer.discard()
    const to = headers['location']
    if (status >= 300 && status < 400 && to !== undefined) {
      answer.discard()
      const place = URL.canParse(to, url.href) ? new URL(to, url).origin : 'what is no URL'
      throw new MillraceError('HTTP_ELSEWHERE', { url: shown, to: place, how: 'redirects to' })
    }
    const said = Buffer.from(await answer.bytes(1 << 16).catch(() => new Uint8Array())).toString()
    const text = without(said.trim(), secrets).slice(0, MOST_SHOWN)
    if (!letters || status < 400 || status >= 500 || NOT_OF_A_ROW.has(status)) {
      throw new MillraceError('HTTP_REFUSED', { method, url: shown, status, answer: text })
    }
    const at = new Date(platform.clock.now()).toISOString()
    letters.add({ status, answer: text, key, rows: parcel.rows, body: Buffer.from(parcel.body).toString(), batchId, at })
  }
}
