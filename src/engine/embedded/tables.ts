import { MillraceError } from '../../errors/index.ts'
import type { EngineTables } from '../contract.ts'
import type { EmbeddedEngine } from './engine.ts'
import { notFound } from './named-tables.ts'

/** The catalog's tables, and the work their connectors offer beside reading and writing. */
export function tablesOf(engine: EmbeddedEngine): EngineTables {
  const { config } = engine
  return {
    list: async () => (await config.tables?.list()) ?? [],
    find: async name => config.tables?.find(name),
    drop: async name => (await config.tables?.drop(name)) ?? false,
    call: async (target, work, options) => {
      const isPath = target.includes('/') && !target.includes('`')
      const named = isPath ? undefined : await config.tables?.find(target)
      if (!named && !isPath) throw await notFound(target, config)
      const { format, location } = named ?? { format: 'delta', location: target }
      const connector = await engine.analysis.connector(format)
      const does = connector.work?.[work]
      if (!does) throw new MillraceError('TABLE_NOT_DELTA', { name: target, format, what: work })
      const { platform, conf, store, compute, warn } = config
      return does({ platform, conf, store, ...(compute && { compute }), warn, options, paths: [location] })
    },
  }
}
