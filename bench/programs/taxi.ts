import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { col, Session, sum, toTimestamp, window } from '../../src/index.ts'
import { report } from './report.ts'

const RIDE =
  'VendorID string, tpep_pickup_datetime string, tpep_dropoff_datetime string, passenger_count string, trip_distance string, RatecodeID string, store_and_fwd_flag string, PULocationID string, DOLocationID string, payment_type string, fare_amount string, extra string, mta_tax string, tip_amount string, tolls_amount string, improvement_surcharge string, total_amount string'

const out = mkdtempSync(join(tmpdir(), 'millrace-taxi-'))
const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
const cpu = process.cpuUsage()
const started = performance.now()
const query = await session.readStream
  .schema(RIDE)
  .option('header', true)
  .option('maxFilesPerTrigger', 1)
  .csv(process.argv[2]!)
  .select(
    toTimestamp(col('tpep_pickup_datetime'), 'MM/dd/yyyy hh:mm:ss a').as('at'),
    col('PULocationID').cast('int').as('zone'),
    col('fare_amount').cast('double').as('fare'),
    col('tip_amount').cast('double').as('tip'),
  )
  .withWatermark('at', '10 minutes')
  .groupBy(window('at', '5 minutes'), 'zone')
  .agg({ fares: sum('fare'), tips: sum('tip') })
  .select('window.start', 'zone', 'fares', 'tips')
  .writeStream.outputMode('append')
  .option('checkpointLocation', join(out, 'checkpoint'))
  .trigger({ availableNow: true })
  .format('parquet')
  .start(join(out, 'lake'))
await query.awaitTermination()
const ms = performance.now() - started
const used = process.cpuUsage(cpu)
await session.close()
rmSync(out, { recursive: true })
report({ ms, cpuMs: (used.user + used.system) / 1000 })
