import { quoteText } from '../lower/context.ts'
import type { StateColumn } from '../lower/state-step.ts'
import type { Answer } from './connection.ts'
import { firstText } from './read-out.ts'

export type Run = (sql: string) => Promise<Answer>

export interface StateTableParts {
  readonly name: string
  readonly keys: readonly StateColumn[]
  readonly values: readonly StateColumn[]
  /** SQL over the columns: micros by which a row expires. */
  readonly expiry?: string
}
/** One version's worth of files on this machine, oldest first. */
export interface StateFiles {
  readonly snapshot?: string
  readonly changes: readonly string[]
}

const EVICTED = 'millrace.evicted'

/**
 * The state of one operator: an unindexed table (an index would never shrink) with `ver`, the id of the batch that last changed a row.
 * No other file makes, changes or stores such a table; the lowering reads it by name.
 */
export class StateTable {
  readonly name: string
  readonly #parts: StateTableParts
  readonly #columns: readonly string[]

  constructor(parts: StateTableParts) {
    this.name = parts.name
    this.#parts = parts
    this.#columns = [...parts.keys, ...parts.values].map(c => c.name)
  }

  /** The table without rows; drops what was there. */
  async clear(run: Run): Promise<void> {
    const { keys, values } = this.#parts
    const columns = [...[...keys, ...values].map(c => `${c.name} ${c.type}`), 'ver BIGINT']
    await run(`CREATE OR REPLACE TABLE ${this.name} (${columns.join(', ')})`)
  }

  /** SQL: rows of `delta` (the key and value columns) into the table; `merged`: a changed row's values from `s` (old) and `d` (fresh). */
  merging(delta: string, merged: readonly string[], version: string): string {
    const { values } = this.#parts
    const set = [...values.map((v, i) => `${v.name} = CAST(${merged[i]} AS ${v.type})`), `ver = ${version}`]
    const insert = [...this.#columns.map(c => `d.${c}`), version]
    return (
      `MERGE INTO ${this.name} AS s USING (${delta}) AS d ON ${this.#sameKey('s', 'd')}` +
      ` WHEN MATCHED THEN UPDATE SET ${set.join(', ')}` +
      ` WHEN NOT MATCHED THEN INSERT (${[...this.#columns, 'ver'].join(', ')}) VALUES (${insert.join(', ')})`
    )
  }

  /** Adds rows whose keys are known to be new. */
  async insert(run: Run, rows: string, version: string): Promise<number> {
    const answer = await run(`INSERT INTO ${this.name} (${[...this.#columns, 'ver'].join(', ')}) SELECT *, ${version} FROM (${rows})`)
    return answer.rowsChanged
  }

  /** SQL: rows of `from` whose key is not in the table. `keys` are the key columns' names there. */
  absent(from: string, keys: readonly string[]): string {
    return `SELECT d.* FROM (${from}) AS d ANTI JOIN ${this.name} AS s ON ${this.#sameKey('s', 'd', keys)}`
  }

  /** How many rows there are, how many of them have expired at `micros`, and when the first of the others will. */
  async count(
    run: Run,
    micros?: string,
  ): Promise<{ readonly all: number; readonly expired: number; readonly soonest: bigint | undefined }> {
    const { expiry } = this.#parts
    const more =
      micros === undefined || !expiry ? [] : [`count(*) FILTER (${expiry} <= ${micros})`, `min(${expiry}) FILTER (${expiry} > ${micros})`]
    const answer = await run(`SELECT concat_ws(' ', ${['count(*)', ...more].join(', ')}) FROM ${this.name}`)
    const [all, expired = '0', soonest] = firstText(answer)!.split(' ')
    return { all: Number(all), expired: Number(expired), soonest: soonest === undefined ? undefined : BigInt(soonest) }
  }

  /** SQL: removes what has expired at `micros`. */
  evicting(micros: string): string {
    return `DELETE FROM ${this.name} WHERE ${this.#parts.expiry} <= ${micros}`
  }

  /** Writes what batch `version` changed as a Parquet file: upserts, and as metadata the watermark after which expired rows are gone. */
  async saveChanges(run: Run, version: number, evicted: bigint | undefined, path: string): Promise<void> {
    await this.#copy(run, `SELECT 0::TINYINT AS op, * FROM ${this.name} WHERE ver = ${version}`, evicted, path)
  }

  /** Writes every row; `evicted` as in the latest changes. */
  async saveAll(run: Run, path: string): Promise<void> {
    await this.#copy(run, `SELECT 0::TINYINT AS op, * FROM ${this.name}`, undefined, path)
  }

  async #copy(run: Run, sql: string, evicted: bigint | undefined, path: string): Promise<void> {
    const metadata = evicted === undefined ? '' : `, KV_METADATA {${quoteText(EVICTED)}: ${quoteText(String(evicted))}}`
    await run(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd${metadata})`)
  }

  /**
   * Builds the table from files: of each key the row of the latest batch, unless the last watermark removed it. One watermark is enough: it never
   * goes back, and no batch takes a row that an earlier one has removed for good.
   */
  async load(run: Run, { snapshot, changes }: StateFiles): Promise<void> {
    await this.clear(run)
    const paths = [...(snapshot ? [snapshot] : []), ...changes].map(quoteText)
    if (paths.length === 0) return
    const list = [...this.#columns, 'ver'].join(', ')
    const keys = this.#parts.keys.map(k => k.name).join(', ')
    const latest = `row_number() OVER (${keys ? `PARTITION BY ${keys} ` : ''}ORDER BY ver DESC)`
    const rows = `SELECT *, ${latest} AS mr_age FROM read_parquet([${paths.join(', ')}])`
    const { expiry } = this.#parts
    const evicted = `SELECT max(CAST(decode(value) AS BIGINT)) FROM parquet_kv_metadata([${paths.join(', ')}]) WHERE decode(key) = ${quoteText(EVICTED)}`
    const alive = expiry ? ` AND coalesce(${expiry} > (${evicted}), true)` : ''
    await run(`INSERT INTO ${this.name} (${list}) SELECT ${list} FROM (${rows}) WHERE mr_age = 1 AND op = 0${alive}`)
  }

  #sameKey(a: string, b: string, names?: readonly string[]): string {
    const { keys } = this.#parts
    if (keys.length === 0) return 'true'
    return keys.map((k, i) => `${a}.${k.name} ${k.nullable ? 'IS NOT DISTINCT FROM' : '='} ${b}.${names?.[i] ?? k.name}`).join(' AND ')
  }
}
