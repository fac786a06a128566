import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type GoProgram, goProgram, lackingGo } from './go.ts'
import { choosePorts } from './ports.ts'
import { startServer } from './server-process.ts'
import type { Running, Service, StartOptions } from './service.ts'

const PROGRAM: GoProgram = { name: 'fake-gcs-server', path: 'github.com/fsouza/fake-gcs-server', version: '1.56.1' }
const READY_WITHIN_MS = 30_000

export interface GcsAddresses {
  readonly endpoint: string
  readonly project: string
}
export type RunningGcs = Running<GcsAddresses>

/** A Google Cloud Storage server that keeps everything in memory: preconditions hold, nobody is asked who he is. */
export const gcsService: Service<GcsAddresses> = {
  name: 'gcs',
  missing: () => lackingGo(PROGRAM),
  install: async () => void (await goProgram(PROGRAM)),
  start: startGcs,
}

async function startGcs({ dir, ports: wanted }: StartOptions): Promise<RunningGcs> {
  const program = await goProgram(PROGRAM)
  await mkdir(dir, { recursive: true })
  const ports = await choosePorts(['http'], wanted)
  const host = `127.0.0.1:${ports.http}`
  const endpoint = `http://${host}`
  // The last two are for resumable uploads, whose address the server makes up itself.
  const where = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(ports.http), '-public-host', host, '-external-url', endpoint]
  const process = await startServer(program, [...where, '-backend', 'memory', '-log-level', 'warn'], {
    cwd: dir,
    log: join(dir, 'gcs.log'),
    ready: () =>
      fetch(`${endpoint}/_internal/healthcheck`).then(
        answer => answer.ok,
        () => false,
      ),
    withinMs: READY_WITHIN_MS,
  })
  return { service: 'gcs', dir, process, ports, addresses: { endpoint, project: 'millrace' } }
}
