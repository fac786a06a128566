/** Channels of the stand-in for Snowpipe Streaming: what is appended is in the table a moment later, or never, if the channel is opened meanwhile. */
export interface Channel {
  readonly database: string
  readonly schema: string
  readonly pipe: string
  readonly name: string
  readonly continuation: string
  readonly committed: string | null
  readonly rows: readonly Record<string, unknown>[]
  readonly errors: number
  readonly errorsUpTo: string | null
}
type Mutable = { -readonly [K in keyof Channel]: Channel[K] } & {
  sequencer: number
  appended: number
  waiting: { token: string | null; rows: Record<string, unknown>[] }[]
  timer?: NodeJS.Timeout
}
type Row = Record<string, unknown>

export class Channels {
  readonly #channels = new Map<string, Mutable>()
  /** Milliseconds from an append to its commit; undefined = commits wait for `commit()`. */
  commitMs: number | undefined = 5
  /** Rows the table does not take. */
  rejects: (row: Row) => boolean = () => false
  /** Pipes that there are; undefined = any. */
  pipes: ReadonlySet<string> | undefined

  open(at: readonly string[], gently: boolean): Channel | 'uncommitted' | 'no-pipe' {
    const [database, schema, pipe, name] = at as [string, string, string, string]
    if (this.pipes && !this.pipes.has(pipe)) return 'no-pipe'
    const key = at.join('/').toUpperCase()
    let channel = this.#channels.get(key)
    if (channel && gently && channel.waiting.length > 0) return 'uncommitted'
    if (!channel) {
      const none = { continuation: '', committed: null, rows: [], errors: 0, errorsUpTo: null }
      channel = { database, schema, pipe, name, ...none, sequencer: 0, appended: 0, waiting: [] }
      this.#channels.set(key, channel)
    }
    channel.waiting = []
    channel.sequencer++
    channel.continuation = `${channel.sequencer}_${channel.appended}`
    return channel
  }

  append(at: readonly string[], continuation: string | null, token: string | null, rows: Row[]): string | undefined {
    const channel = this.#channels.get(at.join('/').toUpperCase())
    if (!channel || continuation !== channel.continuation) return undefined
    channel.appended++
    channel.continuation = `${channel.sequencer}_${channel.appended}`
    channel.waiting.push({ token, rows })
    if (this.commitMs !== undefined) channel.timer = setTimeout(() => this.#commit(channel), this.commitMs)
    return channel.continuation
  }

  /** Commits what waits, or only its first append. */
  commit(only?: 'first'): void {
    for (const channel of this.#channels.values()) this.#commit(channel, only)
  }

  /** Drops what waits. */
  lose(): void {
    for (const channel of this.#channels.values()) channel.waiting = []
  }

  /** Case of a channel's name counts here, as published. */
  find(at: readonly string[]): Channel | undefined {
    const found = this.#channels.get(at.join('/').toUpperCase())
    return found?.name === at.at(-1) ? found : undefined
  }

  get all(): readonly Channel[] {
    return [...this.#channels.values()]
  }
  /** Appends that nobody has committed. */
  get waiting(): number {
    return [...this.#channels.values()].reduce((n, c) => n + c.waiting.length, 0)
  }
  /** What is in the table. */
  get rows(): readonly Row[] {
    return this.all.flatMap(c => c.rows)
  }

  #commit(channel: Mutable, only?: 'first'): void {
    const done = channel.waiting.splice(0, only ? 1 : channel.waiting.length)
    for (const { token, rows } of done) {
      const bad = rows.filter(this.rejects)
      channel.rows = [...channel.rows, ...rows.filter(row => !bad.includes(row))]
      channel.errors += bad.length
      if (bad.length > 0) channel.errorsUpTo = token
      channel.committed = token
    }
  }

  close(): void {
    for (const channel of this.#channels.values()) clearTimeout(channel.timer)
  }
}
