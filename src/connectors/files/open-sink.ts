import { MillraceError } from '../../errors/index.ts'
import { sweepTemporaries } from '../../storage/index.ts'
import type { Sink, SinkContext } from '../contract.ts'
import { readOptions } from '../options.ts'
import type { FormatName } from './format-options.ts'
import { guarded } from './guard.ts'
import { withCodec } from './names.ts'
import { checkFormat, fileOptions, formatOptions, SINK_OPTIONS } from './options.ts'
import { placesOf } from './place.ts'
import { RemoteFileSink } from './remote-sink.ts'
import { FileSink, openSinkLog } from './sink.ts'
import { SINK_LOG } from './sink-log.ts'
import { STAGE } from './stage.ts'

const known = new Set(Object.keys(SINK_OPTIONS).map(k => k.toLowerCase()))
const own = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).filter(([k]) => known.has(k.toLowerCase())))

type Store = Awaited<ReturnType<SinkContext['store']>>

/**
 * Where the ids of this query's batches begin in the log: 0, or behind another checkpoint's entries where a person allowed it.
 * Written down before the first batch and read at every restart, so that a query which died early still knows the log as its own.
 */
async function firstId(path: string, latest: number, mode: string, store: Store, context: SinkContext): Promise<number> {
  const kept = `${STAGE}/${context.queryId}.first`
  const bytes = await store.read(kept)
  if (bytes) return Number(new TextDecoder().decode(bytes))
  if (!context.newCheckpoint) return 0
  if (latest >= 0 && mode === 'refuse') throw new MillraceError('SINK_LOG_NOT_EMPTY', { path, last: latest })
  await guarded(path, () => store.writeIfAbsent(kept, new TextEncoder().encode(String(latest + 1)), { run: context.runId, attempt: 0 }))
  return latest + 1
}

/** A temporary file beside an entry of the log that is as old as this belongs to nobody who lives: an entry waits for its batch at most. */
const LEFTOVER_MS = 3_600_000

async function prepareDirectory(path: string, { platform }: SinkContext): Promise<void> {
  await guarded(path, () => platform.files.makeDir(path))
  // From now on the directory is read through the sink's log, also before the first batch is in it.
  await guarded(path, () => platform.files.makeDir(`${path}/${SINK_LOG}`))
  await sweepTemporaries([`${path}/${SINK_LOG}`], platform, LEFTOVER_MS)
}

/** Opens a file sink: checks options, output mode and columns, and that the directory's log is this query's. */
export async function openSink(format: FormatName, context: SinkContext): Promise<Sink> {
  const use = { format, side: 'sink', mode: 'stream' } as const
  readOptions(fileOptions(format), context.options, use)
  checkFormat(format, context, 'sink')
  const { retention, onExistingLog } = readOptions(SINK_OPTIONS, own(context.options), use)
  if (context.outputMode !== 'append') {
    throw new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE', { format, outputMode: context.outputMode, modes: ['append'] })
  }
  const place = (await placesOf(format, context))[0]!
  const { path } = place
  if (place.kind === 'local') await prepareDirectory(path, context)
  const store = place.kind === 'remote' ? place.store : await context.store(path)
  const log = await openSinkLog(context, store, retention)
  const first = await firstId(path, log.latest, onExistingLog, store, context)
  const parts = { format, options: withCodec(format, formatOptions(format, context.options), context.conf), context, log, firstId: first }
  if (place.kind === 'remote') return new RemoteFileSink({ ...parts, store })
  return new FileSink({ ...parts, path, stagesLeft: await stagesOf(context, path) })
}

async function stagesOf({ platform, queryId }: SinkContext, path: string): Promise<readonly string[]> {
  const names = await platform.files.list(`${path}/${STAGE}`)
  return names.filter(name => name.startsWith(`${queryId}-`)).map(name => `${path}/${STAGE}/${name}`)
}
