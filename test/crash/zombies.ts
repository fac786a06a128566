import type { Death } from './deaths.ts'
import type { End } from './life.ts'

const PATIENCE_MS = 30_000
const told = (end: End | undefined): string => (end ? `${end.signal ?? end.code}\n${end.failure?.message ?? ''}` : 'still alive')

/**
 * How a process may learn that another one has taken over: from the broker or the database, from a log entry or file that is not its own, or because its successor
 * has swept away what it had in the making.
 */
const FENCED = [
  'KAFKA_PRODUCER_FENCED',
  'CONCURRENT_STREAM_LOG_UPDATE',
  'SOURCE_LOG_CONFLICT',
  'FILE_NOT_READABLE',
  'POSTGRES_SINK_FENCED',
  'SNOWFLAKE_FENCED',
]

/** A second process on the machine is refused while the first lives, which goes on. */
export const refused: Death = async stage => {
  const differences: string[] = []
  const first = await stage.start()
  await first.hears('started')
  const second = await stage.start()
  const end = await second.within(PATIENCE_MS)
  if (!end?.failure?.conditions.includes('CHECKPOINT_IN_USE')) differences.push(`the second process was not refused: ${told(end)}`)
  if (!end) await second.kill()
  const before = stage.ledger.look()
  await stage.feed()
  const early = await stage.newBatch(first, before)
  if (early) differences.push(`the first process did not go on: ${early === 'late' ? early : told(early)}`)
  const { signal } = await first.kill()
  return { atFailpoints: 0, atRandom: signal === 'SIGKILL' ? 1 : 0, told: 'a second process was refused', differences }
}

/** A process sleeps in the middle of its work, another one (on another machine: no lock keeps it away) takes over, the sleeper wakes up and goes on. */
export const zombie: Death = async (stage, random) => {
  const differences: string[] = []
  await stage.feed()
  const start = stage.ledger.look()
  const sleeper = await stage.start({ unlocked: true })
  await stage.newBatch(sleeper, start)
  await new Promise(resolve => setTimeout(resolve, random() * 100))
  sleeper.send('SIGSTOP')
  const owner = await stage.start({ unlocked: true })
  for (let n = 0; n < 2; n++) {
    const before = stage.ledger.look()
    await stage.feed()
    const early = await stage.newBatch(owner, before)
    if (early) differences.push(`the new owner did not work: ${early === 'late' ? early : told(early)}`)
  }
  sleeper.send('SIGCONT')
  await stage.feed()
  const end = await sleeper.within(PATIENCE_MS)
  if (!end?.failure?.conditions.some(c => FENCED.includes(c))) differences.push(`the zombie was not stopped by name: ${told(end)}`)
  if (!end) await sleeper.kill()
  if (owner.over) differences.push(`the zombie ended the new owner: ${told(owner.over)}`)
  const { signal } = await owner.kill()
  return { atFailpoints: 0, atRandom: signal === 'SIGKILL' ? 1 : 0, told: 'a zombie woke up', differences }
}
