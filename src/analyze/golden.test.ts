import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { goldenEnv } from '../../test/support/golden-env.ts'
import { planFromJson } from '../plan/json.ts'
import { parseDdl, typeName } from '../types/index.ts'
import { analyze } from './index.ts'

const FOLDER = new URL('../../test/golden/spark/', import.meta.url)
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter(f => f.endsWith('.json') && f !== 'validity-table.json') : []

describe.skipIf(files.length === 0)("every recorded plan has Spark's names and types", () => {
  for (const file of files) {
    const golden = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    // from_avro comes with the Kafka and Avro issue.
    const offered = !JSON.stringify(golden.plan ?? '').includes('"from_avro"')
    test.skipIf(!golden.plan || !golden.outputSchema || !offered)(golden.name, () => {
      const analyzed = analyze(planFromJson(golden.plan), goldenEnv(golden.statics))
      const shown = analyzed.schema.fields.map(f => `${f.name} ${typeName(f.dataType)}`)
      expect(shown).toEqual(parseDdl(golden.outputSchema).fields.map(f => `${f.name} ${typeName(f.dataType)}`))
    })
  }
})
