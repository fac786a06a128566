import type { HostFunction } from '../lower/context.ts'
import { quoteText } from '../lower/context.ts'
import { type Database, native } from './bindings.ts'
import { DuckConnection } from './connection.ts'
import { Feeds } from './feed.ts'
import { HostFunctions } from './host-functions.ts'
import { Thrown } from './thrown.ts'

export interface InstanceSettings {
  readonly timeZone: string
  readonly threads: number
  /** Bytes. */
  readonly memoryLimit: number
  /** Where DuckDB spills. */
  readonly tempDirectory: string
}

/**
 * One DuckDB in memory: one per streaming query, one for the session's batch work. On a shared one, another query's open transaction would stop
 * the vacuum of our state, and one fatal error would end all.
 */
export class DuckInstance {
  readonly feeds: Feeds
  readonly #database: Database
  readonly #settings: InstanceSettings
  readonly #functions: HostFunctions
  readonly #thrown = new Thrown()
  readonly #open = new Set<DuckConnection>()
  #main!: DuckConnection
  #threads: number

  private constructor(database: Database, settings: InstanceSettings) {
    this.#database = database
    this.#settings = settings
    this.#threads = settings.threads
    this.feeds = new Feeds(this.#thrown)
    this.#functions = new HostFunctions(this.#thrown)
  }

  static async open(settings: InstanceSettings): Promise<DuckInstance> {
    const config = native.create_config()
    for (const [key, value] of Object.entries(options(settings))) native.set_config(config, key, value)
    const instance = new DuckInstance(await native.open(':memory:', config), settings)
    instance.#main = await instance.connect()
    instance.feeds.register(instance.#main.native)
    return instance
  }

  /** The connection that runs the batches. */
  get main(): DuckConnection {
    return this.#main
  }

  /** A further connection, e.g. to read an output while the main one works. Close it. */
  async connect(): Promise<DuckConnection> {
    const connection = new DuckConnection(await native.connect(this.#database), this.#thrown)
    await connection.run(`SET TimeZone = ${quoteText(this.#settings.timeZone)}`)
    this.#open.add(connection)
    return connection
  }

  async release(connection: DuckConnection): Promise<void> {
    this.#open.delete(connection)
    await connection.close()
  }

  /**
   * Small batches run faster on one thread: there is nothing to share, and no second one spins. Changing costs a third of a millisecond,
   * so the caller asks with a count that does not flutter.
   */
  async useThreads(few: boolean): Promise<void> {
    const threads = few ? 1 : this.#settings.threads
    if (threads === this.#threads) return
    this.#threads = threads
    await this.#main.run(`SET threads = ${threads}`)
  }

  register(functions: Iterable<HostFunction>): void {
    for (const fn of functions) this.#functions.register(this.#main.native, fn)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map(c => c.close()))
    native.close_sync(this.#database)
  }
}

function options(settings: InstanceSettings): Record<string, string> {
  return {
    threads: String(settings.threads),
    memory_limit: `${Math.max(64, Math.floor(settings.memoryLimit / 1_000_000))}MB`,
    temp_directory: settings.tempDirectory,
    // Without it, tiny queries on two threads stall for up to a second while memory is given back.
    allocator_background_threads: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Spark's order of nulls.
    default_null_order: 'nulls_first_on_asc_last_on_desc',
    preserve_insertion_order: 'true',
  }
}
