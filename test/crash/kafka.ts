import { randomFrom } from '../../examples/turnstiles/random.ts'
import type { OwnBroker } from '../support/services/own-broker.ts'
import { committedRows, inputRecords } from './committed.ts'
import { compare } from './compare.ts'
import { atFailpoint, atRandom, bothKilled, brokerRestart, type Death, type Outcome, terminated } from './deaths.ts'
import { EXPECTED } from './expected.ts'
import type { End } from './life.ts'
import type { Pipeline } from './pipelines.ts'
import { Stage } from './stage.ts'
import type { CrashRow } from './table.ts'
import { refused, zombie } from './zombies.ts'

export interface CrashOptions {
  readonly pipeline: Pipeline
  readonly broker: OwnBroker
  /** At random moments. */
  readonly kills: number
  readonly seed: number
  /** Which calls to die at, before and after; those the process makes are asked. */
  readonly failpoints: (call: string) => boolean
  readonly brokerRestarts: number
  /** Hears of every life. */
  readonly progress?: (line: string) => void
}
export interface CrashResult {
  readonly row: CrashRow
  readonly differences: readonly string[]
}

/** Deaths on one checkpoint before its output is looked at. */
const ROUND = 60
const LONGEST_LIFE_MS = 2500
const END_WITHIN_MS = 120_000

/** A failpoint that has not come up by then does not come up in this life; a busy machine takes longer. */
const patience = ({ ms }: Calm): number => Math.min(15_000, Math.max(3000, 2 * ms))

/** Kills a pipeline over and over and compares what it has written with what its input makes of it. */
export async function crashKafka(options: CrashOptions): Promise<CrashResult> {
  const random = randomFrom(options.seed)
  const run = new Run(options, random)
  const { calm, deaths } = await run.firstRound(calm => shuffled(deathsOf(options, calm, random), random))
  for (let i = ROUND; i < deaths.length; i += ROUND) await run.round(deaths.slice(i, i + ROUND))
  // Only the first life of a checkpoint makes these calls.
  for (const at of calm.first.filter(options.failpoints)) {
    for (const when of ['before', 'after'] as const) await run.round([atFailpoint({ at, when }, patience(calm))])
  }
  return run.result
}

interface Calm {
  /** Calls of a life on a checkpoint with batches, and how often. */
  readonly calls: Readonly<Record<string, number>>
  /** Calls that only the first life makes. */
  readonly first: readonly string[]
  readonly ms: number
}

function deathsOf({ kills, failpoints, brokerRestarts }: CrashOptions, calm: Calm, random: () => number): Death[] {
  const within = Math.min(LONGEST_LIFE_MS, calm.ms)
  const calls = Object.entries(calm.calls).filter(([call]) => failpoints(call))
  const nth = (times: number): number => 1 + Math.floor(random() * Math.min(times, 5))
  return [
    ...Array.from({ length: kills }, () => atRandom(within)),
    ...calls.flatMap(([at, times]) =>
      (['before', 'after'] as const).map(when => atFailpoint({ at, when, nth: nth(times) }, patience(calm))),
    ),
    ...Array.from({ length: brokerRestarts }, (_, i) => (i % 3 === 2 ? bothKilled : brokerRestart(i % 2 === 0 ? 'kill' : 'stop'))),
    terminated,
    refused,
    zombie,
  ]
}

/** All lives of one pipeline, and what was seen of them. */
class Run {
  readonly #options: CrashOptions
  readonly #random: () => number
  readonly #differences: string[] = []
  readonly #sum = { atFailpoints: 0, atRandom: 0, brokerRestarts: 0, batches: 0, records: 0, lost: 0, twice: 0 }

  constructor(options: CrashOptions, random: () => number) {
    this.#options = options
    this.#random = random
  }

  get result(): CrashResult {
    const { pipeline, seed, brokerRestarts } = this.#options
    return { row: { ...this.#sum, pipeline: pipeline.title, brokerRestarts, seed: `${seed}` }, differences: this.#differences }
  }

  /** Undisturbed lives, and then the first of the deaths that are chosen by what those did. */
  async firstRound(choose: (calm: Calm) => readonly Death[]): Promise<{ readonly calm: Calm; readonly deaths: readonly Death[] }> {
    let calm!: Calm
    let deaths!: readonly Death[]
    await this.#onStage(async stage => {
      calm = await this.#calm(stage)
      deaths = choose(calm)
      await this.#die(stage, deaths.slice(0, ROUND))
    })
    return { calm, deaths }
  }
  /** Deaths on one checkpoint, and the comparison. */
  round(deaths: readonly Death[]): Promise<void> {
    return this.#onStage(stage => this.#die(stage, deaths))
  }

  /** Two undisturbed lives. */
  async #calm(stage: Stage): Promise<Calm> {
    await stage.feed()
    const start = await this.#toEnd(stage)
    await stage.feed()
    const began = performance.now()
    const again = await this.#toEnd(stage)
    const ms = performance.now() - began
    const calls = again?.calls ?? {}
    const first = Object.keys(start?.calls ?? {}).filter(call => !(call in calls))
    this.#tell(
      `undisturbed: ${Object.keys(calls).length} calls to die at, ${first.length} more in a first life, ${Math.round(ms)} ms a life`,
    )
    return { calls, first, ms }
  }

  async #die(stage: Stage, deaths: readonly Death[]): Promise<void> {
    for (const death of deaths) {
      const began = performance.now()
      const from = stage.ledger.look()
      const outcome = await death(stage, this.#random)
      this.#count(outcome)
      const batches = `batches ${from + 1} to ${stage.ledger.look()}`
      this.#tell(`${outcome.told}; ${batches}, ${((performance.now() - began) / 1000).toFixed(1)} s`)
      this.#differ(outcome.differences.map(d => `${d} (${batches})`))
    }
  }

  /** Sets a stage, lets it end in peace, and compares. */
  async #onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
    const { pipeline, broker } = this.#options
    const stage = await Stage.set(pipeline, broker, this.#random)
    try {
      await play(stage)
      await stage.feeder.close()
      await this.#toEnd(stage)
      const input = await inputRecords(stage.at)
      const { batches } = stage.ledger
      const { lost, twice, differences } = compare(EXPECTED[pipeline.name](input, batches), await committedRows(stage.at, pipeline.sink))
      this.#differ([...stage.ledger.differences, ...differences])
      this.#sum.lost += lost
      this.#sum.twice += twice
      this.#sum.batches += batches.length
      this.#sum.records += input.length
      this.#tell(`compared ${batches.length} batches, ${input.length} records: ${lost} lost, ${twice} twice`)
    } finally {
      await stage.strike()
    }
  }

  /** A process that works off all there is and ends in peace. */
  async #toEnd(stage: Stage): Promise<End | undefined> {
    const life = await stage.start()
    life.tell('finish')
    const end = await life.within(END_WITHIN_MS)
    if (!end) await life.kill()
    stage.ledger.look()
    if (end?.code !== 0) {
      const how = end ? `ended with ${end.signal ?? end.code}\n${end.failure?.message ?? ''}` : 'did not end'
      this.#differ([`an undisturbed process ${how}`])
    }
    return end
  }

  #count({ atFailpoints, atRandom }: Outcome): void {
    this.#sum.atFailpoints += atFailpoints
    this.#sum.atRandom += atRandom
  }
  #differ(differences: readonly string[]): void {
    this.#differences.push(...differences)
    for (const d of differences) this.#tell(`DIFFERENCE: ${d}`)
  }
  #tell(line: string): void {
    this.#options.progress?.(`${this.#options.pipeline.name} ${this.#sum.atFailpoints + this.#sum.atRandom} kills: ${line}`)
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}
