import { Delivery } from './alerts/deliver.ts'
import { QueryAlerts } from './alerts/query-alerts.ts'
import { RowAlerts } from './alerts/row-alerts.ts'
import { readRules } from './alerts/rules.ts'
import { QueryBook } from './book.ts'
import type { WatchHost, Watching, WatchOptions, WatchSessionOptions } from './contract.ts'
import { Lineage } from './lineage/lineage.ts'
import { WatchServer } from './server.ts'
import { globalTracer, tracing } from './tracing.ts'

/** Turns on what was asked for. @throws WATCH_OPTION, ALERT_INVALID, MISSING_DEPENDENCY, HTTP_LISTEN_FAILED */
export async function openWatching(options: WatchSessionOptions, host: WatchHost): Promise<Watching> {
  const book = new QueryBook(host.platform.clock)
  const alerts = options.alerts === undefined ? undefined : alertsOf(options.alerts, book, host)
  const lineage = options.lineage && new Lineage(options.lineage, host.platform, host.warn)
  const tracer = options.tracer === true ? await globalTracer() : options.tracer
  const server = options.watch === undefined ? undefined : await serve(options.watch, book, host)
  // The book first: whoever hears of an event behind it finds it there.
  const spans = tracer && tracing(tracer, book, host.platform.clock)
  const listeners = [book.listener, alerts?.queries.listener, lineage?.listener, spans].filter(listener => listener !== undefined)
  const deafen = listeners.map(listener => host.bus.add(listener))
  return {
    url: server?.url,
    rows: alerts?.rows,
    lineage,
    close: async () => {
      for (const stop of deafen) stop()
      alerts?.queries.close()
      await Promise.all([server?.close(), alerts?.delivery.close(), lineage?.close()])
    },
  }
}

function alertsOf(options: NonNullable<WatchSessionOptions['alerts']>, book: QueryBook, { platform, warn, files }: WatchHost) {
  const rules = readRules(options)
  const delivery = new Delivery(options, platform, warn)
  return {
    delivery,
    queries: new QueryAlerts(rules, book, delivery, platform.clock),
    rows: new RowAlerts(rules, delivery, files, platform.clock, warn),
  }
}

function serve(given: number | WatchOptions, book: QueryBook, { platform, running }: WatchHost): Promise<WatchServer> {
  const options = typeof given === 'number' ? { port: given } : given
  return WatchServer.open(options, { book, running, now: () => platform.clock.now(), token: options.token })
}
