import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { StreamingQueryProgress } from '../../observe/index.ts'
import type { Lock, Platform } from '../../platform/index.ts'
import { reasonOf } from '../hooks/index.ts'
import type { NodeState, RunEvent } from './events.ts'

/** How one stream of a run went. */
export interface StreamRecord {
  readonly node: string
  readonly query: string
  readonly state: 'running' | 'ended' | 'stopped' | 'failed'
  readonly batches: number
  readonly rows: number
  readonly restarts: number
  readonly lastBatch?: string
  /** Spark's progress record of the last batch. */
  readonly lastProgress?: StreamingQueryProgress
  readonly reason?: string
}
/** One run as it is kept. */
export interface RunRecord {
  readonly runId: string
  readonly pipeline: string
  readonly env: string
  /** `lost`: the process died without a word. Never written, only read. */
  readonly state: 'running' | 'succeeded' | 'failed' | 'stopped' | 'lost'
  readonly started: string
  readonly ended?: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly version: string
  readonly process: { readonly pid: number; readonly host: string }
  readonly nodes: Readonly<Record<string, { readonly state: NodeState; readonly at: string; readonly reason?: string }>>
  readonly streams: Readonly<Record<string, StreamRecord>>
  readonly error?: string
}

type Changing<T> = { -readonly [K in keyof T]: T[K] }
type Facts = Pick<RunRecord, 'runId' | 'parameters' | 'version' | 'process'>

/** The record of a run after an event. */
export function recorded(record: RunRecord | undefined, event: RunEvent, at: string, facts: Facts): RunRecord | undefined {
  if (event.event === 'run-started') {
    const nodes = Object.fromEntries(event.nodes.map(n => [n, { state: 'waiting' as const, at }]))
    return { ...facts, pipeline: event.pipeline, env: event.env, state: 'running', started: at, nodes, streams: {} }
  }
  return record && after(record, event, at)
}

function after(record: RunRecord, event: RunEvent, at: string): RunRecord {
  const next: Changing<RunRecord> = { ...record }
  const stream = (node: string, query: string, change: (of: StreamRecord) => Partial<StreamRecord>): void => {
    const before = record.streams[query] ?? { node, query, state: 'running' as const, batches: 0, rows: 0, restarts: 0 }
    next.streams = { ...record.streams, [query]: { ...before, ...change(before) } }
  }
  if (event.event === 'node')
    next.nodes = { ...record.nodes, [event.node]: { state: event.state, at, ...(event.reason && { reason: event.reason }) } }
  else if (event.event === 'batch')
    stream(event.node, event.query, s => ({
      state: 'running',
      batches: s.batches + 1,
      rows: s.rows + event.progress.numInputRows,
      lastBatch: event.progress.timestamp,
      lastProgress: event.progress,
    }))
  else if (event.event === 'stream-started') stream(event.node, event.query, () => ({ state: 'running' }))
  else if (event.event === 'restarting') stream(event.node, event.query, s => ({ restarts: s.restarts + 1, reason: event.reason }))
  else if (event.event === 'stream')
    stream(event.node, event.query, () => ({ state: event.state, ...(event.reason && { reason: event.reason }) }))
  else if (event.event === 'error') next.error = reasonOf(event.error)
  else if (event.event === 'run-ended') Object.assign(next, { state: event.state, ended: at })
  return next
}

const lockOf = (file: string): string => `millrace-run-${createHash('sha256').update(file).digest('hex').slice(0, 32)}`

/** How often a record is written while only batches come. */
const EVERY_MS = 2000

/** Keeps the record of a run in a file of its own, whole at any time. Its failures are told once and stop nothing. */
export class RunKeeper {
  readonly #file: string
  readonly #platform: Platform
  readonly #facts: Facts
  readonly #warn: (text: string) => void
  #record: RunRecord | undefined
  #writing: Promise<void> = Promise.resolve()
  #written = 0
  #broken = false
  #waiting = false
  readonly #over = new AbortController()
  /** Held while the run lives: the operating system lets go of it when the process dies. */
  #lock: Promise<Lock> | undefined

  constructor(directory: string, platform: Platform, facts: Facts, warn: (text: string) => void) {
    this.#file = join(directory, 'runs', `${facts.runId}.json`)
    this.#platform = platform
    this.#facts = facts
    this.#warn = warn
  }

  hear(event: RunEvent): void {
    const { clock } = this.#platform
    this.#lock ??= this.#platform.locks.take(lockOf(this.#file), this.#facts.runId)
    this.#record = recorded(this.#record, event, new Date(clock.now()).toISOString(), this.#facts)
    if (!this.#record) return
    const wait = event.event === 'batch' ? this.#written + EVERY_MS - clock.ticks() : 0
    if (wait <= 0) this.#writeSoon()
    else this.#later(wait)
  }
  #writeSoon(): void {
    this.#written = this.#platform.clock.ticks()
    this.#writing = this.#writing.then(() => this.#write())
  }
  /** What came within the time is written at the end of it. */
  #later(ms: number): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#platform.clock.sleep(ms, this.#over.signal).then(
      () => {
        this.#waiting = false
        this.#writeSoon()
      },
      () => undefined,
    )
  }
  /** Resolves when all of it is written. */
  async done(): Promise<void> {
    this.#over.abort()
    this.#writing = this.#writing.then(() => (this.#record ? this.#write() : undefined))
    await this.#writing
    const lock = await this.#lock?.catch(() => undefined)
    if (lock?.kind === 'taken') await lock.release()
  }

  async #write(): Promise<void> {
    if (this.#broken) return
    const { files } = this.#platform
    try {
      await files.makeDir(join(this.#file, '..'))
      const text = JSON.stringify(this.#record, (_, v) => (typeof v === 'bigint' ? String(v) : v), 2)
      await files.write(`${this.#file}.tmp`, new TextEncoder().encode(text))
      await files.rename(`${this.#file}.tmp`, this.#file)
    } catch (error) {
      this.#broken = true
      this.#warn(`the run is not kept in "${this.#file}": ${reasonOf(error)}`)
    }
  }
}

/** The runs that are kept, newest first. One whose process died without a word is lost. */
export async function keptRuns(directory: string, platform: Platform): Promise<readonly RunRecord[]> {
  const runs = join(directory, 'runs')
  const names = [...(await platform.files.list(runs))]
    .filter(n => n.endsWith('.json'))
    .sort()
    .reverse()
  return Promise.all(
    names.map(async name => {
      const file = join(runs, name)
      const record = JSON.parse(new TextDecoder().decode(await platform.files.read(file))) as RunRecord
      const elsewhere = record.process.host !== platform.process.host
      if (record.state !== 'running' || elsewhere || (await isHeld(file, platform))) return record
      return { ...record, state: 'lost' as const }
    }),
  )
}

async function isHeld(file: string, { locks }: Platform): Promise<boolean> {
  const lock = await locks.take(lockOf(file), 'a look at runs')
  if (lock.kind === 'taken') await lock.release()
  return lock.kind === 'held'
}
