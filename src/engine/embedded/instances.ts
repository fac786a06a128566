import { basename, join } from 'node:path'
import type { EmbeddedConfig } from './config.ts'
import { DuckInstance } from './duck/instance.ts'

/** Divides the session's memory and threads over its DuckDB instances, and gives each a directory to spill into. */
export class Instances {
  readonly #config: EmbeddedConfig
  readonly #open = new Set<DuckInstance>()
  #batch: Promise<DuckInstance> | undefined
  #directory: Promise<string> | undefined
  #named: string | undefined
  #made = 0

  constructor(config: EmbeddedConfig) {
    this.#config = config
  }

  /** The one for batch work. */
  batch(): Promise<DuckInstance> {
    this.#batch ??= this.open()
    return this.#batch
  }

  async open(): Promise<DuckInstance> {
    const { platform, conf, memoryLimit, threads } = this.#config
    const total = memoryLimit ?? platform.process.memory * 0.6
    const duck = await DuckInstance.open({
      timeZone: conf('spark.sql.session.timeZone') ?? 'UTC',
      threads: threads ?? platform.process.cores,
      // Half for the first, a third for the next, …: the first ones do not have to give anything back.
      memoryLimit: total / (this.#open.size + 2),
      tempDirectory: join(await this.#spill(), `spill-${this.#made++}`),
    })
    this.#open.add(duck)
    return duck
  }

  async close(duck: DuckInstance): Promise<void> {
    if (this.#open.delete(duck)) await duck.close()
  }

  /** A directory of this engine's own, removed when it closes. */
  scratch(): Promise<string> {
    this.#directory ??= this.#config.platform.files.tempDir('millrace-')
    return this.#directory
  }

  /** Where rows go that memory cannot hold: below the directory a person named, or the system's temporary one. */
  async #spill(): Promise<string> {
    const scratch = await this.scratch()
    const named = this.#config.conf('millrace.tempDirectory')
    if (named === undefined) return scratch
    this.#named = join(named, basename(scratch))
    await this.#config.platform.files.makeDir(this.#named)
    return this.#named
  }

  /** A directory for one run's unfinished files: two queries never share a name. */
  async scratchOf(runId: string): Promise<string> {
    const directory = join(await this.scratch(), runId)
    await this.#config.platform.files.makeDir(directory)
    return directory
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open].map(duck => this.close(duck)))
    if (this.#named) await this.#config.platform.files.removeTree(this.#named)
    if (this.#directory) await this.#config.platform.files.removeTree(await this.#directory)
  }
}
