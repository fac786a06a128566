import { tmpdir } from 'node:os'
import { analyze } from '../../../analyze/index.ts'
import { MillraceError } from '../../../errors/index.ts'
import type { Expression, Relation } from '../../../plan/index.ts'
import { parseSelectList } from '../../../sql/index.ts'
import { type DataType, field, structType, valueAt, valueText } from '../../../types/index.ts'
import { DuckInstance } from '../duck/instance.ts'
import { batchOfAnswer } from '../duck/read-out.ts'
import type { HostFunction } from './context.ts'
import { Lowering } from './lowering.ts'
import { fillHoles } from './statement.ts'

/** A computed column: its automatic name and its type. */
export interface EvaluatedColumn {
  readonly name: string
  readonly type: DataType
}
/** What a select list gives: its columns and its rows, values as rows of a query hold them. */
export interface Evaluated {
  readonly columns: readonly EvaluatedColumn[]
  readonly rows: readonly (readonly unknown[])[]
}

interface Lowered {
  readonly columns: readonly EvaluatedColumn[]
  readonly sql: string
  readonly functions: readonly HostFunction[]
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

  /** `SELECT <list>` over rows with one column `id` = 0, 1, … */
  select(list: string, rows = 1): Promise<Evaluated> {
    return this.collect(this.#selection(list, rows))
  }

  /** All rows of a relation that needs no source. */
  async collect(relation: Relation): Promise<Evaluated> {
    const { columns, sql, functions } = this.#lower(relation)
    this.#duck.register(functions)
    const schema = structType(columns.map((c, i) => field(`f${i}`, c.type)))
    const batch = batchOfAnswer(await this.#duck.main.run(sql), schema)
    const row = (i: number): unknown[] => columns.map((c, k) => valueAt(batch.columns[k]!, c.type, i))
    return { columns, rows: Array.from({ length: batch.length }, (_, i) => row(i)) }
  }

  /** What one expression gives for each row, as `show` would print it. */
  async texts(expression: string, rows = 1): Promise<readonly string[]> {
    const { columns, rows: values } = await this.select(expression, rows)
    return values.map(([value]) => valueText(value, columns[0]!.type, this.#timeZone))
  }

  /** A select list's expressions, under this evaluator's settings. */
  parse(list: string): Expression[] {
    const escapedStringLiterals = this.#conf['spark.sql.parser.escapedStringLiterals'] === 'true'
    return parseSelectList(list, { timeZone: this.#timeZone, escapedStringLiterals })
  }

  /** The SQL that `select` runs. */
  lower(list: string, rows = 1): Lowered {
    return this.#lower(this.#selection(list, rows))
  }

  #selection(list: string, rows: number): Relation {
    return { kind: 'project', input: { kind: 'range', start: '0', end: String(rows), step: '1' }, expressions: this.parse(list) }
  }

  #lower(relation: Relation): Lowered {
    const env = { timeZone: this.#timeZone, sourceSchema: () => undefined, table: () => undefined, conf: (key: string) => this.#conf[key] }
    const { plan } = analyze(relation, env)
    const lowering = new Lowering({
      timeZone: this.#timeZone,
      outputMode: 'append',
      streaming: false,
      userFunction: ({ name }) => {
        throw new MillraceError('NOT_SUPPORTED', { what: `the function "${name}" of a person's own, here` })
      },
    })
    const { columns, sql } = lowering.statement(plan)
    return {
      columns: columns.map(c => ({ name: c.name, type: c.dataType })),
      sql: fillHoles(sql, name => (name === 'now' ? 'current_timestamp' : '0')),
      functions: [...lowering.functions.values()],
    }
  }
}
