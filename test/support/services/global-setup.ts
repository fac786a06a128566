import { closeLeftRuns, closeRun, openRun } from './run-directory.ts'

/** Vitest's global setup: opens the run that the workers start their servers in, and ends them all. */
export async function setup(): Promise<() => Promise<void>> {
  await closeLeftRuns()
  const directory = openRun()
  return () => closeRun(directory)
}
