import { createConnection, type Socket } from 'node:net'
import { MillraceError } from '../../errors/index.ts'

/** Lines from a TCP server, one callback a line. */
export interface LineFeed {
  /** Why the connection ended, once it did. */
  ended(): Error | undefined
  close(): void
}

/** Connects; rejects with SOCKET_FAILED when nobody listens. */
export function lineFeed(host: string, port: number, onLine: (line: string) => void, onEnd: () => void): Promise<LineFeed> {
  return new Promise((resolve, reject) => {
    let ended: Error | undefined
    let rest = ''
    const socket: Socket = createConnection({ host, port })
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split(/\r?\n/)
      rest = lines.pop()!
      for (const line of lines) onLine(line)
    })
    socket.once('connect', () => resolve({ ended: () => ended, close: () => socket.destroy() }))
    socket.on('error', cause => {
      ended = new MillraceError('SOCKET_FAILED', { host, port, why: cause.message }, { cause })
      reject(ended)
      onEnd()
    })
    socket.on('close', () => {
      if (rest !== '') onLine(rest)
      rest = ''
      onEnd()
    })
  })
}
