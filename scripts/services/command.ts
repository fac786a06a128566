import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ServiceError } from './service.ts'

export interface CommandOptions {
  readonly cwd?: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** What to install where the program is missing. */
  readonly hint?: string
}

/** Runs a program to its end and gives its standard output; a failure is one ServiceError with the end of what it printed. */
export function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const all: Buffer[] = []
    child.stdout.on('data', chunk => {
      out.push(chunk)
      all.push(chunk)
    })
    child.stderr.on('data', chunk => all.push(chunk))
    child.on('error', error => reject(new ServiceError(missing(program, error, options.hint))))
    child.on('close', code => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'))
      else reject(new ServiceError(`${program} failed (${code}): ${reason(Buffer.concat(all).toString('utf8'))}`))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(options.input)
  })
}

/** The program's name and what to install, for a program that cannot be started. */
export const missing = (program: string, error: Error, hint?: string): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? `${program} is not installed${hint ? `: ${hint}` : ''}`
    : `${program} cannot be started: ${error.message}`

/** Is the program on the PATH? */
export const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some(directory => directory !== '' && existsSync(join(directory, program)))

/** The first of these programs that is not on the PATH, with what to install. */
export function lacking(needs: Readonly<Record<string, string>>): string | undefined {
  const program = Object.keys(needs).find(name => !isOnPath(name))
  return program === undefined ? undefined : `${program} is not installed: ${needs[program]}`
}

const LINES = 12
/** Why a program failed, from what it printed: the line that says that a port is taken, else the last lines. */
export function reason(printed: string): string {
  const lines = printed.trim().split('\n')
  return lines.find(line => line.includes('Address already in use')) ?? lines.slice(-LINES).join('\n  ')
}
