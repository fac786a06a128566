import type { Attribute } from '../../../analyze/resolved.ts'
import { duckType } from './types.ts'

/**
 * SQL text of a program is lowered once and run many times: what differs from batch to batch stands in it as a hole.
 * A hole is a name between two characters that no lowering writes (`quoteText` spells them otherwise; a name of a field holds no such word).
 */
export type HoleName = `slot:${number}` | 'now' | 'late' | 'watermark' | 'batch'
const HOLE = /\u0001(slot:\d+|now|late|watermark|batch)\u0001/g
export const hole = (name: HoleName): string => `\u0001${name}\u0001`

/** Fills the holes of a lowered text. */
export const fillHoles = (sql: string, value: (name: HoleName) => string): string =>
  sql.replaceAll(HOLE, (_, name: string) => value(name as HoleName))

/** A number that a statement reports beside its rows; `sql` selects one row with one JSON text. */
export type Fact =
  | { readonly kind: 'input'; readonly slot: number; readonly sql: string }
  | { readonly kind: 'watermark'; readonly index: number; readonly sql: string }
  | { readonly kind: 'metrics'; readonly name: string; readonly sql: string }

/** Collects what one statement needs besides its SELECT: inputs that are read twice, and the facts taken of them. */
export class Scope {
  readonly #shared: string[] = []
  readonly facts: Fact[] = []
  #next = 0
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /**
   * Makes `sql` a result that is computed once and may be read several times; answers its name. `inMemory`: it is columns of rows that lie in memory, which
   * are as well read again: kept as a result, all of them would have to be there before the first is worked on.
   */
  share(sql: string, { inMemory = false }: { readonly inMemory?: boolean } = {}): string {
    const name = `${this.#prefix}${this.#next++}`
    this.#shared.push(`${name} AS ${inMemory ? 'NOT ' : ''}MATERIALIZED (${sql})`)
    return name
  }

  get with(): string {
    return withClause(this.#shared)
  }

  /** The shared inputs of two scopes, for a statement over both. */
  joinedWith(other: Scope): string {
    return withClause([...this.#shared, ...other.#shared])
  }
}

const withClause = (shared: readonly string[]): string => (shared.length > 0 ? `WITH ${shared.join(', ')} ` : '')

/** The column of a statement with facts that holds their JSON; null in rows. */
export const FACT = 'fact'

/** A whole statement: its columns, its text, and the facts among its rows. */
export interface Statement {
  readonly columns: readonly Attribute[]
  /** Without facts: the rows. With facts: the rows with FACT null, then one row a fact `{"i": number, …}`. Column names are `c<id>`. */
  readonly sql: string
  readonly facts: readonly Fact[]
}

export const columnName = (id: number): string => `"c${id}"`

/** Types are made certain by casts, which cost nothing where they hold: the read-out relies on them. */
const certain = (columns: readonly Attribute[]): string =>
  columns.length === 0
    ? '1 AS none'
    : columns.map(a => `CAST(${columnName(a.id)} AS ${duckType(a.dataType)}) AS ${columnName(a.id)}`).join(', ')

/** The rows of a scope alone, e.g. for a second look at its input. */
export const rowsOnly = (scope: Scope, columns: readonly Attribute[], sql: string): Statement => ({
  columns,
  sql: `${scope.with}SELECT ${certain(columns)} FROM (${sql})`,
  facts: [],
})

/** Closes a scope: rows and facts travel in one result, so that one scan serves both. */
export function statement(scope: Scope, columns: readonly Attribute[], sql: string): Statement {
  if (scope.facts.length === 0) return rowsOnly(scope, columns, sql)
  return { columns, sql: `${scope.with}${withFacts(scope.facts, certain(columns), Math.max(1, columns.length), sql)}`, facts: scope.facts }
}

/** Rows with whatever columns `list` says (`width` of them), and FACT; one row a fact beside them. */
export function withFacts(facts: readonly Fact[], list: string, width: number, sql: string): string {
  const nulls = 'NULL, '.repeat(width)
  const branches = facts.map((f, i) => `SELECT ${nulls}CAST(json_merge_patch(j, '{"i":${i}}') AS VARCHAR) FROM (${f.sql}) AS t(j)`)
  return [`SELECT ${list}, CAST(NULL AS VARCHAR) AS ${FACT} FROM (${sql})`, ...branches].join(' UNION ALL ')
}
