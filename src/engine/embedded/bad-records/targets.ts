import { isAbsolute, join, normalize } from 'node:path'
import type { Analyzed } from '../../../analyze/index.ts'
import { type BadRecordsTarget, badRecordsTarget } from '../../../connectors/bad-records.ts'
import type { Connector, Sink, SinkContext } from '../../../connectors/contract.ts'
import { MillraceError } from '../../../errors/index.ts'
import { KAFKA_LETTER, LETTER } from './dead-letters.ts'

/** One place for dead letters, and the sources whose bad records go there. */
export interface BadOutput {
  /** Of the batch's output: `bad`, `bad1`, … */
  readonly name: string
  readonly target: BadRecordsTarget
  /** For people. */
  readonly place: string
  readonly sources: readonly { readonly index: number; readonly description: string }[]
}

/** Where the bad records of a plan's sources go; sources that name the same place share it. */
export function badOutputs(analyzed: Analyzed): readonly BadOutput[] {
  const byPlace = new Map<string, { target: BadRecordsTarget; sources: { index: number; description: string }[] }>()
  for (const source of analyzed.sources) {
    const target = badRecordsTarget(source.format, source.options)
    if (!target || source.sameAs !== undefined) continue
    const key = JSON.stringify([target.format, target.path, target.options])
    const found = byPlace.get(key) ?? { target, sources: [] }
    const of = source.paths[0] ?? Object.entries(source.options).find(([name]) => /^subscribe|^assign$/i.test(name))?.[1]
    found.sources.push({ index: source.sourceIndex!, description: of === undefined ? source.format : `${source.format} (${of})` })
    byPlace.set(key, found)
  }
  return [...byPlace.values()].map(({ target, sources }, i) => ({
    name: i === 0 ? 'bad' : `bad${i}`,
    target,
    place: target.path ?? target.options['topic'] ?? target.format,
    sources,
  }))
}

/** Refuses what can be refused before anything is opened. */
export function checkBadOutputs(outputs: readonly BadOutput[], analyzed: Analyzed, writes: string | undefined, cwd: string): void {
  const whole = (path: string): string => normalize(isAbsolute(path) ? path : join(cwd, path)).replace(/(?<=.)\/+$/, '')
  const plain = (path: string): string => whole(path.replace(/^file:\/*(?=\/)/, ''))
  const taken = new Set([...analyzed.sources.flatMap(s => s.paths), ...(writes === undefined ? [] : [writes])].map(plain))
  for (const { target, sources } of outputs) {
    const source = analyzed.sources.find(s => s.sourceIndex === sources[0]!.index)!
    if (source.format.toLowerCase() === 'parquet') {
      throw new MillraceError('NOT_SUPPORTED', {
        what: 'badRecords of parquet files',
        instead: 'They hold typed values, so nothing is left to parse; use try_cast and try_ functions.',
      })
    }
    if (target.path !== undefined && taken.has(plain(target.path)))
      throw new MillraceError('BAD_RECORDS_BESIDE_DATA', { path: target.path })
  }
}

/** Opens the sink of one place: beside the query's own, with a name of its own for transactions and files. */
export function openBadSink({ name, target }: BadOutput, connector: Connector, context: SinkContext): Promise<Sink> {
  if (!connector.sink) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format: target.format, side: 'badRecords' })
  const schema = target.format === 'kafka' ? KAFKA_LETTER : LETTER
  connector.checkColumns?.(schema, [])
  return connector.sink({
    ...context,
    options: target.options,
    paths: target.path === undefined ? [] : [target.path],
    schema,
    queryId: `${context.queryId}-${name}`,
    partitionBy: [],
    outputMode: 'append',
    mayStayEmpty: true,
  })
}
