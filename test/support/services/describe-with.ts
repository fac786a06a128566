import { beforeAll, describe, it } from 'vitest'
import { kafkaService } from '../../../scripts/services/kafka.ts'
import { registryService } from '../../../scripts/services/registry.ts'
import type { Service } from '../../../scripts/services/service.ts'
import { shared } from './shared.ts'

const SERVICES: Readonly<Record<string, Service<unknown>>> = { kafka: kafkaService, registry: registryService }
/** The first use on a machine downloads. */
const START_WITHIN_MS = 300_000

/**
 * `describe` for tests that need real servers: they run before the first test of the body. On a machine that cannot have them the tests are
 * skipped and the title says why; in CI (`CI` set) that is a failure.
 * @example describeWith('kafka', 'the Kafka source', () => { it('reads', async () => { const broker = await kafka() … }) })
 */
export function describeWith(needs: 'kafka' | 'registry' | readonly ('kafka' | 'registry')[], title: string, body: () => void): void {
  const services = [needs].flat().map(name => SERVICES[name]!)
  const lack = services.map(service => service.missing()).find(reason => reason !== undefined)
  if (lack === undefined) {
    describe(title, () => {
      beforeAll(async () => {
        for (const service of services) await shared(service)
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
