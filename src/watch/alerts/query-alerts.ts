import type { QueryListener } from '../../observe/index.ts'
import type { Clock } from '../../platform/index.ts'
import type { QueryBook } from '../book.ts'
import type { Delivery } from './deliver.ts'
import type { Rule } from './rules.ts'

/** How often rules that speak of time are looked at while queries run. */
const LOOK_MS = 1000

/** Rules about queries: told when they begin to hold, and when they no longer do. */
export class QueryAlerts {
  readonly #rules: readonly Rule[]
  readonly #book: QueryBook
  readonly #delivery: Delivery
  readonly #clock: Clock
  /** What holds: rule and query. */
  readonly #firing = new Set<string>()
  readonly #over = new AbortController()
  #looking = false
  /** Behind the book, so that it knows already. */
  readonly listener: QueryListener = {
    onQueryStarted: () => void this.#lookOn(),
    onQueryProgress: () => this.#look(),
    onQueryTerminated: () => this.#look(),
  }

  constructor(rules: readonly Rule[], book: QueryBook, delivery: Delivery, clock: Clock) {
    this.#rules = rules.filter(rule => rule.problem)
    this.#book = book
    this.#delivery = delivery
    this.#clock = clock
  }

  close(): void {
    this.#over.abort()
  }

  /** Only while something runs: a program whose queries have ended may end. */
  async #lookOn(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    while (!this.#over.signal.aborted && this.#book.all().some(q => q.state === 'running')) {
      this.#look()
      await this.#clock.sleep(LOOK_MS, this.#over.signal).catch(() => undefined)
    }
    this.#looking = false
  }

  #look(): void {
    const now = this.#clock.now()
    for (const rule of this.#rules) {
      for (const query of this.#book.all().filter(q => rule.query === undefined || q.key === rule.query)) {
        const key = JSON.stringify([rule.name, query.key])
        const problem = rule.problem!(query, now)
        // A query that runs again is well once it has done something.
        const undecided = query.state !== 'running' || query.movedMs === undefined
        if ((problem !== undefined) === this.#firing.has(key) || (problem === undefined && undecided)) continue
        if (problem === undefined) this.#firing.delete(key)
        else this.#firing.add(key)
        const state = problem === undefined ? 'resolved' : 'firing'
        const text = problem === undefined ? `the query "${query.key}" is well again (${rule.when})` : `the query "${query.key}" ${problem}`
        const message = { rule: rule.name, state, query: query.key, when: rule.when, text, at: new Date(now).toISOString() } as const
        void this.#delivery.tell(rule.tell, message)
      }
    }
  }
}
