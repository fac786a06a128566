import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafkaService } from '../scripts/services/kafka.ts'
import { stopProcess } from '../scripts/services/server-process.ts'
import { taxi } from './data.ts'
import { type Bench, type BenchOptions, type Figure, median, round } from './figure.ts'
import { program, type Report } from './process.ts'
import { sparkWithKafka } from './spark-kafka.ts'

interface Row {
  readonly name: string
  readonly describe: string
  readonly partitions: number
  /** What `kafka-fill` puts into the topic, or taxi rides as Avro; absent = the rows come from files. */
  readonly records?: 'json' | 'turnstile' | 'avro'
  readonly toKafka?: boolean
  readonly millions: number
  readonly quickMillions: number
  readonly anchor: boolean
}

const ROWS: readonly Row[] = [
  {
    name: 'kafka-json-window',
    describe: 'Kafka JSON (109 bytes) -> 1-minute count and sum by 100,000 users, durable; peak RSS over the backlog; 10 M',
    partitions: 4,
    records: 'json',
    millions: 10,
    quickMillions: 2,
    anchor: true,
  },
  {
    name: 'kafka-avro-parquet',
    describe: 'Kafka Avro (taxi, 17 fields) -> Parquet, 10 partitions; 10 M',
    partitions: 10,
    records: 'avro',
    millions: 10,
    quickMillions: 1,
    anchor: true,
  },
  {
    name: 'kafka-map',
    describe: 'Kafka -> JSON map -> Kafka, drained flat out; 4 M',
    partitions: 4,
    records: 'json',
    toKafka: true,
    millions: 4,
    quickMillions: 1,
    anchor: true,
  },
  {
    name: 'csv-kafka',
    describe: 'taxi CSV -> struct -> toAvro -> Kafka, 10 partitions; 10 M',
    partitions: 10,
    toKafka: true,
    millions: 10,
    quickMillions: 1,
    anchor: true,
  },
  {
    name: 'kafka-csv-window',
    describe: 'CSV text in Kafka (turnstiles) -> split, cast -> window sums; 10 M',
    partitions: 4,
    records: 'turnstile',
    millions: 10,
    quickMillions: 2,
    anchor: true,
  },
]

export const KAFKA: readonly Bench[] = ROWS.map(row => ({
  name: row.name,
  describe: row.describe,
  run: options => withBroker(row, options),
}))

/** Against the broker `BENCH_KAFKA` names, else one of its own. */
async function* withBroker(row: Row, options: BenchOptions): AsyncIterable<Figure> {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-kafka-'))
  const given = process.env['BENCH_KAFKA']
  if (given === undefined) await kafkaService.install()
  const own = given === undefined ? await kafkaService.start({ dir }) : undefined
  try {
    yield* figures(row, given ?? own!.addresses.plaintext, options)
  } finally {
    if (own) await stopProcess(own.process)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Filled once; every repetition and every anchor reads the same records, and writes into a topic of its own. */
async function* figures(row: Row, brokers: string, { quick, repeat, against }: BenchOptions): AsyncIterable<Figure> {
  const bench = row.name
  const millions = quick ? row.quickMillions : row.millions
  const from = await source(row, brokers, millions)
  const amount = String(millions * 1_000_000)
  let outs = 0
  const out = async (): Promise<string[]> =>
    row.toKafka ? [await topic(brokers, `${bench}-${Date.now()}-out-${outs++}`, 'empty', 0, row.partitions)] : []
  const runs: Report[] = []
  for (let i = 0; i < repeat; i++) runs.push(await program('kafka-drain', bench, brokers, from, amount, ...(await out())))
  const of = (key: string): number => median(runs.map(r => r[key]!))
  const perSecond = (ms: number): number => round((millions * 1_000_000) / (ms / 1000))
  yield { bench, figure: 'throughput', value: perSecond(of('ms')), unit: 'messages/s' }
  yield { bench, figure: 'CPU', value: round(of('cpuMs') / 1000 / millions), unit: 's per million' }
  yield { bench, figure: 'peak RSS', value: round(of('rssMB')), unit: 'MB' }
  yield { bench, figure: "the machine's load", value: round(loadavg()[0]!), unit: '' }
  if (!against.includes('spark') || !row.anchor) return
  const s = await sparkWithKafka(bench, brokers, from, amount, ...(await out()))
  yield { bench, figure: 'Spark', value: perSecond(s['ms']!), unit: 'messages/s', against: 'spark', ratio: round(s['ms']! / of('ms')) }
}

/** The topic that is drained, or the directory. */
async function source({ name, records, partitions }: Row, brokers: string, millions: number): Promise<string> {
  if (records === undefined) return taxi(millions)
  const named = `${name}-${Date.now()}`
  if (records !== 'avro') return topic(brokers, named, records, millions * 1_000_000, partitions)
  await topic(brokers, named, 'empty', 0, partitions)
  await program('kafka-drain', 'csv-kafka', brokers, await taxi(millions), String(millions * 1_000_000), named)
  return named
}

async function topic(brokers: string, name: string, records: string, rows: number, partitions: number): Promise<string> {
  await program('kafka-fill', brokers, name, records, String(rows), String(partitions))
  return name
}
