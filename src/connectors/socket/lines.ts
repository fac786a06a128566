import { createConnection, type Socket } from 'node:net'
import { MillraceError } from '../../errors/index.ts'

/** Lines from a TCP server, one callback a line. */
export interface LineFeed {
  /** Why the connection broke, once it did; a server that ends it in peace has not failed. */
  failed(): Error | undefined
  pause(): void
  resume(): void
  close(): void
}

interface Hears {
  line(text: string): void
  /** Something came: a chunk with any number of lines. */
  chunk(): void
  end(): void
}

/** Connects; rejects with SOCKET_FAILED when nobody listens. */
export function lineFeed(host: string, port: number, hears: Hears): Promise<LineFeed> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    let rest = ''
    const socket: Socket = createConnection({ host, port })
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split(/\r?\n/)
      rest = lines.pop()!
      for (const line of lines) hears.line(line)
      hears.chunk()
    })
    socket.once('connect', () =>
      resolve({ failed: () => failure, pause: () => socket.pause(), resume: () => socket.resume(), close: () => socket.destroy() }),
    )
    socket.on('error', cause => {
      failure = new MillraceError('SOCKET_FAILED', { host, port, why: cause.message }, { cause })
      reject(failure)
      hears.end()
    })
    socket.on('close', () => {
      if (rest !== '') hears.line(rest)
      rest = ''
      hears.end()
    })
  })
}
