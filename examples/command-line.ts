import { isMillraceError } from '../src/index.ts'

/** A mistake of the person who called, told without a stack trace. */
export class UsageError extends Error {}

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  millisecond: 0.001,
  s: 1,
  second: 1,
  m: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  day: 86400,
}

/** `4 hours`, `10s`, `500ms`; a bare number counts in `bare`. */
export function seconds(option: string, text: string, bare: 'minute' | 'second' = 'minute'): number {
  const m = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase())
  const name = m?.[2] || bare
  const unit = UNITS[name] ?? UNITS[name.replace(/s$/, '')]
  if (!m || unit === undefined || Number(m[1]) <= 0)
    throw new UsageError(`--${option} takes ${bare}s or a length such as "${bare === 'minute' ? '4 hours' : '500 ms'}", got "${text}"`)
  return Number(m[1]) * unit
}

/** A whole number from `least` on. */
export function count(option: string, text: string, least = 1): number {
  const number = Number(text.replaceAll('_', ''))
  if (!Number.isSafeInteger(number) || number < least)
    throw new UsageError(`--${option} takes a whole number from ${least} on, got "${text}"`)
  return number
}

/** What is wrong with what the person gave, rather than with the world. */
const BAD_INPUT = ['KAFKA_OPTIONS', 'KAFKA_CONFIG_FILE', 'KAFKA_LOGIN_INVALID', 'KAFKA_STORE_UNREADABLE'] as const

/** Runs a program to its exit code: 0, 2 after a mistake in what was given, else 1. What a person can mend is told in its own words. */
export async function runProgram(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(told(error))
    process.exitCode = error instanceof UsageError || BAD_INPUT.some(name => isMillraceError(error, name)) ? 2 : 1
  }
}

function told(error: unknown): string {
  if (error instanceof UsageError || isMillraceError(error)) return error.message
  const system = error as NodeJS.ErrnoException
  if (system.syscall === undefined) throw error
  return `${system.message}\nMake that possible and run the same command again: it goes on where it was, nothing is lost.`
}

/** npm hands a Ctrl-C through that the terminal has sent already: two signals, one wish. */
const SAME_WISH_MS = 500

/** Aborts at Ctrl-C or SIGTERM, so that what runs can end in order, also while it is still starting; asked again later, the process ends at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      first ||= performance.now()
      if (performance.now() - first > SAME_WISH_MS) process.exit(130)
      controller.abort()
    })
  return controller.signal
}

/** Calls `stop` when the person wants the end, or at once when that was before. */
export function onInterruption(interrupted: AbortSignal, stop: () => void): void {
  if (interrupted.aborted) stop()
  else interrupted.addEventListener('abort', stop, { once: true })
}
