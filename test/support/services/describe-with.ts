import { beforeAll, describe, it } from 'vitest'
import { azureService } from '../../../scripts/services/azure.ts'
import { fakesnowService } from '../../../scripts/services/fakesnow.ts'
import { gcsService } from '../../../scripts/services/gcs.ts'
import { kafkaService } from '../../../scripts/services/kafka.ts'
import { postgresService } from '../../../scripts/services/postgresql.ts'
import { registryService } from '../../../scripts/services/registry.ts'
import { s3Service } from '../../../scripts/services/s3.ts'
import type { Service } from '../../../scripts/services/service.ts'
import { shared } from './shared.ts'

const SERVICES = {
  kafka: kafkaService,
  registry: registryService,
  postgresql: postgresService,
  s3: s3Service,
  gcs: gcsService,
  azure: azureService,
  fakesnow: fakesnowService,
} as const satisfies Readonly<Record<string, Service<unknown>>>
/** A server of this run by name, or a program that is fetched before the tests run. */
export type Need = keyof typeof SERVICES | Installable
export interface Installable {
  /** What this machine lacks, in one line. */
  missing(): string | undefined
  install(): Promise<unknown>
}
/** The first use on a machine downloads. */
const START_WITHIN_MS = 600_000

/**
 * `describe` for tests that need real servers or foreign programs: these are there before the first test of the body. On a machine that cannot have them the tests are
 * skipped and the title says why; in CI (`CI` set) that is a failure.
 * @example describeWith('kafka', 'the Kafka source', () => { it('reads', async () => { const broker = await kafka() … }) })
 */
export function describeWith(needs: Need | readonly Need[], title: string, body: () => void): void {
  const all = [needs].flat() as readonly Need[]
  const lack = all.map(need => (typeof need === 'string' ? SERVICES[need] : need).missing()).find(reason => reason !== undefined)
  if (lack === undefined) {
    describe(title, () => {
      beforeAll(async () => {
        for (const need of all) await (typeof need === 'string' ? shared<unknown>(SERVICES[need]) : need.install())
      }, START_WITHIN_MS)
      body()
    })
  } else if (process.env['CI']) {
    it(title, () => {
      throw new Error(lack)
    })
  } else {
    describe.skip(`${title} (skipped: ${lack})`, body)
  }
}
