import { MillraceError } from '../../errors/index.ts'
import type { QueryWarning } from '../../observe/index.ts'
import { type Platform, runCommand } from '../../platform/index.ts'
import type { AlertChannel, AlertMessage, AlertOptions } from './options.ts'

const ONE_ATTEMPT_MS = 10_000
const LONGEST_WAIT_MS = 60_000
/** Alerts that wait for one channel; older ones have been retried long enough. */
const WAITING_MOST = 1000
/** How long the end of a session waits for what is still to be told. */
const PATIENCE_MS = 10_000

/** Tells channels, each in its own order, again where that fails. Nothing it does stops a query. */
export class Delivery {
  readonly #options: AlertOptions
  readonly #platform: Platform
  readonly #warn: (warning: QueryWarning) => void
  readonly #queues = new Map<string, Promise<void>>()
  readonly #waiting = new Map<string, number>()
  readonly #over = new AbortController()

  constructor(options: AlertOptions, platform: Platform, warn: (warning: QueryWarning) => void) {
    this.#options = options
    this.#platform = platform
    this.#warn = warn
  }

  /** Resolves with true when all channels know it, or were tried as often as it makes sense; with false when the session ended before. */
  async tell(channels: readonly string[], message: AlertMessage): Promise<boolean> {
    await Promise.all(channels.map(name => this.#enqueue(name, message)))
    return !this.#over.signal.aborted
  }

  /** Waits a while for what is under way. */
  async close(): Promise<void> {
    const patience = new AbortController()
    const over = this.#platform.clock.sleep(PATIENCE_MS, patience.signal).catch(() => undefined)
    await Promise.race([Promise.all(this.#queues.values()), over])
    patience.abort()
    this.#over.abort()
  }

  #enqueue(name: string, message: AlertMessage): Promise<void> {
    const waiting = this.#waiting.get(name) ?? 0
    if (waiting >= WAITING_MOST) {
      this.#lost(name, message, `${waiting} alerts are waiting for it`, 0)
      return Promise.resolve()
    }
    this.#waiting.set(name, waiting + 1)
    const sent = (this.#queues.get(name) ?? Promise.resolve()).then(async () => {
      await this.#send(name, message)
      this.#waiting.set(name, this.#waiting.get(name)! - 1)
    })
    this.#queues.set(name, sent)
    return sent
  }

  async #send(name: string, message: AlertMessage): Promise<void> {
    const { attempts = 5, backoffMs = 1000 } = this.#options.retry ?? {}
    const channel = this.#options.channels[name]!
    for (let attempt = 1; !this.#over.signal.aborted; attempt += 1) {
      try {
        return await post(channel, message, this.#over.signal)
      } catch (error) {
        if (this.#over.signal.aborted) return
        if (attempt >= attempts || error instanceof Refused) return this.#lost(name, message, whyOf(error), attempt)
      }
      const wait = Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (attempt - 1))
      await this.#platform.clock.sleep(wait, this.#over.signal).catch(() => undefined)
    }
  }

  #lost(channel: string, { rule }: AlertMessage, why: string, attempts: number): void {
    const { condition, message, hint } = new MillraceError('ALERT_NOT_DELIVERED', { rule, channel, why, attempts })
    this.#warn({ code: condition, message: message.split('\n', 1)[0]!.replace(`[${condition}] `, ''), hint })
  }
}

/** The same would be refused again. */
class Refused extends Error {}

async function post(channel: AlertChannel, message: AlertMessage, signal: AbortSignal): Promise<void> {
  if ('command' in channel) return runCommand(channel.command, `${JSON.stringify(message)}\n`, ONE_ATTEMPT_MS)
  const [url, body, headers] =
    'slack' in channel ? [channel.slack, slackForm(message), {}] : [channel.webhook, message, channel.headers ?? {}]
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // What a header or the address holds is not for another server.
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ONE_ATTEMPT_MS)]),
  })
  await response.body?.cancel()
  if (response.ok) return
  const why = `it was answered with ${response.status}`
  throw [408, 425, 429].includes(response.status) || response.status >= 500 ? new Error(why) : new Refused(why)
}

/** Slack's text, where `&`, `<` and `>` begin something else, with the same in a block. */
function slackForm({ state, text, rule }: AlertMessage): unknown {
  const plain = `${state === 'firing' ? ':rotating_light:' : ':white_check_mark:'} *${slack(rule)}* ${state}: ${slack(text)}`
  return { text: plain, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: plain.slice(0, 3000) } }] }
}
const slack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Without the address, which may be a secret itself: of what `fetch` and `spawn` say the code is enough. */
function whyOf(error: unknown): string {
  const { code, name, message, cause } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError') return `no answer within ${ONE_ATTEMPT_MS / 1000} s`
  const inner = (cause as NodeJS.ErrnoException | undefined)?.code
  return inner ?? code ?? (/^it (was|ended)/.test(message) ? message : name)
}
