import { MillraceError } from '../../../errors/index.ts'
import type { Source, SourceContext } from '../../contract.ts'
import { DeltaLog } from '../log/delta-log.ts'
import { shownSchema } from '../log/schema.ts'
import type { TableState } from '../log/table-state.ts'
import { deltaOptions } from '../options.ts'
import { CHANGE_COLUMNS } from '../read/change-feed.ts'
import { layoutOf } from '../read/scan-files.ts'
import { instantOf, timeline } from '../read/time-travel.ts'
import { sizeOf } from '../size.ts'
import { TableFiles } from '../table-files.ts'
import { tablePath } from '../table-path.ts'
import { LogWatch } from './log-watch.ts'
import { type Position, START } from './offset.ts'
import { schemaDifferences } from './schema-change.ts'
import { DeltaSource } from './source.ts'

type Options = ReturnType<typeof deltaOptions<'source'>>

/** Opens a stream over a table. */
export async function openSource(context: SourceContext): Promise<Source> {
  const options = deltaOptions(context, 'source', true)
  if (options.startingVersion !== undefined && options.startingTimestamp !== undefined) {
    const why = 'each of them says where to begin'
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['startingVersion', 'startingTimestamp'], format: 'delta', why })
  }
  const path = tablePath(context)
  const log = await DeltaLog.open(path, context)
  const state = await log.load()
  if (options.readChangeFeed && state.property('delta.enableChangeDataFeed') !== 'true')
    throw new MillraceError('DELTA_CHANGE_FEED_OFF', { path, version: state.version })
  const shown = shownSchema(state.schema)
  const schema = options.readChangeFeed ? { ...shown, fields: [...shown.fields, ...CHANGE_COLUMNS.fields] } : shown
  // The plan was made on the columns as they were a moment ago.
  const differences = context.schema ? schemaDifferences(context.schema, schema) : []
  if (differences.length > 0) throw new MillraceError('DELTA_SOURCE_SCHEMA_CHANGED', { path, version: state.version, differences })
  return new DeltaSource({
    log,
    files: new TableFiles(path, log.store, context.store),
    tableId: state.metadata.id,
    layout: layoutOf(state),
    schema: context.schema ?? schema,
    policy: options,
    maxFiles: options.maxFilesPerTrigger,
    maxBytes: sizeOf('maxBytesPerTrigger', options.maxBytesPerTrigger) ?? Number.POSITIVE_INFINITY,
    begin: once(() => beginning(options, state, log, context)),
    watch: new LogWatch(log.store, context.platform),
    context,
  })
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Where the first batch begins: as it was logged, else as the options say, logged at once. */
async function beginning(options: Options, state: TableState, log: DeltaLog, context: SourceContext): Promise<Position> {
  const { store, millracePath } = context.log
  const path = `${millracePath}/begin`
  const logged = await store.read(path)
  if (logged) return JSON.parse(new TextDecoder().decode(logged)) as Position
  const position = await firstPosition(options, state, log, context)
  await store.write(path, new TextEncoder().encode(JSON.stringify(position)), { run: 'delta', attempt: 0 })
  return position
}

async function firstPosition(options: Options, state: TableState, log: DeltaLog, context: SourceContext): Promise<Position> {
  const { startingVersion, startingTimestamp } = options
  const at = (version: number): Position => ({ version, index: START, initial: false })
  if (startingVersion?.toLowerCase() === 'latest') return at(state.version + 1)
  if (startingVersion !== undefined) {
    const version = /^\d+$/.test(startingVersion.trim()) ? Number(startingVersion) : -1
    if (version < 0)
      throw new MillraceError('INVALID_OPTION', {
        option: 'startingVersion',
        format: 'delta',
        value: startingVersion,
        expected: 'a version, or latest',
      })
    const history = await log.history()
    const first = history[0]?.version ?? 0
    if (version < first || version > state.version + 1)
      throw new MillraceError('DELTA_VERSION_NOT_FOUND', { path: log.path, wanted: `version ${version}`, first, last: state.version })
    return at(version)
  }
  if (startingTimestamp === undefined) return { version: state.version, index: START, initial: true }
  const time = instantOf('startingTimestamp', startingTimestamp, context.conf('spark.sql.session.timeZone'))
  const all = await timeline(log)
  const found = all.find(v => v.timestamp >= time)
  if (found) return at(found.version)
  const wanted = `version at or after ${startingTimestamp} (the last is of ${new Date(all.at(-1)?.timestamp ?? 0).toISOString()})`
  throw new MillraceError('DELTA_VERSION_NOT_FOUND', { path: log.path, wanted, first: all[0]?.version ?? 0, last: state.version })
}
