/** Drains a topic (or taxi files into one) as fast as it goes: `kafka-drain.ts CASE BROKERS TOPIC|DIRECTORY ROWS [OUT]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { col, count, type DataFrame, expr, fromAvro, fromJson, Session, split, sum, toAvro, window } from '../../src/index.ts'
import { RIDE_AVRO, RIDE_COLUMNS, RIDE_TEXTS } from '../rides.ts'
import { report } from './report.ts'

type Frame = DataFrame<any, any>
const [kind = '', brokers = '', from = '', rows = '0', to = ''] = process.argv.slice(2)
const dir = mkdtempSync(join(tmpdir(), 'millrace-drain-'))
const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })

const records = (): Frame =>
  session.readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', brokers)
    .option('subscribe', from)
    .option('startingOffsets', 'earliest')
    .load() as unknown as Frame
const json = (schema: string): Frame => records().select(fromJson(col('value').cast('string'), schema).as('j'))
const windowed = (f: Frame, key: string): Frame =>
  f
    .withWatermark('at', '10 seconds')
    .groupBy(window('at', '1 minute'), key)
    .agg({ n: count('*'), total: sum('amount') })

const FRAMES: Readonly<Record<string, () => Frame>> = {
  'kafka-json-window': () => windowed(json('user string, at timestamp, amount double, n int, page string').select('j.*'), 'user'),
  'kafka-csv-window': () => {
    const parts = records().select(split(col('value').cast('string'), ',').as('p'))
    const named = [expr('p[3]').as('station'), expr('p[6]').cast('timestamp').as('at'), expr('p[8]').cast('int').as('amount')]
    return windowed(parts.select(...named), 'station')
  },
  'kafka-map': () =>
    json('user string, at string, amount double, n int, page string').select(
      expr('to_json(struct(j.user AS user, j.at AS at, j.amount * 2 AS amount, upper(j.page) AS page))').as('value'),
    ),
  'kafka-avro-parquet': () => records().select(fromAvro('value', RIDE_AVRO).as('ride')).select('ride.*'),
  'csv-kafka': () => {
    const rides = session.readStream.schema(RIDE_TEXTS).option('header', true).csv(from) as unknown as Frame
    return rides.select(toAvro(expr(`struct(${RIDE_COLUMNS.join(', ')})`), RIDE_AVRO).as('value'))
  },
}

const writer = FRAMES[kind]!()
  .writeStream.outputMode('append')
  .option('checkpointLocation', join(dir, 'checkpoint'))
  .trigger({ availableNow: true })
const cpu = process.cpuUsage()
const started = performance.now()
const query =
  to !== ''
    ? await writer.format('kafka').option('kafka.bootstrap.servers', brokers).option('topic', to).start()
    : kind === 'kafka-avro-parquet'
      ? await writer.format('parquet').start(join(dir, 'lake'))
      : await writer.format('noop').start()
await query.awaitTermination()
const ms = performance.now() - started
const used = process.cpuUsage(cpu)
const read = query.recentProgress.reduce((n, p) => n + p.numInputRows, 0)
if (process.env['PROGRESS'])
  for (const p of query.recentProgress) console.error(p.numInputRows, JSON.stringify(p.durationMs), JSON.stringify(p.stateOperators))
await session.close()
rmSync(dir, { recursive: true })
if (read !== Number(rows) && query.recentProgress.length < 100) throw new Error(`${read} of ${rows} rows were read`)
report({ ms, cpuMs: (used.user + used.system) / 1000, batches: query.recentProgress.length })
