import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One side of an open WebSocket, as RFC 6455 has it: enough of a server to test a client against. */
export interface Peer {
  readonly request: IncomingMessage
  /** Texts that came. */
  readonly heard: string[]
  send(data: string | Uint8Array): void
  /** Closes as the protocol wants it. */
  close(code: number): void
  /** Breaks the connection off. */
  drop(): void
}

export interface WebSocketServer extends AsyncDisposable {
  readonly url: string
  readonly peers: Peer[]
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export async function webSocketServer(onOpen: (peer: Peer) => void = () => {}): Promise<WebSocketServer> {
  const peers: Peer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(426).end())
  server.on('upgrade', (request, socket: Socket) => {
    sockets.add(socket)
    const accept = createHash('sha1')
      .update(request.headers['sec-websocket-key']! + GUID)
      .digest('base64')
    const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]
    const more = protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`,
    )
    const peer = peerOf(request, socket)
    peers.push(peer)
    onOpen(peer)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed`, peers, [Symbol.asyncDispose]: close }
}

function peerOf(request: IncomingMessage, socket: Socket): Peer {
  const heard: string[] = []
  const frame = (opcode: number, body: Uint8Array) => {
    const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 255]
    if (!socket.destroyed) socket.write(Buffer.concat([Buffer.from([0x80 | opcode, ...length]), body]))
  }
  let rest = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', chunk => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 6) {
      const short = rest[1]! & 127
      const [at, length] = short === 126 ? [4, rest.readUInt16BE(2)] : [2, short]
      if (rest.length < at + 4 + length) return
      const mask = rest.subarray(at, at + 4)
      const body = rest.subarray(at + 4, at + 4 + length).map((byte, i) => byte ^ mask[i % 4]!)
      if ((rest[0]! & 15) === 1) heard.push(Buffer.from(body).toString())
      if ((rest[0]! & 15) === 8) {
        // an answer to one's own, or one that is answered: either way it is the server that ends the connection
        frame(8, body)
        socket.end()
      }
      rest = rest.subarray(at + 4 + length)
    }
  })
  return {
    request,
    heard,
    send: data => frame(typeof data === 'string' ? 1 : 2, Buffer.from(data as never)),
    close: code => frame(8, Buffer.from([code >> 8, code & 255])),
    drop: () => socket.destroy(),
  }
}
