import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from '../../../scripts/services/install.ts'
import { isAlive } from '../../../scripts/services/server-process.ts'
import type { Running, Service } from '../../../scripts/services/service.ts'
import { runDirectory } from './run-directory.ts'

/** The service of this test run: started by whoever asks first, then shared between vitest's workers. */
export async function shared<Addresses>(service: Service<Addresses>): Promise<Running<Addresses>> {
  const directory = join(runDirectory(), service.name)
  const file = join(directory, 'running.json')
  const running = (): Running<Addresses> | undefined => {
    if (!existsSync(file)) return undefined
    const known = JSON.parse(readFileSync(file, 'utf8')) as Running<Addresses>
    return isAlive(known.process) ? known : undefined
  }
  return (
    running() ??
    alone(directory, async () => {
      const known = running()
      if (known) return known
      const started = await service.start({ dir: directory, shortLived: true })
      writeFileSync(file, JSON.stringify(started))
      return started
    })
  )
}
