/**
 * Records as Kafka would hand them over, from memory: what the engine alone makes of them.
 * `node records.ts CASE MILLIONS [PROFILE]`; cases: json, json-plain (no window), csv, scan.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomFrom } from '../../examples/turnstiles/random.ts'
import { useWiring } from '../../src/api/context.ts'
import { builtins } from '../../src/connectors/builtin.ts'
import type { Connector, PlannedRange, Scan } from '../../src/connectors/contract.ts'
import { kafkaSchema } from '../../src/connectors/kafka/schema.ts'
import { MemoryTables } from '../../src/connectors/memory/tables.ts'
import { Registry } from '../../src/connectors/registry.ts'
import { embeddedEngine } from '../../src/engine/embedded/index.ts'
import { col, count, type DataFrame, expr, fromCsv, fromJson, Session, split, sum, window } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import type { ColumnData, RowBatch } from '../../src/types/index.ts'
import { wires } from '../../src/wiring.ts'
import { report } from './report.ts'

const [kind = 'json', millions = '2'] = process.argv.slice(2)
const BATCH = 600_000
const SLICE = 50_000
const USERS = 100_000
const START = Date.UTC(2026, 0, 1)
/** Messages a minute of event time. */
const PER_MINUTE = 1_000_000

const random = randomFrom(1)
const LINES: Record<string, (i: number) => string> = {
  json: i => {
    const at = new Date(START + Math.floor((i * 60_000) / PER_MINUTE)).toISOString()
    const user = `user-${String(Math.floor(random() * USERS)).padStart(7, '0')}`
    return `{"user":"${user}","at":"${at}","amount":${(10 + random() * 89).toFixed(2)},"n":${10000 + Math.floor(random() * 89999)},"page":"/catalog/${1000 + (i % 9000)}"}`
  },
  csv: i => {
    const at = new Date(START + Math.floor((i * 60_000) / PER_MINUTE)).toISOString().slice(0, 19).replace('T', ' ')
    return `A002,R051,02-00-${String(i % 100).padStart(2, '0')},STATION ${i % 470},NQR456W,BMT,${at},REGULAR,${5_000_000 + (i % 100_000)},${1_700_000 + (i % 50_000)}`
  },
}
LINES['json-plain'] = LINES['scan'] = LINES['json']!
LINES['from-csv'] = LINES['csv']!

function slices(total: number): RowBatch[] {
  const line = LINES[kind]!
  const schema = kafkaSchema(false)
  const out: RowBatch[] = []
  for (let from = 0; from < total; from += SLICE) {
    const n = Math.min(SLICE, total - from)
    const offsets = new Int32Array(n + 1)
    const texts: string[] = []
    let size = 0
    for (let i = 0; i < n; i++) {
      const text = line(from + i)
      texts.push(text)
      offsets[i + 1] = size += text.length
    }
    const value: ColumnData = { length: n, offsets, values: Buffer.from(texts.join(''), 'latin1') }
    const none: ColumnData = {
      length: n,
      values: new Uint8Array(0),
      offsets: new Int32Array(n + 1),
      validity: new Uint8Array((n + 7) >> 3),
    }
    const topic: ColumnData = { length: n, values: Buffer.from('t'.repeat(n)), offsets: Int32Array.from({ length: n + 1 }, (_, i) => i) }
    const ints: ColumnData = { length: n, values: new Int32Array(n) }
    const longs: ColumnData = { length: n, values: BigInt64Array.from({ length: n }, (_, i) => BigInt(from + i)) }
    out.push({ schema, length: n, columns: [none, value, topic, ints, longs, longs, ints] })
  }
  return out
}

const total = Number(millions) * 1_000_000
const held = slices(total)
const mean = held.reduce((n, b) => n + b.columns[1]!.values!.byteLength, 0) / total
console.error(`${total} records of ${mean.toFixed(1)} bytes`)
const step = BATCH / SLICE
const connector: Connector = {
  name: 'records',
  summary: 'Records from memory.',
  options: {},
  fixedSchema: () => kafkaSchema(false),
  source: async () => ({
    description: 'records',
    schema: kafkaSchema(false),
    plan: async (start): Promise<PlannedRange> => {
      const end = Math.min(held.length, Number(start ?? 0) + step)
      return { end: String(end), latest: String(held.length) }
    },
    prepareAvailableNow: async () => {},
    read: async (start, end): Promise<Scan> => ({
      kind: 'bytes',
      schema: kafkaSchema(false),
      slices: async function* () {
        for (const b of held.slice(Number(start ?? 0), Number(end))) yield b
      },
    }),
    commit: async () => {},
    changed: async () => {},
    close: async () => {},
  }),
  replayable: true,
}

useWiring({
  ...wires(),
  openEngine: async host => {
    const memoryTables = new MemoryTables()
    const connectors = new Registry()
    for (const [name, load] of Object.entries(builtins({ memoryTables, print: () => {} }))) connectors.add(name, load)
    connectors.add('records', async () => connector)
    return embeddedEngine({ ...host, platform: nodePlatform, connectors, memoryTables, store: async uri => localStore(uri, nodePlatform) })
  },
})

const session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'UTC' } })
const records = session.readStream.format('records').load() as unknown as DataFrame<any, any>
const SCHEMA = 'user string, at timestamp, amount double, n int, page string'
const windowed = (f: DataFrame<any, any>, key: string) =>
  f
    .withWatermark('at', '10 seconds')
    .groupBy(window('at', '1 minute'), key)
    .agg({ n: count('*'), total: sum('amount') })
const TURNSTILE =
  'CA string, UNIT string, SCP string, STATION string, LINENAME string, DIVISION string, at timestamp, DESC string, amount long, EXITS long'
const FRAMES: Record<string, () => DataFrame<any, any>> = {
  json: () => windowed(records.select(fromJson(col('value').cast('string'), SCHEMA).as('j')).select('j.*'), 'user'),
  'json-plain': () =>
    records
      .select(fromJson(col('value').cast('string'), SCHEMA).as('j'))
      .select('j.user', 'j.amount')
      .where("user = 'x'"),
  scan: () => records.where('length(value) = 3').select('value'),
  csv: () => {
    const parts = records.select(split(col('value').cast('string'), ',').as('p'))
    return windowed(
      parts.select(expr('p[3]').as('STATION'), expr('p[6]').cast('timestamp').as('at'), expr('p[8]').cast('int').as('amount')),
      'STATION',
    )
  },
  'from-csv': () => windowed(records.select(fromCsv(col('value').cast('string'), TURNSTILE).as('j')).select('j.*'), 'STATION'),
}
const out = mkdtempSync(join(tmpdir(), 'millrace-records-'))
const cpu = process.cpuUsage()
const started = performance.now()
const query = await FRAMES[kind]!()
  .writeStream.outputMode('append')
  .option('checkpointLocation', join(out, 'checkpoint'))
  .trigger({ availableNow: true })
  .format('noop')
  .start()
await query.awaitTermination()
const ms = performance.now() - started
const used = process.cpuUsage(cpu)
if (process.env['PROGRESS'])
  for (const p of query.recentProgress) console.error(JSON.stringify(p.durationMs), p.numInputRows, JSON.stringify(p.stateOperators))
await session.close()
rmSync(out, { recursive: true })
const cpuMs = (used.user + used.system) / 1000
report({
  ms,
  cpuMs,
  perSecond: Math.round(total / (ms / 1000)),
  cpuSecondsPerMillion: cpuMs / 1000 / (total / 1e6),
  rowsIn: query.recentProgress.reduce((n, p) => n + p.numInputRows, 0),
})
