import type { StreamTarget, StreamWrite } from '../engine/contract.ts'
import { MillraceError } from '../errors/index.ts'
import { type DataStreamWriter, startWatched, type TriggerOptions, writeOf } from './data-stream-writer.ts'
import type { FrameBase } from './frame-base.ts'
import { callerLine } from './origin.ts'
import type { StreamingQuery } from './streaming-query.ts'

/** What the sinks of one query share. What is left out is taken from the writers, where they agree. */
export interface SeveralSinksOptions {
  /** One for all sinks. */
  readonly checkpointLocation?: string
  readonly queryName?: string
  readonly trigger?: TriggerOptions
}

type Writers = readonly DataStreamWriter<any, any, any, any>[]

/** Starts one query that hands each batch to several sinks. */
export async function startSeveral(frame: FrameBase, writers: Writers, options: SeveralSinksOptions): Promise<StreamingQuery> {
  const { context, plan } = frame
  const write = joined(frame, writers, options, callerLine())
  context.tracker.used(plan)
  return startWatched(frame, plan, write)
}

function joined(frame: FrameBase, writers: Writers, options: SeveralSinksOptions, origin: string | undefined): StreamWrite {
  if (writers.length === 0) refuse(writers.length, 'at least one writer of this frame')
  const parts = writers.map(writer => writeOf(writer, options, origin))
  if (parts.some(part => part.plan !== frame.plan)) refuse('writers of other frames', 'writers of the frame itself: frame.writeStream…')
  const writes = parts.map(part => part.write)
  const outputMode = agreed(
    'outputMode',
    writes.map(write => write.outputMode),
  )!
  const trigger =
    agreed('trigger', options.trigger === undefined ? parts.flatMap(part => part.trigger ?? []) : [writes[0]!.trigger]) ??
    writes[0]!.trigger
  const checkpoint = agreed('checkpointLocation', writes.flatMap(checkpointOf))
  refuseSamePlace(writes)
  const name = options.queryName ?? writes.find(write => write.queryName !== undefined)?.queryName
  const [first, ...also] = writes.map(write => target(write, checkpoint))
  return Object.freeze({ ...first!, outputMode, trigger, also, ...(name !== undefined && { queryName: name }), ...(origin && { origin }) })
}

const refuse = (value: unknown, expected: string): never => {
  throw new MillraceError('INVALID_ARGUMENT', { name: 'writeStreams', value, expected })
}

/** The one value that all say who say something. */
function agreed<T>(name: string, values: readonly T[]): T | undefined {
  const texts = new Map(values.map(value => [JSON.stringify(value), value]))
  if (texts.size > 1) throw new MillraceError('SINKS_DISAGREE', { name, values: [...texts.keys()] })
  return values[0]
}

const CHECKPOINT = 'checkpointlocation'
const checkpointOf = ({ options }: StreamWrite): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => (name.toLowerCase() === CHECKPOINT ? [value] : []))

/** A sink that took its rows twice would mix up what it has written. */
function refuseSamePlace(writes: readonly StreamWrite[]): void {
  const seen = new Set<string>()
  for (const { format, path, table, options, queryName, foreach, foreachBatch } of writes) {
    if (foreach || foreachBatch) continue
    const rest = Object.entries(options).filter(([name]) => ![CHECKPOINT, 'path', 'queryname'].includes(name.toLowerCase()))
    const key =
      path === undefined
        ? JSON.stringify([format.toLowerCase(), table, rest.sort(), format === 'memory' ? queryName : ''])
        : JSON.stringify([path.replace(/\/+$/, '')])
    if (seen.has(key)) refuse(path ?? format, 'sinks that each write to a place of their own')
    seen.add(key)
  }
}

function target(
  { format, options, path, table, queryName, partitionBy, foreach, foreachBatch }: StreamWrite,
  checkpoint: string | undefined,
): StreamTarget {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => name.toLowerCase() !== CHECKPOINT))
  return Object.freeze({
    format,
    options: checkpoint === undefined ? own : { ...own, checkpointLocation: checkpoint },
    partitionBy,
    ...(path !== undefined && { path }),
    ...(table !== undefined && { table }),
    ...(queryName !== undefined && { queryName }),
    ...(foreach && { foreach }),
    ...(foreachBatch && { foreachBatch }),
  })
}
