import type { Connector, ConnectorContext } from '../../contract.ts'
import { readOptions } from '../../options.ts'
import { DeltaLog } from '../log/delta-log.ts'
import { sizeOf } from '../size.ts'
import { TableFiles } from '../table-files.ts'
import { tablePath } from '../table-path.ts'
import { TableWriter } from '../write/table-writer.ts'
import { optimize } from './optimize.ts'
import { vacuum } from './vacuum.ts'

const use = { format: 'delta', side: 'sink', mode: 'batch' } as const
const VACUUM = {
  retentionHours: { type: 'integer', min: 0, describe: 'How long removed files stay.', side: 'sink' },
  dryRun: { type: 'boolean', describe: 'Says what would go and removes nothing.', default: 'false', side: 'sink' },
  force: { type: 'boolean', describe: 'Keeps files for less than the table says.', default: 'false', side: 'sink' },
} as const
const OPTIMIZE = { targetFileSize: { type: 'string', describe: 'How large files become.', default: '128m', side: 'sink' } } as const
const HISTORY = { limit: { type: 'integer', min: 1, describe: 'Most versions to tell.', side: 'sink' } } as const

async function optimizeTable(context: ConnectorContext): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const target = sizeOf('targetFileSize', readOptions(OPTIMIZE, context.options, use).targetFileSize)!
  const path = tablePath(context)
  const writer = await TableWriter.open(path, context)
  try {
    await writer.log.load()
    const files = new TableFiles(path, writer.store, context.store)
    const done = await optimize(writer, target, { files, compute: context.compute! })
    const version = (await writer.state())!.version
    if (done === 'done') return [{ filesAdded: 0, filesRemoved: 0, version }]
    const count = (kind: 'add' | 'remove'): number => done.intent.actions.filter(a => a[kind]).length
    return [{ filesAdded: count('add'), filesRemoved: count('remove'), version }]
  } finally {
    await writer.close()
  }
}

/** Newest first. */
async function history(context: ConnectorContext): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { limit = Number.POSITIVE_INFINITY } = readOptions(HISTORY, context.options, use)
  const log = await DeltaLog.open(tablePath(context), context)
  const state = await log.load()
  const told: Readonly<Record<string, unknown>>[] = []
  for (let version = state.version; version >= 0 && told.length < limit; version--) {
    const commit = await log.commit(version)
    if (!commit) break
    const info = commit.actions.find(a => a.commitInfo)?.commitInfo ?? {}
    const { operation, operationParameters, operationMetrics, userMetadata, isBlindAppend } = info
    told.push({
      version,
      timestamp: new Date(commit.timestamp),
      operation,
      operationParameters,
      operationMetrics,
      userMetadata,
      isBlindAppend,
    })
  }
  return told
}

/** What a table offers beside reading and writing. */
export const work: NonNullable<Connector['work']> = {
  vacuum: async context => {
    const given = readOptions(VACUUM, context.options, use)
    const unchecked = context.conf('spark.databricks.delta.retentionDurationCheck.enabled') === 'false'
    const options = { ...given, force: given.force || unchecked }
    const log = await DeltaLog.open(tablePath(context), context)
    return (await vacuum(log, options, context.platform.clock.now())).map(({ path, size }) => ({ path, size }))
  },
  optimize: optimizeTable,
  history,
}
