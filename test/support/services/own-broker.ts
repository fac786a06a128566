import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type KafkaAddresses, kafkaService, type RunningKafka } from '../../../scripts/services/kafka.ts'
import { stopProcess } from '../../../scripts/services/server-process.ts'
import { runDirectory } from './run-directory.ts'

/** A broker that one test has to itself: it may be stopped, killed and started again on the same ports with the same data. */
export interface OwnBroker extends AsyncDisposable {
  readonly addresses: KafkaAddresses
  /** Ends it cleanly; resolves when the process is gone. */
  stop(): Promise<void>
  /** As `kill -9`. */
  kill(): Promise<void>
  /** Resolves once it answers. */
  start(): Promise<void>
}

/** @example await using broker = await ownBroker() */
export async function ownBroker(): Promise<OwnBroker> {
  const dir = join(runDirectory(), `own-kafka-${randomBytes(4).toString('hex')}`)
  let running: RunningKafka = await kafkaService.start({ dir, shortLived: true })
  const end = (signal: 'SIGTERM' | 'SIGKILL') => stopProcess(running.process, signal)
  return {
    addresses: running.addresses,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      running = await kafkaService.start({ dir, ports: running.ports, shortLived: true })
    },
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  }
}
