import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type GoProgram, goProgram, lackingGo } from './go.ts'
import { choosePorts } from './ports.ts'
import { startServer } from './server-process.ts'
import type { Running, Service, StartOptions } from './service.ts'

const PROGRAM: GoProgram = { name: 'versitygw', path: 'github.com/versity/versitygw/cmd/versitygw', version: '1.8.0' }
const READY_WITHIN_MS = 30_000

/** Where the S3 server listens, and the one user it knows. */
export interface S3Addresses {
  readonly endpoint: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: string
}
export type RunningS3 = Running<S3Addresses>

const USER = { region: 'us-east-1', accessKey: 'millrace-key', secretKey: 'millrace-secret-1' } as const

/**
 * An S3 server (Versity's gateway over a folder): signatures are checked, conditional writes hold. It keeps objects as files, so a key that is a
 * directory of another one is refused. Its folder must be on a file system with extended attributes.
 */
export const s3Service: Service<S3Addresses> = {
  name: 's3',
  missing: () => lackingGo(PROGRAM),
  install: async () => void (await goProgram(PROGRAM)),
  start: startS3,
}

async function startS3({ dir, ports: wanted }: StartOptions): Promise<RunningS3> {
  const program = await goProgram(PROGRAM)
  await mkdir(join(dir, 'data'), { recursive: true })
  const ports = await choosePorts(['http'], wanted)
  const endpoint = `http://127.0.0.1:${ports.http}`
  const args = ['--port', `127.0.0.1:${ports.http}`, '--region', USER.region, '--health', '/healthz', '--quiet', 'posix', join(dir, 'data')]
  const process = await startServer(program, args, {
    cwd: dir,
    log: join(dir, 's3.log'),
    env: { ROOT_ACCESS_KEY: USER.accessKey, ROOT_SECRET_KEY: USER.secretKey },
    ready: () =>
      fetch(`${endpoint}/healthz`).then(
        answer => answer.ok,
        () => false,
      ),
    withinMs: READY_WITHIN_MS,
  })
  return { service: 's3', dir, process, ports, addresses: { endpoint, ...USER } }
}
