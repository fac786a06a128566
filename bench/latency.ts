import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafkaService } from '../scripts/services/kafka.ts'
import { stopProcess } from '../scripts/services/server-process.ts'
import { type Bench, round } from './figure.ts'
import { program } from './process.ts'

const CASES = [
  ['harness', 'full', 'there and back without a map'],
  ['at-least-once', 'full', 'at least once, ledger fsynced'],
  ['at-least-once', 'os', "at least once, sync: 'os'"],
  ['transactional', 'full', 'transactional, ledger fsynced'],
  ['transactional', 'os', "transactional, sync: 'os'"],
] as const

/** Against the broker `BENCH_KAFKA` names, else one of its own. */
export const KAFKA_LATENCY: Bench = {
  name: 'kafka-latency',
  describe: 'Kafka -> JSON map -> Kafka at 1,000 messages/s: from send to the consumer',
  run: async function* ({ quick }) {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-kafka-'))
    const given = process.env['BENCH_KAFKA']
    if (given === undefined) await kafkaService.install()
    const own = given === undefined ? await kafkaService.start({ dir }) : undefined
    try {
      const brokers = given ?? own!.addresses.plaintext
      for (const [kind, sync, figure] of CASES) {
        const r = await program('kafka-latency', brokers, kind, sync, quick ? '10' : '60')
        yield { bench: 'kafka-latency', figure: `${figure}: median`, value: round(r['p50']!), unit: 'ms' }
        yield { bench: 'kafka-latency', figure: `${figure}: p99`, value: round(r['p99']!), unit: 'ms' }
        if (r['missing'] !== 0)
          yield { bench: 'kafka-latency', figure: `${figure}: messages that did not come`, value: r['missing']!, unit: '' }
      }
    } finally {
      if (own) await stopProcess(own.process)
      rmSync(dir, { recursive: true, force: true })
    }
  },
}
