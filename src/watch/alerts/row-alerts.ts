import type { QueryWarning } from '../../observe/index.ts'
import type { Clock } from '../../platform/index.ts'
import type { WatchFiles } from '../contract.ts'
import type { Delivery } from './deliver.ts'
import type { AlertMessage } from './options.ts'
import type { Rule } from './rules.ts'

/** The rows of one batch, as far as rules need them. */
export interface AlertRows {
  where(condition: string): AlertRows
  selectExpr(...expressions: string[]): AlertRows
  toLocalIterator(): AsyncIterable<Readonly<Record<string, unknown>>>
}
/** Looks at a batch; never rejects. */
export type LookAtRows = (batch: AlertRows) => Promise<void>

/** Keys of one rule that are told of; more would be a condition that always holds. */
const KEYS_MOST = 1000

/** What of a rule outlives the process. */
interface Kept {
  readonly firing: readonly string[]
  /** Decided and perhaps not yet told. */
  readonly pending: readonly AlertMessage[]
}
const NOTHING: Kept = { firing: [], pending: [] }

/** Rules over rows: told once for each key, and again when a later batch has the key and the condition holds for none of its rows. */
export class RowAlerts {
  readonly #rules: readonly Rule[]
  readonly #delivery: Delivery
  readonly #files: WatchFiles
  readonly #clock: Clock
  readonly #warn: (warning: QueryWarning) => void

  constructor(rules: readonly Rule[], delivery: Delivery, files: WatchFiles, clock: Clock, warn: (warning: QueryWarning) => void) {
    this.#rules = rules.filter(rule => !rule.problem)
    this.#delivery = delivery
    this.#files = files
    this.#clock = clock
    this.#warn = warn
  }

  /** What is to be called with each batch of a query that starts; undefined where no rule is about it. */
  of(query: string | undefined, checkpoint: string | undefined): LookAtRows | undefined {
    const rules = this.#rules.filter(rule => rule.query === query)
    if (query === undefined || rules.length === 0) return undefined
    const watches = rules.map(rule => this.#watch(rule, query, checkpoint))
    return async batch => {
      for (const look of watches) await look(batch)
    }
  }

  #watch(rule: Rule, query: string, checkpoint: string | undefined): LookAtRows {
    const memory = new AlertMemory(
      this.#files,
      checkpoint && `${checkpoint.replace(/\/+$/, '')}/millrace/alerts/${encodeURIComponent(rule.name)}.json`,
    )
    let failed = false
    return async batch => {
      try {
        const known = memory.known
        const kept = known ?? (await memory.read())
        // Of a run that died between deciding and telling.
        if (!known) for (const message of kept.pending) this.#tell(rule, message, memory)
        const { on, off } = await changes(rule, batch, new Set(kept.firing))
        if (on.length + off.length === 0) return
        const at = new Date(this.#clock.now()).toISOString()
        const messages = [
          ...on.map(key => messageOf(rule, query, 'firing', key, at)),
          ...off.map(key => messageOf(rule, query, 'resolved', key, at)),
        ]
        // Durable before anybody is told, and before the batch is committed: a restart does not decide it again.
        await memory.write(({ firing, pending }) => ({
          firing: [...firing.filter(key => !off.includes(key)), ...on],
          pending: [...pending, ...messages],
        }))
        for (const message of messages) this.#tell(rule, message, memory)
      } catch (error) {
        const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
        if (!failed)
          this.#warn({
            code: 'ALERT_RULE_FAILED',
            message: `the alert "${rule.name}" could not look at the rows of "${query}": ${why}`,
            hint: 'The query goes on. Mend the rule: its columns are those the query puts out.',
          })
        failed = true
      }
    }
  }

  #tell(rule: Rule, message: AlertMessage, memory: AlertMemory): void {
    const told = async (): Promise<void> => {
      if (!(await this.#delivery.tell(rule.tell, message))) return
      const text = JSON.stringify(message)
      await memory.write(kept => ({ ...kept, pending: kept.pending.filter(m => JSON.stringify(m) !== text) }))
    }
    // What could not be noted is told again by the next run.
    told().catch(() => undefined)
  }
}

/** Keys for which the rule begins to hold, and those for which it holds no longer. */
async function changes(rule: Rule, batch: AlertRows, firing: ReadonlySet<string>) {
  const columns = rule.key.map(name => `\`${name.replaceAll('`', '``')}\``)
  const keyed = (rows: AlertRows): AlertRows => rows.selectExpr(...(columns.length > 0 ? columns : ['1 AS one']))
  const held = new Set<string>()
  for await (const row of keyed(batch.where(`(${rule.when})`)).toLocalIterator()) {
    held.add(keyText(rule, row))
    if (held.size >= KEYS_MOST) break
  }
  const on = [...held].filter(key => !firing.has(key)).slice(0, Math.max(0, KEYS_MOST - firing.size))
  const off = new Set<string>()
  if (firing.size === 0) return { on, off: [] }
  for await (const row of keyed(batch.where(`NOT coalesce((${rule.when}), false)`)).toLocalIterator()) {
    const key = keyText(rule, row)
    if (firing.has(key) && !held.has(key)) off.add(key)
  }
  return { on, off: [...off] }
}

const keyText = ({ key }: Rule, row: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.fromEntries(key.map(name => [name, row[name] ?? null])), (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))

function messageOf(
  { name, when, key: columns }: Rule,
  query: string,
  state: AlertMessage['state'],
  text: string,
  at: string,
): AlertMessage {
  const key = JSON.parse(text) as Readonly<Record<string, unknown>>
  const whose = columns.length === 0 ? '' : ` for ${columns.map(c => `${c} = ${String(key[c])}`).join(', ')}`
  const words = state === 'firing' ? `${when} in the rows of "${query}"${whose}` : `no longer ${when} in the rows of "${query}"${whose}`
  return { rule: name, state, query, when, ...(columns.length > 0 && { key }), text: words, at }
}

/** One rule's memory beside the checkpoint; in this process only where there is none. Writes are one after the other. */
class AlertMemory {
  readonly #files: WatchFiles
  readonly #path: string | undefined
  #kept: Kept | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(files: WatchFiles, path: string | undefined) {
    this.#files = files
    this.#path = path
  }

  get known(): Kept | undefined {
    return this.#kept
  }
  async read(): Promise<Kept> {
    const there = this.#path !== undefined && (await this.#files.exists(this.#path))
    this.#kept = there ? (JSON.parse(new TextDecoder().decode(await this.#files.get(this.#path!))) as Kept) : NOTHING
    return this.#kept
  }
  write(change: (kept: Kept) => Kept): Promise<void> {
    const written = this.#last.then(async () => {
      const next = change(this.#kept ?? NOTHING)
      if (this.#path !== undefined) await this.#files.put(this.#path, new TextEncoder().encode(JSON.stringify(next)))
      this.#kept = next
    })
    this.#last = written.catch(() => undefined)
    return written
  }
}
