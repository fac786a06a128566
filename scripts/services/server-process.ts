import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { missing, reason } from './command.ts'
import { type ProcessMark, ServiceError } from './service.ts'

/** In a server's folder: the mark of the process started last. */
export const PROCESS_FILE = 'process.json'
/** In a server's folder: the path of another folder that goes with it. */
export const ELSEWHERE_FILE = 'elsewhere'
const ASK_AGAIN_MS = 50
/** A broker that ends cleanly takes up to 4 s. */
const STOP_WITHIN_MS = 20_000

export interface ServerOptions {
  readonly cwd: string
  /** Standard output and error; appended to. */
  readonly log: string
  readonly env?: Readonly<Record<string, string>>
  readonly hint?: string
  /** True once the server answers; asked again and again. `logged` = what it printed since this start. */
  readonly ready: (logged: () => string) => Promise<boolean>
  readonly withinMs: number
  readonly politely?: 'SIGINT'
}

/** Starts a server in a process group of its own and waits until it answers; what it printed is in the error where it does not. */
export async function startServer(program: string, args: readonly string[], options: ServerOptions): Promise<ProcessMark> {
  await stopLeftOver(options.cwd)
  const log = openSync(options.log, 'a+')
  const from = statSync(options.log).size
  const logged = (): string => readFrom(options.log, from)
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let ended: string | undefined
  child.on('error', error => {
    ended = missing(program, error, options.hint)
  })
  child.on('exit', (code, signal) => {
    ended ??= `${program} ended (${signal ?? code})`
  })
  child.unref()
  const { politely } = options
  const mark = { pid: child.pid ?? 0, started: (child.pid && startTime(child.pid)) || '', ...(politely && { politely }) }
  // At once: who dies while it waits leaves word of what it started.
  writeFileSync(join(options.cwd, PROCESS_FILE), JSON.stringify(mark))
  const until = performance.now() + options.withinMs
  for (;;) {
    if (ended === undefined && (await options.ready(logged))) break
    if (ended !== undefined) throw new ServiceError(`${ended}: ${reason(logged())}`)
    if (performance.now() > until) {
      process.kill(child.pid!, 'SIGKILL')
      throw new ServiceError(`${program} did not answer within ${options.withinMs / 1000} s: ${reason(logged())}`)
    }
    await sleep(ASK_AGAIN_MS)
  }
  return mark
}

/** The end of a file that may have become long. */
function readFrom(file: string, position: number): string {
  const bytes = Buffer.alloc(statSync(file).size - position)
  const open = openSync(file, 'r')
  const length = readSync(open, bytes, 0, bytes.length, position)
  closeSync(open)
  return bytes.toString('utf8', 0, length)
}

/** Who started a server here and died before it answered told nobody else. */
async function stopLeftOver(directory: string): Promise<void> {
  const file = join(directory, PROCESS_FILE)
  if (existsSync(file)) await stopProcess(JSON.parse(readFileSync(file, 'utf8')) as ProcessMark)
}

/** When a living process began, in the system's own words; undefined when there is none (or only its remains). */
export function startTime(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined
  }
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // The first thread may be gone while others still hold ports and files.
    const isGone = fields[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length === 1
    return isGone ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const isAlive = (mark: ProcessMark): boolean => startTime(mark.pid) === mark.started

/** Ends a process and waits until it is gone: politely, by force after a while; `SIGKILL` at once. */
export async function stopProcess(
  mark: ProcessMark,
  signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = mark.politely ?? 'SIGTERM',
  withinMs: number = STOP_WITHIN_MS,
): Promise<void> {
  const until = performance.now() + withinMs
  let sent: NodeJS.Signals | undefined
  while (isAlive(mark)) {
    const wanted = performance.now() > until ? 'SIGKILL' : signal
    if (wanted !== sent) send(mark.pid, wanted)
    sent = wanted
    await sleep(ASK_AGAIN_MS)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone in between.
  }
}

/** Removes a server's folder and what lies elsewhere of it. The server must have ended. */
export function removeServerFolder(directory: string): void {
  const elsewhere = join(directory, ELSEWHERE_FILE)
  if (existsSync(elsewhere)) rmSync(readFileSync(elsewhere, 'utf8'), { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
}
