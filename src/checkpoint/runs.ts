import type { Platform } from '../platform/index.ts'
import type { FileStore, Writer } from '../storage/contract.ts'
import { toBytes } from './log-text.ts'
import { idOf, PATHS } from './paths.ts'

/** Who ran on a checkpoint: one file a run in `millrace/runs/<n>`, so that whoever loses an entry can name the other. */
export interface RunNote {
  readonly run: string
  readonly pid: number
  readonly host: string
  readonly startedMs: number
}

const KEEP = 20

export const noteOf = (run: string, platform: Platform): RunNote => ({
  run,
  pid: platform.process.pid,
  host: platform.process.host,
  startedMs: platform.clock.now(),
})

export const ownerText = (note: Pick<RunNote, 'run' | 'pid' | 'host'>): string => `process ${note.pid} on ${note.host} (run ${note.run})`

const numbered = async (store: FileStore): Promise<number[]> =>
  (await store.list(PATHS.runs, { shallow: true })).flatMap(object => idOf(object.path) ?? []).sort((a, b) => a - b)

export async function addRun(store: FileStore, note: RunNote, writer: Writer): Promise<void> {
  const before = await numbered(store)
  let n = (before.at(-1) ?? -1) + 1
  while ((await store.writeIfAbsent(PATHS.run(n), toBytes(JSON.stringify(note)), writer)) === 'existed') n++
  await store.delete(before.slice(0, -KEEP).map(PATHS.run))
}

/** The runs on record, oldest first. */
export async function readRuns(store: FileStore): Promise<readonly RunNote[]> {
  const notes = await Promise.all((await numbered(store)).map(async n => parse(await store.read(PATHS.run(n)))))
  return notes.filter(note => note !== undefined)
}

/** The newest run beside `mine`, in words. */
export async function otherRun(store: FileStore, mine: string): Promise<string> {
  const other = (await readRuns(store)).findLast(note => note.run !== mine)
  return other ? ownerText(other) : 'another program (its run left no note, as Spark would)'
}

function parse(bytes: Uint8Array | undefined): RunNote | undefined {
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as RunNote)
  } catch {
    return undefined
  }
}
