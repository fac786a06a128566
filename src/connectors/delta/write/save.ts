import { MillraceError } from '../../../errors/index.ts'
import type { Output, SaveContext } from '../../contract.ts'
import { TableFiles } from '../table-files.ts'
import { append, overwrite, overwritePartitions, type Rows, replaceWhere } from './operations.ts'
import { writeOptions } from './options.ts'
import { TableWriter } from './table-writer.ts'

/** A batch write: one commit, or nothing. */
export async function saveTable(context: SaveContext, output: Output): Promise<void> {
  const { given, options } = writeOptions(context, false)
  const { mode } = context
  const writer = await TableWriter.open(options.path, context)
  try {
    const where = given.replaceWhere
    if (where !== undefined && mode !== 'overwrite') conflict(['replaceWhere', `mode ${mode}`], "it replaces rows: say mode('overwrite')")
    if (where !== undefined && given.overwriteSchema) conflict(['replaceWhere', 'overwriteSchema'], 'rows that stay keep their schema')
    const dynamic = (given.partitionOverwriteMode ?? context.conf('spark.sql.sources.partitionOverwriteMode'))?.toLowerCase() === 'dynamic'
    if (dynamic && mode === 'overwrite' && given.overwriteSchema)
      conflict(['partitionOverwriteMode', 'overwriteSchema'], 'partitions that stay keep their schema')
    const txn = txnOf(given.txnAppId, given.txnVersion, context.platform.clock.now())
    const rows: Rows = { output, options, operation: 'WRITE', userMetadata: given.userMetadata, ...(txn && { txn }) }
    const tools = { files: new TableFiles(options.path, writer.store, context.store), compute: context.compute! }
    await writer.commit(async state => {
      if (state && mode === 'error') throw new MillraceError('PATH_ALREADY_EXISTS', { path: options.path })
      if (state && mode === 'ignore') return 'done'
      if (txn && (state?.txns.get(txn.appId)?.version ?? -1) >= txn.version) return 'done'
      if (mode !== 'overwrite') return append(rows, state, writer)
      if (where !== undefined) return replaceWhere(rows, where, state, writer, tools)
      return dynamic ? overwritePartitions(rows, state, writer) : overwrite(rows, state, writer)
    })
  } finally {
    await writer.close()
  }
}

function conflict(options: readonly string[], why: string): never {
  throw new MillraceError('CONFLICTING_OPTIONS', { options, format: 'delta', why })
}

function txnOf(appId: string | undefined, version: number | undefined, now: number): Rows['txn'] {
  if (appId === undefined && version === undefined) return undefined
  if (appId === undefined || version === undefined) conflict(['txnAppId', 'txnVersion'], 'they say together which write this is')
  return { appId, version, lastUpdated: now }
}
