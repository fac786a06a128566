import { unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import * as os from 'node:os'
import { join } from 'node:path'
import type { Lock, Locks } from './locks.ts'

/** Linux forgets an abstract socket with its process; elsewhere a socket file may outlive it, and a refused connection tells. */
const address = (name: string): string => {
  if (process.platform === 'linux') return `\0millrace-${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\millrace-${name}`
  return join(os.tmpdir(), `millrace-${name}.sock`)
}

const ANSWER_WITHIN_MS = 500
const ATTEMPTS = 5

function listen(path: string, note: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => {
      socket.on('error', () => socket.destroy())
      socket.end(note)
    })
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(path, () => {
      server.unref()
      resolve(server)
    })
  })
}

/** What the living holder says of itself; undefined when nobody answers the address any more. A holder that is suspended says nothing. */
function ask(path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    let said = ''
    const socket = connect(path)
    socket.setEncoding('utf8')
    socket.setTimeout(ANSWER_WITHIN_MS, () => {
      resolve(said)
      socket.destroy()
    })
    socket.on('data', text => {
      said += text
    })
    socket.on('error', () => resolve(undefined))
    socket.on('close', () => resolve(said))
  })
}

/** Locks as local sockets: who can connect has found a living owner. */
export const nodeLocks: Locks = {
  take: async (name, note): Promise<Lock> => {
    const path = address(name)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const server = await listen(path, note)
      if (server) return { kind: 'taken', release: () => new Promise(resolve => server.close(() => resolve())) }
      const holder = await ask(path)
      if (holder !== undefined) return { kind: 'held', note: holder }
      if (process.platform !== 'linux' && process.platform !== 'win32') await unlink(path).catch(() => {})
    }
    return { kind: 'held', note: '' }
  },
}
