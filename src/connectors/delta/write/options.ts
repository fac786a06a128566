import { MillraceError } from '../../../errors/index.ts'
import type { ConnectorContext } from '../../contract.ts'
import { deltaOptions } from '../options.ts'
import { tablePath } from '../table-path.ts'
import type { WriteOptions } from './head.ts'

/** Properties whose names people know, in the spelling that counts. */
const PROPERTIES = [
  'delta.appendOnly',
  'delta.checkpointInterval',
  'delta.dataSkippingNumIndexedCols',
  'delta.deletedFileRetentionDuration',
  'delta.enableChangeDataFeed',
  'delta.enableExpiredLogCleanup',
  'delta.enableInCommitTimestamps',
  'delta.isolationLevel',
  'delta.logRetentionDuration',
]

function properties(options: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const given = Object.entries(options).filter(([key]) => /^delta\./i.test(key))
  return Object.fromEntries(
    given.map(([key, value]) => {
      const name = PROPERTIES.find(p => p.toLowerCase() === key.toLowerCase())
      if (!name) throw new MillraceError('UNKNOWN_OPTION', { option: key, format: 'delta', known: PROPERTIES })
      return [name, value]
    }),
  )
}

type Given = ReturnType<typeof deltaOptions<'sink'>>

/** The options of a write, read and put together. */
export function writeOptions(
  context: ConnectorContext & { readonly partitionBy: readonly string[] },
  streaming: boolean,
): { readonly given: Given; readonly options: WriteOptions } {
  const given = deltaOptions(context, 'sink', streaming)
  const merge = given.mergeSchema || context.conf('spark.databricks.delta.schema.autoMerge.enabled') === 'true'
  return {
    given,
    options: {
      path: tablePath(context),
      partitionBy: context.partitionBy,
      mergeSchema: merge,
      overwriteSchema: given.overwriteSchema,
      compression: given.compression === 'none' ? 'uncompressed' : given.compression,
      properties: properties(context.options),
    },
  }
}

export const keysIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map(k => k.trim())
    .filter(k => k !== '')
