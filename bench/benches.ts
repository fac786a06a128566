import { bytesIn, taxi, words } from './data.ts'
import { type Bench, type BenchOptions, type Figure, median, round } from './figure.ts'
import { KAFKA } from './kafka.ts'
import { KAFKA_LATENCY } from './latency.ts'
import { packaged } from './packaged.ts'
import { program, type Report, script, spark } from './process.ts'

const MB = 1_000_000

async function repeated(times: number, act: () => Promise<Report>): Promise<Report> {
  const reports: Report[] = []
  for (let i = 0; i < times; i++) reports.push(await act())
  return Object.fromEntries(Object.keys(reports[0]!).map(k => [k, median(reports.map(r => r[k]!))]))
}

async function* coldStart(options: BenchOptions): AsyncIterable<Figure> {
  const path = await packaged('cold-start')
  const r = await repeated(Math.max(5, options.repeat), () => script(path))
  yield { bench: 'cold-start', figure: "process start to the first batch's result", value: round(r['firstResultMs']!), unit: 'ms' }
  yield { bench: 'cold-start', figure: 'CPU, from process start to its end', value: round(r['cpuTotalMs']!), unit: 'ms' }
  yield { bench: 'cold-start', figure: 'peak RSS', value: round(r['rssMB']!), unit: 'MB' }
  const source = await repeated(Math.max(5, options.repeat), () => program('cold-start'))
  yield { bench: 'cold-start', figure: 'the same from TypeScript sources', value: round(source['firstResultMs']!), unit: 'ms' }
  if (options.against.includes('spark')) {
    const s = await spark('cold-start')
    yield {
      bench: 'cold-start',
      figure: 'Spark',
      value: round(s['firstResultMs']!),
      unit: 'ms',
      against: 'spark',
      ratio: round(s['firstResultMs']! / r['firstResultMs']!),
    }
  }
}

const floor = (windowed: boolean): Bench['run'] =>
  async function* (options) {
    const bench = windowed ? 'batch-windowed' : 'batch-stateless'
    const r = await repeated(options.repeat, () => program('floor', windowed ? 'windowed' : 'stateless', options.quick ? '200' : '1000'))
    yield { bench, figure: 'median of a 10-row batch, durable', value: round(r['p50']!), unit: 'ms' }
    yield { bench, figure: 'p99', value: round(r['p99']!), unit: 'ms' }
    yield { bench, figure: "the machine's own cost of the two log entries, median", value: round(r['ledgerP50']!), unit: 'ms' }
    yield { bench, figure: 'the same, p99', value: round(r['ledgerP99']!), unit: 'ms' }
    if (options.against.includes('spark')) {
      const s = await spark('floor', windowed ? 'windowed' : 'stateless', '40')
      yield { bench, figure: 'Spark, median', value: round(s['p50']!), unit: 'ms', against: 'spark', ratio: round(s['p50']! / r['p50']!) }
    }
  }

/** A throughput row: ours, then the same files through the anchors, in one run. */
async function* throughput(
  bench: string,
  dir: string,
  amount: number,
  unit: string,
  options: BenchOptions,
  extra: readonly string[] = [],
): AsyncIterable<Figure> {
  const r = await repeated(options.repeat, () => program(bench, dir, ...extra))
  const ours = r['ms']!
  yield { bench, figure: 'throughput', value: round(amount / (ours / 1000)), unit: `${unit}/s` }
  yield { bench, figure: 'time from start() to the last commit', value: round(ours), unit: 'ms' }
  yield { bench, figure: 'CPU', value: round(r['cpuMs']!), unit: 'ms' }
  yield { bench, figure: 'peak RSS', value: round(r['rssMB']!), unit: 'MB' }
  if (options.against.includes('duckdb')) {
    const d = await repeated(options.repeat, () => program(`${bench}-duckdb`, dir))
    yield { bench, figure: 'one plain DuckDB script', value: round(d['ms']!), unit: 'ms', against: 'duckdb', ratio: round(d['ms']! / ours) }
  }
  if (options.against.includes('spark')) {
    const s = await spark(bench, dir)
    yield {
      bench,
      figure: 'Spark',
      value: round(amount / (s['ms']! / 1000)),
      unit: `${unit}/s`,
      against: 'spark',
      ratio: round(s['ms']! / ours),
    }
  }
}

export const BENCHES: readonly Bench[] = [
  { name: 'cold-start', describe: "process start to the first batch's result, and its memory", run: coldStart },
  { name: 'batch-stateless', describe: 'a micro-batch of 10 rows, stateless, durable local checkpoint', run: floor(false) },
  { name: 'batch-windowed', describe: 'a micro-batch of 10 rows, windowed aggregation, durable', run: floor(true) },
  {
    name: 'word-count',
    describe: 'word count of 1 GB of text, complete mode, bounded batches',
    run: async function* (options) {
      const files = options.quick ? 2 : 16
      const dir = await words(files)
      yield* throughput('word-count', dir, bytesIn(dir, files, 'txt') / MB, 'MB', options)
    },
  },
  {
    name: 'taxi',
    describe: 'taxi CSV: to_timestamp, casts, 5-minute window sums by zone, append; 10 M rows',
    run: async function* (options) {
      const files = options.quick ? 2 : 10
      yield* throughput('taxi', await taxi(files), files * 1_000_000, 'rows', options)
    },
  },
  {
    name: 'object-store',
    describe: 'requests, bytes and time of a 10-row batch whose checkpoint is in S3, counted by a proxy in front of a local server',
    run: async function* (options) {
      for (const kind of ['stateless', 'files', 'stateful']) {
        const r = await program('object-store', kind, options.quick ? '120' : '460')
        yield { bench: 'object-store', figure: `${kind}: requests per batch`, value: round(r['perBatch']!), unit: 'requests' }
        for (const [key, value] of Object.entries(r)) {
          if (key.startsWith('calls '))
            yield { bench: 'object-store', figure: `${kind}: ${key.slice(6)} per batch`, value: round(value), unit: 'requests' }
        }
        yield { bench: 'object-store', figure: `${kind}: bytes per batch`, value: round(r['bytesPerBatch']!), unit: 'bytes' }
        yield { bench: 'object-store', figure: `${kind}: answers that are errors`, value: r['errors']!, unit: 'answers' }
        yield { bench: 'object-store', figure: `${kind}: median of a batch`, value: round(r['p50']!), unit: 'ms' }
      }
    },
  },
  {
    name: 'small-files',
    describe: 'a Delta table of 10,000 batches of 100 rows, compacted beside the stream, read against the same rows in a few large files',
    run: async function* (options) {
      const r = await program('small-files', options.quick ? '300' : '10000')
      const bench = 'small-files'
      yield { bench, figure: 'a batch, compaction and checkpoints included', value: round(r['batchMs']!), unit: 'ms' }
      yield { bench, figure: 'files left to put together', value: r['left']!, unit: 'files' }
      yield { bench, figure: 'three aggregates over the table', value: round(r['smallMs']!), unit: 'ms' }
      yield {
        bench,
        figure: 'the same over large files',
        value: round(r['largeMs']!),
        unit: 'ms',
        ratio: round(r['largeMs']! / r['smallMs']!),
        against: 'large files',
      }
    },
  },
  KAFKA_LATENCY,
  ...KAFKA,
  {
    name: 'idle',
    describe: 'an idle query with 10,000 files in its source directory',
    run: async function* (options) {
      const r = await program('idle', options.quick ? '10' : '30')
      yield { bench: 'idle', figure: 'share of a core', value: round(r['percent']!), unit: '%' }
    },
  },
]
