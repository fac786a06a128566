import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { choosePorts } from './ports.ts'
import { startServer } from './server-process.ts'
import type { Running, Service, StartOptions } from './service.ts'

const MAIN = join(import.meta.dirname, '../../node_modules/azurite/dist/src/blob/main.js')
const READY_WITHIN_MS = 60_000
/** The account that every emulator has, with the key Microsoft has published for it. */
const ACCOUNT = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
} as const

export interface AzureAddresses {
  /** With the account in its path. */
  readonly endpoint: string
  readonly account: string
  readonly key: string
}
export type RunningAzure = Running<AzureAddresses>

/** Azurite, Microsoft's emulator of Azure Blob Storage, in memory; a development dependency of this package. */
export const azureService: Service<AzureAddresses> = {
  name: 'azure',
  missing: () => (existsSync(MAIN) ? undefined : 'azurite is not installed: npm install'),
  install: async () => {},
  start: startAzure,
}

async function startAzure({ dir, ports: wanted }: StartOptions): Promise<RunningAzure> {
  await mkdir(dir, { recursive: true })
  const ports = await choosePorts(['http'], wanted)
  const where = ['--blobHost', '127.0.0.1', '--blobPort', String(ports.http)]
  // The newest client speaks a newer version of the protocol than the emulator knows.
  const quiet = ['--inMemoryPersistence', '--silent', '--disableTelemetry', '--skipApiVersionCheck']
  const started = await startServer(process.execPath, [MAIN, ...where, ...quiet], {
    cwd: dir,
    log: join(dir, 'azure.log'),
    ready: async logged => logged().includes('successfully listens'),
    withinMs: READY_WITHIN_MS,
  })
  const endpoint = `http://127.0.0.1:${ports.http}/${ACCOUNT.account}`
  return { service: 'azure', dir, process: started, ports, addresses: { endpoint, ...ACCOUNT } }
}
