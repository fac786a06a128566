import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, PROCESS_FILE, removeServerFolder, startTime, stopProcess } from '../../../scripts/services/server-process.ts'
import { cacheDirectory, type ProcessMark } from '../../../scripts/services/service.ts'

/** Set by vitest's global setup, so that its workers share one. */
const VARIABLE = 'MILLRACE_TEST_RUN'
const runs = (): string => join(cacheDirectory(), 'runs')

/** The folder of this test run: a folder a service in it. A process outside vitest (the crash harness) gets its own, emptied when it exits. */
export function runDirectory(): string {
  const given = process.env[VARIABLE]
  if (given !== undefined && existsSync(given)) return given
  return openRun()
}

/** A run that belongs to this process: its name says whose it is, so that another one can tell when it is left over. */
export function openRun(): string {
  const directory = join(runs(), `${process.pid}-${startTime(process.pid)}`.replaceAll(/[^\w-]/g, '_'))
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  process.env[VARIABLE] = directory
  const owner = process.pid
  // Also after Ctrl-C or an error nobody caught. Nothing can be waited for here, so by force.
  process.on('exit', () => {
    if (process.pid === owner) killRun(directory)
  })
  return directory
}

/** Stops every server of the run by its process id and removes what they wrote. */
export async function closeRun(directory: string): Promise<void> {
  await Promise.all(processesIn(directory).map(mark => stopProcess(mark)))
  removeRun(directory)
}

/** Closes the runs whose owner died without doing so. */
export async function closeLeftRuns(): Promise<void> {
  if (!existsSync(runs())) return
  for (const name of readdirSync(runs())) {
    const pid = Number(name.split('-')[0])
    if (`${pid}-${startTime(pid)}`.replaceAll(/[^\w-]/g, '_') !== name) await closeRun(join(runs(), name))
  }
}

function killRun(directory: string): void {
  for (const mark of processesIn(directory)) if (isAlive(mark)) process.kill(mark.pid, 'SIGKILL')
  removeRun(directory)
}

function removeRun(directory: string): void {
  if (existsSync(directory)) for (const name of readdirSync(directory)) removeServerFolder(join(directory, name))
  rmSync(directory, { recursive: true, force: true })
}

function processesIn(directory: string): ProcessMark[] {
  if (!existsSync(directory)) return []
  const files = readdirSync(directory).map(name => join(directory, name, PROCESS_FILE))
  return files.filter(file => existsSync(file)).map(file => JSON.parse(readFileSync(file, 'utf8')) as ProcessMark)
}
