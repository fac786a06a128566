import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { type DataFrame, MillraceError, type QueryWarning, type Session, type StreamingQuery } from '../../src/index.ts'

/** A directory of one test file, removed at its end. */
export function scratch() {
  const root = mkdtempSync(join(tmpdir(), 'millrace-refusals-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let n = 0
  return {
    root,
    /** A fresh directory. */
    dir: (name = 'd'): string => {
      const path = join(root, `${name}${n++}`)
      mkdirSync(path)
      return path
    },
    /** A name nothing stands at. */
    path: (name = 'p'): string => join(root, `${name}${n++}`),
  }
}

export function put(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
export { appendFileSync, readdirSync, readFileSync, rmSync, utimesSync }

/** Data lines of all csv files below a sink's directory, sorted. */
export function linesOf(directory: string): string[] {
  return readdirSync(directory)
    .filter(name => name.endsWith('.csv'))
    .flatMap(name => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter(line => line !== '')
    .sort()
}

/** What an action refuses: the condition nearest the person's mistake, along the causes. */
export async function refusal(action: () => unknown): Promise<MillraceError> {
  let thrown: unknown
  try {
    const answer = await action()
    thrown = undefined
    if (answer && typeof (answer as StreamingQuery).stop === 'function') await (answer as StreamingQuery).stop()
  } catch (error) {
    thrown = error
  }
  if (thrown === undefined) throw new Error('nothing was refused')
  return innermost(thrown)
}

/** The condition below STREAM_FAILED and the like. */
export function innermost(error: unknown): MillraceError {
  let found: MillraceError | undefined
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof MillraceError) found = e
  if (!found) throw error
  return found
}

/** A refusal as a person reads it: condition, parameters, and the fix somewhere in its text; no stack, no internals. */
export function expectRefusal(error: MillraceError, condition: string, params: object, ...fixes: readonly (string | RegExp)[]): void {
  expect(error.condition).toBe(condition)
  expect(error.params).toMatchObject(params)
  for (const fix of fixes) expect(error.message).toMatch(fix)
  expect(error.message).not.toMatch(/\n\s+at /)
}

/** Runs what is there now and ends; rejects with what ended it. */
export async function drain(frame: DataFrame<any, any>, checkpoint: string, out: string, options: Readonly<Record<string, string>> = {}) {
  const query = await (frame.writeStream as any)
    .format('csv')
    .options(options)
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .start(out)
  await query.awaitTermination()
  return query as StreamingQuery
}

/** Everything that was worth a word, as listeners hear it. */
export function heard(session: Session): QueryWarning[] {
  const warnings: QueryWarning[] = []
  session.streams.addListener({ onQueryWarning: ({ warning }) => void warnings.push(warning) })
  return warnings
}
