import type { DataFrame, ForeachBatchFunction, StreamingQuery } from '../api/index.ts'
import { isMillraceError } from '../errors/index.ts'
import { nodePlatform } from '../platform/index.ts'
import type { StructType } from '../types/index.ts'
import { Crash } from './failpoints.ts'
import { crash, type Expected, type Step, show } from './steps.ts'
import { comparable, type TextRow } from './table.ts'
import type { TestSession } from './test-session.ts'

export interface StoryOptions {
  readonly mode?: 'append' | 'update' | 'complete'
  /** Options of `writeStream`. */
  readonly options?: Readonly<Record<string, string>>
  /** A trigger as `writeStream.trigger` takes it. */
  readonly trigger?: { readonly processingTime: string | number } | { readonly availableNow: true } | { readonly once: true }
}

/** Thrown by a story that went otherwise: shows the steps with an arrow at the one that failed. */
export class StoryFailed extends Error {
  override readonly name = 'StoryFailed'
}

let stories = 0

/**
 * Tells a stream's story step by step. The query runs on the session's checkpoint directory with a sink that keeps one copy of each batch;
 * every step waits until the stream has done all it can.
 *
 * @example
 * const t = await openTestSession()
 * const clicks = memory(t.session, 'at timestamp, page string')
 * await testStream(t, clicks.df.where("page <> 'bot'"), { mode: 'append' },
 *   add(clicks, table`
 *     at       page
 *     00:00:12 home`),
 *   expectRows(table`
 *     page
 *     home`))
 */
export async function testStream(
  on: TestSession,
  frame: DataFrame<any, any>,
  options: StoryOptions,
  ...steps: readonly Step[]
): Promise<void> {
  const story = new Story(on, frame, options)
  let at = 0
  try {
    await story.start()
    for (const step of steps) {
      await story.tell(step)
      at++
    }
    story.mustLive()
  } catch (error) {
    const lines = steps.map((step, i) => `${i === at ? '=> ' : '   '}${show(step)}`)
    throw new StoryFailed([error instanceof Error ? error.message : String(error), '', ...lines].join('\n'), { cause: error })
  } finally {
    await story.end()
  }
}

/**
 * Tells a story again and again, with the process dying at the first, the second, … failpoint after the given `crash` step,
 * until a telling no longer reaches it. Answers how many failpoints there were.
 *
 * @example
 * await everyFailpoint(t, crash => {
 *   const clicks = memory(t.session, 'page string')
 *   return testStream(t, clicks.df, {}, crash, add(clicks, [{ page: 'home' }]), restart(), expectAll([{ page: 'home' }]))
 * })
 */
export async function everyFailpoint(
  on: TestSession,
  tell: (crash: Step) => Promise<void>,
  when: 'before' | 'after' = 'after',
): Promise<number> {
  for (let n = 1; ; n++) {
    const before = on.points.deaths
    try {
      await tell(crash(n, when))
    } catch (error) {
      throw new StoryFailed(`dying ${when} failpoint ${n}: ${(error as Error).message}`, { cause: error })
    }
    if (on.points.deaths === before) return n - 1
  }
}

type Rows = readonly Readonly<Record<string, unknown>>[]
/** What one batch handed over; the last attempt of a batch counts. */
type Kept = { readonly [Output in 'main' | 'late' | 'duplicates']?: { readonly schema: StructType; readonly rows: Rows } }

const kept = async (frame: DataFrame<any, any> | undefined) =>
  frame && { schema: await frame.schema(), rows: (await frame.collect()) as Rows }

class Story {
  readonly #on: TestSession
  #frame: DataFrame<any, any>
  readonly #options: StoryOptions
  readonly #checkpoint: string
  /** The sink's system: one copy of each batch, whoever wrote it. */
  readonly #sink = new Map<number, Kept>()
  readonly #dropped = new Map<number, number>()
  #seen = 0
  #query: StreamingQuery | undefined
  #failure: unknown

  constructor(on: TestSession, frame: DataFrame<any, any>, options: StoryOptions) {
    this.#on = on
    this.#frame = frame
    this.#options = options
    this.#checkpoint = `${on.directory}/checkpoint-${stories++}`
    on.points.root('checkpoint', this.#checkpoint)
  }

  async start(): Promise<void> {
    const { mode = 'append', options = {}, trigger } = this.#options
    const { points } = this.#on
    let writer: any = this.#frame.writeStream.outputMode(mode).option('checkpointLocation', this.#checkpoint)
    for (const [key, value] of Object.entries(options)) writer = writer.option(key, value)
    if (trigger) writer = writer.trigger(trigger)
    const take: ForeachBatchFunction<any> = (batch, id, { late, duplicates }) =>
      points.through('sink.write', async () => {
        this.#sink.set(id, { main: await kept(batch), late: await kept(late), duplicates: await kept(duplicates) })
      })
    try {
      const query: StreamingQuery = await writer.foreachBatch(take).start()
      query.on({
        onQueryProgress: ({ progress }) => {
          const dropped = progress.stateOperators.reduce((sum, op) => sum + op.numRowsDroppedByWatermark, 0)
          this.#dropped.set(progress.batchId, dropped)
        },
      })
      this.#query = query
    } catch (error) {
      this.#died(error)
    }
  }

  readonly #tell: { readonly [K in Step['do']]: (step: Extract<Step, { do: K }>) => void | Promise<void> } = {
    add: async ({ source, rows }) => {
      source.add(rows)
      await this.#settle()
    },
    expect: ({ rows }) => {
      const fresh = this.#batches().filter(([id]) => id >= this.#seen)
      this.#seen = Math.max(this.#seen, ...fresh.map(([id]) => id + 1))
      this.#same(rows, fresh, 'main')
    },
    'expect all': ({ rows }) => this.#same(rows, this.#batches().slice(this.#options.mode === 'complete' ? -1 : 0), 'main'),
    'expect late': ({ rows }) => this.#same(rows, this.#batches(), 'late'),
    'expect duplicates': ({ rows }) => this.#same(rows, this.#batches(), 'duplicates'),
    'expect dropped': ({ count }) => {
      const found = [...this.#dropped.values()].reduce((sum, n) => sum + n, 0)
      if (found !== count) throw new Error(`expected ${count} dropped rows, got ${found}`)
    },
    'expect failure': ({ condition }) => {
      const met = causes(this.#failure).some(e => isMillraceError(e) && (e.condition === condition || e.sparkClass === condition))
      if (!met)
        throw new Error(`expected the query to fail with ${condition}, got ${this.#failure ?? 'no failure'}`, { cause: this.#failure })
      this.#failure = undefined
    },
    advance: async ({ ms }) => {
      this.#on.clock.advance(ms)
      await this.#settle()
    },
    stop: async () => {
      await this.#query?.stop()
      this.#query = undefined
    },
    restart: async ({ frame = this.#frame }) => {
      this.#frame = frame
      await this.#query?.stop()
      this.#query = undefined
      this.#failure = undefined
      this.#on.points.revive()
      await this.start()
      await this.#settle()
    },
    crash: ({ at }) => void this.#on.points.arm(at),
    check: ({ check }) => check(),
  }

  async tell(step: Step): Promise<void> {
    if (step.do !== 'expect failure' && step.do !== 'restart') this.mustLive()
    await (this.#tell[step.do] as (s: Step) => void | Promise<void>)(step)
  }

  /** A failure nobody expected is the story's failure; a crash that was armed is not. */
  mustLive(): void {
    if (this.#failure !== undefined && !this.#on.points.dead) throw this.#failure
  }

  async end(): Promise<void> {
    this.#on.points.revive()
    await this.#query?.stop().catch(() => {})
  }

  /** Waits until the stream has done all it can, or has died. */
  async #settle(): Promise<void> {
    const { trigger } = this.#options
    if (!this.#query) return
    try {
      if (trigger && !('processingTime' in trigger)) await this.#query.awaitTermination()
      else if (!trigger) await this.#query.processAllAvailable()
      else await this.#untilTriggerIsOver(this.#query)
    } catch (error) {
      this.#died(error)
    }
  }

  /** With an interval the stream waits for the story to move the clock. */
  async #untilTriggerIsOver(query: StreamingQuery): Promise<void> {
    do await nodePlatform.clock.sleep(2)
    while (query.isActive && query.status.isTriggerActive)
    const failure = query.exception()
    if (failure) throw failure
  }

  #died(error: unknown): void {
    this.#query = undefined
    this.#failure = causes(error).some(e => e instanceof Crash) ? undefined : error
  }

  #batches(): [number, Kept][] {
    return [...this.#sink].sort(([a], [b]) => a - b)
  }

  #same(expected: Expected, batches: readonly [number, Kept][], output: keyof Kept): void {
    const outputs = batches.flatMap(([, of]) => of[output] ?? [])
    const actual = outputs.flatMap(of => of.rows)
    const schema = outputs.at(-1)?.schema
    if (expected === 'nothing' || !schema) {
      const wanted = expected === 'nothing' ? 0 : 'cells' in expected ? expected.cells.length : expected.length
      if (wanted !== actual.length || actual.length > 0) throw new Error(`expected ${wanted || 'no'} rows, got ${actual.length}`)
      return
    }
    const { wanted, found } = comparable(expected, actual, schema)
    const [missing, extra] = [without(wanted, found), without(found, wanted)]
    if (missing.length + extra.length === 0) return
    throw new Error(
      ['the rows differ:', ...missing.map(r => `  missing ${JSON.stringify(r)}`), ...extra.map(r => `  extra   ${JSON.stringify(r)}`)].join(
        '\n',
      ),
    )
  }
}

/** Rows of `a` that `b` lacks, as multisets. */
function without(a: readonly TextRow[], b: readonly TextRow[]): TextRow[] {
  const left = b.map(row => JSON.stringify(row))
  return a.filter(row => {
    const i = left.indexOf(JSON.stringify(row))
    if (i >= 0) left.splice(i, 1)
    return i < 0
  })
}

function causes(error: unknown): unknown[] {
  const all: unknown[] = []
  for (let e = error; e !== undefined && e !== null; e = e instanceof Error ? e.cause : undefined) all.push(e)
  return all
}
