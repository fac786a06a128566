/** One event of a stream, as the standard dispatches it. */
export interface StreamEvent {
  /** The last id the stream has named so far; '' = none yet. */
  readonly id: string
  /** `message` where the stream names none. */
  readonly event: string
  readonly data: string
}

export interface ParsedChunk {
  readonly events: readonly StreamEvent[]
  /** Milliseconds to wait before the next connection, where the chunk says so. */
  readonly retryMs?: number
}

/** An event that goes on for longer than this is no event stream. */
const MOST_CHARACTERS = 64 << 20

/**
 * Reads an event stream (WHATWG HTML, "Server-sent events"): lines end in CR, LF or both, wherever a chunk is cut; comments are left out; an event
 * counts once its blank line is there. One parser a connection; the last event id goes from one to the next.
 */
export class EventStreamParser {
  /** Leaves out a byte order mark at the beginning, as the standard wants. */
  readonly #decoder = new TextDecoder()
  #rest = ''
  #afterCr = false
  #data: string[] = []
  #event = ''
  #length = 0
  /** Of the last event that is over; the id of one that is not counts only then. */
  #id: string
  #nextId: string

  constructor(lastEventId = '') {
    this.#id = lastEventId
    this.#nextId = lastEventId
  }

  get lastEventId(): string {
    return this.#id
  }

  /** @throws RangeError for an event that is too large */
  push(chunk: Uint8Array): ParsedChunk {
    let text = this.#decoder.decode(chunk, { stream: true })
    if (text === '') return { events: [] }
    if (this.#afterCr && text.startsWith('\n')) text = text.slice(1)
    this.#afterCr = text.endsWith('\r')
    const lines = (this.#rest + text).split(/\r\n|\n|\r/)
    this.#rest = lines.pop()!
    if (this.#rest.length > MOST_CHARACTERS) throw new RangeError('an event is too large')
    const events: StreamEvent[] = []
    let retryMs: number | undefined
    for (const line of lines) {
      if (line === '') this.#dispatch(events)
      else retryMs = this.#field(line) ?? retryMs
    }
    return { events, ...(retryMs !== undefined && { retryMs }) }
  }

  /** Answers a new time to wait, where the line is one. */
  #field(line: string): number | undefined {
    const colon = line.indexOf(':')
    if (colon === 0) return undefined
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'retry') return /^\d+$/.test(value) ? Number(value) : undefined
    if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#nextId = value
    else if (name === 'data') {
      this.#length += value.length
      if (this.#length > MOST_CHARACTERS) throw new RangeError('an event is too large')
      this.#data.push(value)
    }
    return undefined
  }

  #dispatch(events: StreamEvent[]): void {
    this.#id = this.#nextId
    if (this.#data.length > 0) events.push({ id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') })
    this.#data = []
    this.#event = ''
    this.#length = 0
  }
}
