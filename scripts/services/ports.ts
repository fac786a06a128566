import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { ServiceError } from './service.ts'

/** Below the ports that systems give to outgoing connections: a stopped server finds its own free again. */
const [FIRST, BEHIND] = [20_000, 32_000]
const ATTEMPTS = 100

/** A port of 127.0.0.1 for each name that nobody listens on now; those in `wanted` must be free. */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  wanted: Readonly<Record<string, number>> = {},
): Promise<Record<Name, number>> {
  const chosen = new Map<Name, number>()
  for (const name of names) {
    const port = wanted[name]
    if (port !== undefined && !(await isFree(port))) {
      throw new ServiceError(`port ${port} of 127.0.0.1 is taken: stop who listens there or ask for another one`)
    }
    chosen.set(name, port ?? (await freePort(new Set(chosen.values()))))
  }
  return Object.fromEntries(chosen) as Record<Name, number>
}

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, BEHIND)
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new ServiceError(`no free port between ${FIRST} and ${BEHIND} on 127.0.0.1`)
}

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
