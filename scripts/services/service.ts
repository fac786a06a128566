import { homedir } from 'node:os'
import { join } from 'node:path'

/** A real server that tests, examples and benches talk to: fetched into the cache, started on 127.0.0.1, stopped by its process id. */
export interface Service<Addresses> {
  readonly name: string
  /** What this machine lacks, in one line; undefined when it can be installed and started. Costs next to nothing. */
  missing(): string | undefined
  /** Fetches what is missing into the cache; whole or not at all, by one process at a time. */
  install(): Promise<void>
  /** Starts in `dir` (kept between starts: data, certificates, log) and resolves once it answers. Ports not given are free ones. */
  start(options: StartOptions): Promise<Running<Addresses>>
}

export interface StartOptions {
  readonly dir: string
  readonly ports?: Readonly<Record<string, number>>
  /** Lives for minutes: let Java compile less, which halves the CPU time of a start and is slower under load. */
  readonly shortLived?: boolean
}

/** Plain data, so that another process can use or stop what this one started. */
export interface Running<Addresses> {
  readonly service: string
  readonly dir: string
  readonly process: ProcessMark
  readonly ports: Readonly<Record<string, number>>
  readonly addresses: Addresses
}

/** A process id may be given to somebody else later; with its start time it names one process for good. */
export interface ProcessMark {
  readonly pid: number
  readonly started: string
  /** What asks it to end at once and cleanly; default SIGTERM. */
  readonly politely?: 'SIGINT'
}

/** A cause that a person can mend: told in one line, without a stack. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
}

/** Where downloads are kept between checkouts and runs: `$MILLRACE_CACHE`, else `$XDG_CACHE_HOME/millrace`, else `~/.cache/millrace`. */
export const cacheDirectory = (): string =>
  process.env['MILLRACE_CACHE'] || join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'millrace')
