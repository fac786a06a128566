import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { report } from './report.ts'

const out = mkdtempSync(join(tmpdir(), 'taxi-duckdb-'))
const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const connection = await instance.connect()
const started = performance.now()
await connection.run(`
  COPY (
    SELECT epoch_us(pickup) // 300000000 AS slot, zone, sum(fare) AS fares, sum(tip) AS tips
    FROM (SELECT strptime(tpep_pickup_datetime, '%m/%d/%Y %I:%M:%S %p') AS pickup, PULocationID::INT AS zone, fare_amount::DOUBLE AS fare, tip_amount::DOUBLE AS tip
          FROM read_csv('${process.argv[2]}/*.csv', header = true, all_varchar = true))
    GROUP BY 1, 2) TO '${join(out, 'sums.parquet')}'`)
const ms = performance.now() - started
rmSync(out, { recursive: true })
report({ ms })
