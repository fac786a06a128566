import { tmpdir } from 'node:os'
import { analyze } from '../../../analyze/index.ts'
import type { Typed } from '../../../analyze/resolved.ts'
import type { Relation } from '../../../plan/index.ts'
import { parseSelectList } from '../../../sql/index.ts'
import { type DataType, field, type RowBatch, structType, valueAt, valueText } from '../../../types/index.ts'
import { DuckInstance } from '../duck/instance.ts'
import { batchOfAnswer } from '../duck/read-out.ts'
import type { HostFunction, LowerContext } from './context.ts'
import { lowerExpression } from './expression.ts'

/** One computed column: its automatic name, its type and its value. */
export interface Evaluated {
  readonly name: string
  readonly type: DataType
  readonly value: unknown
}

/** Computes SQL expressions as a query would: parsed, analysed, lowered, run by DuckDB. For tests and judges. */
export class Evaluator {
  readonly #duck: DuckInstance
  readonly #timeZone: string
  readonly #conf: Readonly<Record<string, string>>

  private constructor(duck: DuckInstance, timeZone: string, conf: Readonly<Record<string, string>>) {
    this.#duck = duck
    this.#timeZone = timeZone
    this.#conf = conf
  }

  static async open(timeZone = 'UTC', conf: Readonly<Record<string, string>> = {}): Promise<Evaluator> {
    const duck = await DuckInstance.open({ timeZone, threads: 1, memoryLimit: 512_000_000, tempDirectory: tmpdir() })
    return new Evaluator(duck, timeZone, conf)
  }

  close(): Promise<void> {
    return this.#duck.close()
  }

  /** What one expression gives for each of the rows `id` = 0, 1, …, as `show` would print it. */
  async texts(expression: string, rows = 1): Promise<readonly string[]> {
    const { columns, sql, functions } = this.lower(expression)
    this.#duck.register(functions)
    const type = columns[0]!.type
    const batch = batchOfAnswer(await this.#duck.main.run(`${sql} FROM range(${rows}) AS mr_rows(id)`), structType([field('f0', type)]))
    return Array.from({ length: rows }, (_, i) => valueText(valueAt(batch.columns[0]!, type, i), type, this.#timeZone))
  }

  /** The columns of `SELECT <list>`, for one row. */
  async select(list: string): Promise<readonly Evaluated[]> {
    const { columns, sql, functions } = this.lower(list)
    this.#duck.register(functions)
    const schema = structType(columns.map((c, i) => field(`f${i}`, c.type)))
    const batch: RowBatch = batchOfAnswer(await this.#duck.main.run(sql), schema)
    return columns.map((c, i) => ({ ...c, value: valueAt(batch.columns[i]!, c.type, 0) }))
  }

  /** The SQL that `select` runs. */
  lower(list: string): { columns: readonly { name: string; type: DataType }[]; sql: string; functions: readonly HostFunction[] } {
    const oneRow: Relation = { kind: 'range', start: '0', end: '1', step: '1' }
    const escapedStringLiterals = this.#conf['spark.sql.parser.escapedStringLiterals'] === 'true'
    const expressions = parseSelectList(list, { timeZone: this.#timeZone, escapedStringLiterals })
    const { plan } = analyze(
      { kind: 'project', input: oneRow, expressions },
      { timeZone: this.#timeZone, sourceSchema: () => undefined, table: () => undefined, conf: key => this.#conf[key] },
    )
    const functions = new Map<string, HostFunction>()
    if (plan.node !== 'project' || plan.input.node !== 'range') throw new Error(`not a list of scalar expressions: ${plan.node}`)
    const ctx = lowerContext(this.#timeZone, functions)
    const sql = plan.columns.map((c, i) => `${lowerExpression(c.expr, ctx)} AS f${i}`).join(', ')
    return {
      columns: plan.columns.map(c => ({ name: c.attribute.name, type: c.attribute.dataType })),
      sql: `SELECT ${sql}`,
      functions: [...functions.values()],
    }
  }
}

function lowerContext(timeZone: string, functions: Map<string, HostFunction>): LowerContext {
  const ctx: LowerContext = {
    timeZone,
    column: () => 'mr_rows.id',
    variable: id => `v${id}`,
    now: 'current_timestamp',
    host: fn => {
      functions.set(fn.name, fn)
      return fn.name
    },
    userFunction: expr => {
      throw new Error(`no function "${expr.name}" here`)
    },
    lower: (expr: Typed) => lowerExpression(expr, ctx),
  }
  return ctx
}
