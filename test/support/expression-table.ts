import { afterAll, beforeAll, expect, test } from 'vitest'
import { Evaluator } from '../../src/engine/embedded/lower/testing.ts'
import { isMillraceError } from '../../src/errors/index.ts'

/** `sql` → what Spark shows; a value that begins with `!` is the condition it fails with. */
export type Cases = readonly (readonly [sql: string, shown: string])[]

/** One test for each line of a table, in one DuckDB. */
export function testTable(zone: string, cases: Cases): void {
  let evaluator: Evaluator
  beforeAll(async () => {
    evaluator = await Evaluator.open(zone)
  })
  afterAll(() => evaluator.close())
  test.each(cases)('%s → %s', async (sql, shown) => {
    expect(await outcome(evaluator, sql)).toBe(shown)
  })
}

async function outcome(evaluator: Evaluator, sql: string): Promise<string> {
  try {
    return (await evaluator.texts(sql))[0]!
  } catch (error) {
    if (isMillraceError(error)) return `!${error.condition}`
    throw error
  }
}
