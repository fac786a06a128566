import { describe, expect, test } from 'vitest'
import { isMillraceError, warehouseDdl } from '../../src/index.ts'

const CLICKS =
  'id bigint NOT NULL, user string, price decimal(10,2), tags array<string>, place struct<city: string, zip: int>, seen timestamp, local timestamp_ntz, raw binary, day date'
const PLACES = {
  bigquery: 'gs://lake/clicks',
  redshift: 's3://lake/clicks/',
  snowflake: '@lake/clicks',
  postgres: 's3://lake/clicks',
} as const

describe('statements for a warehouse over a lake folder', () => {
  for (const [warehouse, location] of Object.entries(PLACES) as [keyof typeof PLACES, string][]) {
    test(`${warehouse}: external table, table and MERGE`, async () => {
      const { text } = warehouseDdl(CLICKS, {
        warehouse,
        location,
        table: 'shop.clicks',
        keys: ['id', 'day'],
        newest: 'seen',
        partitionBy: ['day'],
      })
      await expect(text).toMatchFileSnapshot(`golden/${warehouse}.sql`)
    })
    test(`${warehouse}: CSV files without partitions`, async () => {
      const { text } = warehouseDdl('id int, "name" string'.replaceAll('"', ''), {
        warehouse,
        location,
        table: 'users',
        external: 'raw.users',
        keys: ['id'],
        format: 'csv',
      })
      await expect(text).toMatchFileSnapshot(`golden/${warehouse}-csv.sql`)
    })
  }

  test('what cannot be had is one error that says why', () => {
    const refusal = (over: object) => {
      try {
        warehouseDdl('id int, m map<string,int>, i interval', {
          warehouse: 'redshift',
          location: 's3://x',
          table: 't',
          keys: ['id'],
          ...over,
        })
      } catch (error) {
        return isMillraceError(error, 'WAREHOUSE_DDL') ? error.params.reason : error
      }
    }
    expect(refusal({})).toBe('redshift has no type for column "i" of interval')
    expect(refusal({ keys: [] })).toBe('a MERGE needs at least one key column')
    expect(refusal({ keys: ['ident'] })).toBe('the lake has no column "ident" (it has id, m, i)')
    expect(refusal({ warehouse: 'oracle' })).toBe('it is none of bigquery, redshift, snowflake, postgres')
  })
})
