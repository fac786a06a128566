import type { AnalyzeEnv } from '../../src/analyze/index.ts'
import { field, parseDdl, type StructType, stringType, structType } from '../../src/types/index.ts'

/** An environment for tests over recorded plans: sources declare their schema, text has one column, statics are given beside the plan. */
export function goldenEnv(
  statics: Readonly<Record<string, { readonly schema: string }>> = {},
  conf: Readonly<Record<string, string>> = {},
): AnalyzeEnv {
  const staticSchema = (path: string): StructType | undefined => {
    const found = statics[path.replace(/^static:/, '')]
    return found && parseDdl(found.schema)
  }
  return {
    timeZone: 'UTC',
    sourceSchema: r => {
      const source = r.dataSource!
      const path = source.paths?.[0] ?? ''
      if (path.startsWith('static:')) return staticSchema(path)
      if (source.schema) return parseDdl(source.schema)
      if (source.format === 'rate-micro-batch' || source.format === 'rate') return parseDdl('timestamp TIMESTAMP, value BIGINT')
      return structType([field('value', stringType)])
    },
    table: () => undefined,
    conf: key => conf[key],
  }
}
