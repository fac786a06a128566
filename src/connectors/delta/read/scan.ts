import { MillraceError } from '../../../errors/index.ts'
import type { StructType } from '../../../types/index.ts'
import type { ConnectorContext, Scan, ScanContext } from '../../contract.ts'
import { DeltaLog } from '../log/delta-log.ts'
import { shownSchema } from '../log/schema.ts'
import type { TableState } from '../log/table-state.ts'
import { deltaOptions } from '../options.ts'
import { TableFiles } from '../table-files.ts'
import { tablePath } from '../table-path.ts'
import { CHANGE_COLUMNS, changesBetween } from './change-feed.ts'
import { layoutOf, scanOf } from './scan-files.ts'
import { mayHold } from './skip-files.ts'
import { instantOf, timeline, versionAt } from './time-travel.ts'

/** The table as the options of a read want it. */
async function stateWanted(log: DeltaLog, context: ConnectorContext): Promise<TableState> {
  const { versionAsOf, timestampAsOf } = deltaOptions(context, 'source')
  if (versionAsOf !== undefined && timestampAsOf !== undefined) {
    const why = 'each of them says which version to read'
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['versionAsOf', 'timestampAsOf'], format: 'delta', why })
  }
  if (versionAsOf !== undefined) return log.load(versionAsOf)
  if (timestampAsOf === undefined) return log.shared()
  const time = instantOf('timestampAsOf', timestampAsOf, context.conf('spark.sql.session.timeZone'))
  return log.load(await versionAt(log, time, timestampAsOf))
}

/** The columns of a table, with those of its change feed where that is read. A declared schema is refused: a table has its own. */
export async function readSchema(context: ConnectorContext): Promise<StructType> {
  if (context.schema)
    throw new MillraceError('NOT_SUPPORTED', {
      what: 'a schema for a Delta table',
      why: 'the table has its own',
      instead: 'Leave schema() out and select or cast columns.',
    })
  const log = await DeltaLog.open(tablePath(context), context)
  const state = await stateWanted(log, context)
  const own = shownSchema(state.schema)
  const feed = deltaOptions(context, 'source').readChangeFeed
  return feed ? { ...own, fields: [...own.fields, ...CHANGE_COLUMNS.fields] } : own
}

/** A batch read: the files of one version, those that filters rule out left out; or the changes of several. */
export async function scanTable(context: ScanContext): Promise<Scan> {
  const path = tablePath(context)
  const log = await DeltaLog.open(path, context)
  const files = new TableFiles(path, log.store, context.store)
  if (deltaOptions(context, 'source').readChangeFeed) return scanChanges(log, files, context)
  const state = await stateWanted(log, context)
  const layout = layoutOf(state)
  const wanted = [...state.files.values()].filter(f => (context.filters ?? []).every(filter => mayHold(f, filter, layout)))
  return scanOf(wanted, layout, files)
}

async function scanChanges(log: DeltaLog, files: TableFiles, context: ConnectorContext): Promise<Scan> {
  const options = deltaOptions(context, 'source')
  const zone = context.conf('spark.sql.session.timeZone')
  const state = await log.load()
  if (state.property('delta.enableChangeDataFeed') !== 'true')
    throw new MillraceError('DELTA_CHANGE_FEED_OFF', { path: log.path, version: state.version })
  const at = async (option: 'startingTimestamp' | 'endingTimestamp'): Promise<number | undefined> => {
    const text = options[option]
    if (text === undefined) return undefined
    const time = instantOf(option, text, zone)
    const all = await timeline(log)
    return option === 'startingTimestamp' ? all.find(v => v.timestamp >= time)?.version : all.findLast(v => v.timestamp <= time)?.version
  }
  const first = options.startingVersion === undefined ? await at('startingTimestamp') : Number(options.startingVersion)
  if (first === undefined || !Number.isInteger(first)) {
    throw new MillraceError('MISSING_OPTION', {
      option: 'startingVersion',
      format: 'delta',
      describe: 'The first version whose changes are read.',
    })
  }
  const last = options.endingVersion ?? (await at('endingTimestamp')) ?? state.version
  const changes = []
  for (let version = first; version <= Math.min(last, state.version); version++) {
    const commit = await log.commit(version)
    if (!commit)
      throw new MillraceError('DELTA_VERSION_NOT_FOUND', { path: log.path, wanted: `version ${version}`, first: 0, last: state.version })
    changes.push(...changesBetween(commit, log.path))
  }
  return scanOf(changes, layoutOf(state), files, CHANGE_COLUMNS)
}
