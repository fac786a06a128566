import { MillraceError } from '../../errors/index.ts'
import type { Output, SaveContext } from '../contract.ts'
import { readSettings, type SnowflakeSettings } from './login/settings.ts'
import { columnsFor, prepareTarget } from './prepare-target.ts'
import { type ObjectName, quoted, shownName, shownSchema } from './sql/names.ts'
import { Refusal } from './sql/refusal.ts'
import { again } from './sql/retry.ts'
import { allowed, closeQuietly, describeTable, makeStage, openSession, type Session } from './sql/session.ts'
import { createTable } from './sql/statements.ts'
import { applyRows, type Load, stageRows } from './stage/load.ts'
import { type StagedFiles, writeStagedFiles } from './stage/staged-files.ts'

/** `df.write.format('snowflake').save()`: one transaction; a missing table is made. */
export async function saveToSnowflake(context: SaveContext, output: Output): Promise<void> {
  const settings = await readSettings(context, { side: 'sink', mode: 'batch' })
  const { table, login, values } = settings
  if (!table) throw new MillraceError('SNOWFLAKE_TABLE_NEEDED', { problem: 'dbtable is not given' })
  const { platform } = context
  const { signal } = new AbortController()
  const what = `write to ${shownName(table)}`
  const directory = await platform.files.tempDir('millrace-snowflake-')
  const saving = new Saving(context, settings, table, output, directory)
  try {
    await again(() => saving.attempt(signal), { platform, url: login.url, what, timeoutMs: values.retryTimeout, signal })
  } finally {
    await platform.files.removeTree(directory).catch(() => {})
  }
}

class Saving {
  readonly #context: SaveContext
  readonly #settings: SnowflakeSettings
  readonly #table: ObjectName
  readonly #output: Output
  readonly #directory: string
  #files: StagedFiles | undefined
  #made = false

  constructor(context: SaveContext, settings: SnowflakeSettings, table: ObjectName, output: Output, directory: string) {
    this.#context = context
    this.#settings = settings
    this.#table = table
    this.#output = output
    this.#directory = directory
  }

  async attempt(signal: AbortSignal): Promise<void> {
    const session = await openSession(this.#settings.login, signal)
    try {
      const exists = !this.#made && (await describeTable(session, this.#table, signal)) !== undefined
      const { mode } = this.#context
      if (exists && mode === 'error') throw new MillraceError('SNOWFLAKE_TABLE_EXISTS', { table: shownName(this.#table) })
      if (exists && mode === 'ignore') return
      if (!exists && !this.#made) await this.#make(session, signal)
      await this.#fill(session, signal)
    } finally {
      await closeQuietly(session.connection)
    }
  }

  async #make(session: Session, signal: AbortSignal): Promise<void> {
    const keep = this.#settings.values.keep_column_case === 'on'
    const columns = columnsFor(this.#output.schema).map(([name, type]) => [keep ? name : name.toUpperCase(), type] as const)
    const within = shownSchema(this.#table)
    await allowed(
      session,
      createTable(this.#table, columns),
      `make the table ${shownName(this.#table)}`,
      `GRANT CREATE TABLE ON SCHEMA ${within}`,
      signal,
    )
    this.#made = true
  }

  async #fill(session: Session, signal: AbortSignal): Promise<void> {
    const { platform, mode } = this.#context
    const outputMode = mode === 'overwrite' ? 'complete' : 'append'
    const target = await prepareTarget(session, this.#table, this.#output.schema, this.#settings, outputMode, signal)
    const { pairs, effect } = target
    const { timeZone } = this.#settings
    this.#files ??= await writeStagedFiles(this.#output, pairs, { directory: this.#directory, files: platform.files, signal, timeZone })
    const name = `MILLRACE_${platform.ids.uuid().replaceAll('-', '').toUpperCase()}`
    await makeStage(session, name, this.#settings.login, signal)
    const columns = pairs.map(p => p.column)
    const load: Load = {
      table: this.#table,
      columns,
      effect,
      files: this.#files,
      stage: quoted(name),
      path: 'rows',
      staged: name,
      batchId: 0,
    }
    await stageRows(session, load, signal)
    await session.connection.run('BEGIN', signal)
    await applyRows(session, load, signal)
    await session.connection.run('COMMIT', signal).catch(error => {
      // Nobody knows whether it counted: doing it again may double the rows, unless it replaces them.
      if (!(error instanceof Refusal) || !error.passing || effect.kind === 'replace-all') throw error
      const what = `say whether the rows were written to ${shownName(this.#table)}: the answer to COMMIT was lost`
      throw new MillraceError('SNOWFLAKE_STATEMENT_FAILED', { what, reason: error.message, code: error.code })
    })
  }
}
