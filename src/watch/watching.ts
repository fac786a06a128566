import { QueryBook } from './book.ts'
import type { WatchHost, Watching, WatchOptions, WatchSessionOptions } from './contract.ts'
import { WatchServer } from './server.ts'

/** Turns on what was asked for. @throws WATCH_OPTION, HTTP_LISTEN_FAILED */
export async function openWatching(options: WatchSessionOptions, host: WatchHost): Promise<Watching> {
  const book = new QueryBook(host.platform.clock)
  const deafen = host.bus.add(book.listener)
  const server = options.watch === undefined ? undefined : await serve(options.watch, book, host)
  return {
    url: server?.url,
    close: async () => {
      deafen()
      await server?.close()
    },
  }
}

function serve(given: number | WatchOptions, book: QueryBook, { platform, running }: WatchHost): Promise<WatchServer> {
  const options = typeof given === 'number' ? { port: given } : given
  return WatchServer.open(options, { book, running, now: () => platform.clock.now(), token: options.token })
}
