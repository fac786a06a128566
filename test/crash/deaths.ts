import { setTimeout as sleep } from 'node:timers/promises'
import type { CrashAt } from '../../src/testing/failpoints.ts'
import type { End, Life } from './life.ts'
import type { Stage } from './stage.ts'

/** What became of one life. */
export interface Outcome {
  /** Processes killed with SIGKILL, at a failpoint or at a random moment. */
  readonly atFailpoints: number
  readonly atRandom: number
  /** What happened, for the progress line. */
  readonly told: string
  readonly differences: readonly string[]
}
/** One way to end a process, or to trouble it. */
export type Death = (stage: Stage, random: () => number) => Promise<Outcome>

const PATIENCE_MS = 60_000

const nothing = { atFailpoints: 0, atRandom: 0, differences: [] } as const
const unexpected = (what: string, end: End | 'late' | undefined): readonly string[] => [
  `${what}: ${end === 'late' || end === undefined ? 'nothing came of it in time' : `the process ended with ${end.signal ?? end.code}`}${
    typeof end === 'object' && end.failure ? `\n${end.failure.message}` : ''
  }`,
]
const killed = (life: Life, end: End, told: string): Outcome =>
  end.signal === 'SIGKILL'
    ? { ...nothing, atRandom: 1, told }
    : { ...nothing, told, differences: unexpected(`${told}, but it did not live that long`, life.over) }

/** SIGKILL after a random time, with new records coming meanwhile; one in four while the process is still finding its place. */
export const atRandom =
  (withinMs: number): Death =>
  async (stage, random) => {
    const early = random() < 0.25
    const [first, then] = [random(), random()].sort((a, b) => a - b).map(x => x! * withinMs) as [number, number]
    await stage.feed()
    const life = await stage.start()
    if (!early) await life.hears('started')
    const fed = sleep(first).then(() => stage.feed())
    await sleep(then)
    const end = await life.kill()
    await fed
    return killed(life, end, `killed ${Math.round(then)} ms after ${early ? 'its' : 'the query’s'} start`)
  }

/** SIGKILL by itself, before or after one of the calls it makes. */
export const atFailpoint =
  (crash: CrashAt, withinMs: number): Death =>
  async stage => {
    const name = `${crash.when} ${crash.at}${(crash.nth ?? 1) > 1 ? ` (call ${crash.nth})` : ''}`
    await stage.feed()
    const life = await stage.start({ crash })
    await life.hears('started')
    if (!life.over) await stage.feed()
    const end = (await life.within(withinMs)) ?? (await life.kill())
    if (end.diedAt !== undefined) return { ...nothing, atFailpoints: 1, told: `died ${name}` }
    return killed(life, end, `was to die ${name}, which did not come up; killed`)
  }

/** Ctrl-C's polite sister: the process ends by itself, cleanly. */
export const terminated: Death = async (stage, random) => {
  await stage.feed()
  const before = stage.ledger.look()
  const life = await stage.start()
  const end = await stage.newBatch(life, before)
  if (end) return { ...nothing, told: 'was to be stopped', differences: unexpected('before SIGTERM', end) }
  await sleep(random() * 300)
  life.send('SIGTERM')
  const over = await life.within(PATIENCE_MS)
  const told = 'stopped by SIGTERM'
  if (over?.code === 0) return { ...nothing, told }
  if (!over) await life.kill()
  return { ...nothing, told, differences: unexpected('after SIGTERM', over) }
}

/** The broker goes, by `kill -9` or cleanly, stays away for longer than a batch takes, and comes back: the process lives on. */
export const brokerRestart =
  (how: 'kill' | 'stop'): Death =>
  async (stage, random) => {
    const told = `lived through a broker ${how === 'kill' ? 'killed' : 'stopped'} and started again`
    await stage.feed()
    const before = stage.ledger.look()
    const life = await stage.start()
    const early = await stage.newBatch(life, before)
    if (early) return { ...nothing, told, differences: unexpected('before the broker went', early) }
    await sleep(random() * 200)
    await stage.broker[how]()
    await sleep(1000 + random() * 2000)
    await stage.broker.start()
    const then = stage.ledger.look()
    await stage.feed()
    const end = await stage.newBatch(life, then)
    if (end) return { ...nothing, told, differences: unexpected(told, end) }
    await sleep(random() * 500)
    return killed(life, await life.kill(), `${told}, then killed`)
  }

/** The broker goes, the process is killed while it is away, and both come back. */
export const bothKilled: Death = async (stage, random) => {
  await stage.feed()
  const before = stage.ledger.look()
  const life = await stage.start()
  await stage.newBatch(life, before)
  await stage.broker.kill()
  await sleep(random() * 500)
  const end = await life.kill()
  await stage.broker.start()
  return killed(life, end, 'killed while the broker was killed, too')
}
