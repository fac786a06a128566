import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lacking } from './command.ts'
import { choosePorts } from './ports.ts'
import { hasPackages, PYTHON_HINT, pythonWith } from './python.ts'
import { startServer } from './server-process.ts'
import type { Running, Service, StartOptions } from './service.ts'

const PACKAGES = [
  'fakesnow[server]==0.12.1',
  'snowflake-connector-python==4.8.1',
  'duckdb==2.0.0',
  'sqlglot==30.22.0',
  'starlette==1.10.0',
  'uvicorn==0.54.0',
]
const SHIM = join(import.meta.dirname, 'fakesnow_shim.py')
const READY_WITHIN_MS = 120_000

export interface FakesnowAddresses {
  /** What `sfURL` is given: a server on this machine. */
  readonly url: string
}
export type RunningFakesnow = Running<FakesnowAddresses>

/** A server with Snowflake's login, SQL and internal stages over DuckDB. It asks nobody for a key, a right or a warehouse, and forgets all when it ends. */
export const fakesnowService: Service<FakesnowAddresses> = {
  name: 'fakesnow',
  missing: () => lacking(hasPackages(PACKAGES) ? {} : { python3: PYTHON_HINT }),
  install: async () => {
    await pythonWith(PACKAGES)
  },
  start: startFakesnow,
}

async function startFakesnow(options: StartOptions): Promise<RunningFakesnow> {
  const python = await pythonWith(PACKAGES)
  const { dir } = options
  await mkdir(join(dir, 'stages'), { recursive: true })
  const ports = await choosePorts(['http'], options.ports)
  const url = `http://127.0.0.1:${ports.http}`
  const process = await startServer(python.program, [SHIM, String(ports.http)], {
    cwd: dir,
    log: join(dir, 'fakesnow.log'),
    // Its stages are folders of the system's temporary one.
    env: { ...python.env, TMPDIR: join(dir, 'stages') },
    ready: () =>
      fetch(`${url}/ready`).then(
        answer => answer.ok,
        () => false,
      ),
    withinMs: READY_WITHIN_MS,
  })
  return { service: 'fakesnow', dir, process, ports, addresses: { url } }
}
