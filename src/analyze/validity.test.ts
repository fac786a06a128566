import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { goldenEnv } from '../../test/support/golden-env.ts'
import { isMillraceError } from '../errors/index.ts'
import { planFromJson } from '../plan/json.ts'
import { analyze, checkStreaming, type OutputMode } from './index.ts'

const TABLE = new URL('../../test/golden/spark/validity-table.json', import.meta.url)
const golden = existsSync(TABLE) ? JSON.parse(readFileSync(TABLE, 'utf8')) : { rows: [] }

/** The views the recorded programs read in SQL text. */
const STREAM_VIEW = { read: { dataSource: { format: 'json', schema: golden.streams?.e.schema, paths: ['stream:e'] }, isStreaming: true } }

interface Row {
  readonly name: string
  readonly plan: unknown
  readonly outputMode: OutputMode
  readonly sink: string
  readonly accepted: boolean
  readonly error?: { readonly condition: string }
}

function verdict(row: Row): string {
  const env = { ...goldenEnv(golden.statics), table: (name: string) => (name === 'sv' ? planFromJson(STREAM_VIEW) : undefined) }
  try {
    checkStreaming(analyze(planFromJson(row.plan), env), { outputMode: row.outputMode })
    return 'accepted'
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return error.sparkClass ?? error.condition
  }
}

describe.skipIf(golden.rows.length === 0)('plans and output modes are taken and refused as by Spark', () => {
  for (const row of golden.rows as readonly Row[])
    test.skipIf(row.sink !== 'noop')(`${row.name}, ${row.outputMode}`, () => {
      expect(verdict(row)).toBe(row.accepted ? 'accepted' : row.error!.condition)
    })
})
