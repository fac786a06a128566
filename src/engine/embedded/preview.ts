import type { Connector } from '../../connectors/contract.ts'
import { outlook } from '../../microbatch/index.ts'
import type { Relation } from '../../plan/index.ts'
import type { QueryPreview, StreamTarget, StreamWrite } from '../contract.ts'
import { badOutputs } from './bad-records/targets.ts'
import { badDelivery, delivery, rowsThere } from './delivery.ts'
import type { EmbeddedEngine } from './engine.ts'
import { CHANGES, examine } from './start.ts'

/** What a start would do; opens neither sources nor sinks, and writes nothing. */
export async function preview(plan: Relation, write: StreamWrite, engine: EmbeddedEngine): Promise<QueryPreview> {
  const { place, analyzed, planRecord } = await examine(plan, write, engine)
  const sources = await Promise.all(analyzed.sources.map(s => engine.analysis.connector(s.format)))
  const fresh = { does: 'start-new', nextBatch: 0, reruns: false, lastCommitted: -1, changed: [] } as const
  const query = { sourceCount: analyzed.sources.length, planRecord }
  const { changed, ...rest } = place.uri === undefined ? fresh : await outlook(await engine.config.store(place.uri), query)
  return {
    sources: analyzed.sources.map(s => [s.format, ...s.paths].join(' ')),
    delivery: deliveredByAll(sources, write),
    stateful: planRecord.shape.operators.map(o => o.name),
    checkpoint: { ...(place.uri !== undefined && { location: place.uri }), ...rest, changed: changed.map(part => CHANGES[part]) },
  }
}

/** What a query that is not started yet would deliver, and which part of it limits that. */
export async function promised(plan: Relation, write: StreamWrite, engine: EmbeddedEngine): Promise<readonly string[]> {
  const analyzed = await engine.analysis.analyze(plan)
  const sources = await Promise.all(analyzed.sources.map(s => engine.analysis.connector(s.format)))
  const bad = badOutputs(analyzed).flatMap(({ target }) => {
    const known = SINKS[target.format.toLowerCase()]?.(target.options)
    return known ? [{ sink: { description: target.path ?? target.options['topic'] ?? target.format, ...known } }] : []
  })
  const connectorOf = async (target: StreamTarget): Promise<Connector | undefined> =>
    target.foreach || target.foreachBatch ? undefined : engine.analysis.connector(target.format)
  const sinks = await Promise.all([write, ...(write.also ?? [])].map(connectorOf))
  return [...deliveredByAll(sources, write), ...rowsThere(write, sinks), ...badDelivery(bad)]
}

/** What sinks say of themselves once they are open, known before. A sink that is not here tells it when the query runs. */
const SINKS: Readonly<
  Record<string, (options: StreamWrite['options']) => { readonly delivery: 'exactly-once' | 'at-least-once'; readonly why?: string }>
> = {
  csv: () => ({ delivery: 'exactly-once' }),
  json: () => ({ delivery: 'exactly-once' }),
  text: () => ({ delivery: 'exactly-once' }),
  parquet: () => ({ delivery: 'exactly-once' }),
  avro: () => ({ delivery: 'exactly-once' }),
  delta: () => ({ delivery: 'exactly-once' }),
  postgresql: () => ({ delivery: 'exactly-once' }),
  jdbc: () => ({ delivery: 'exactly-once' }),
  memory: () => ({ delivery: 'exactly-once' }),
  noop: () => ({ delivery: 'exactly-once' }),
  snowflake: () => ({ delivery: 'exactly-once' }),
  'net.snowflake.spark.snowflake': () => ({ delivery: 'exactly-once' }),
  console: () => ({ delivery: 'at-least-once', why: 'a terminal cannot take back a table it has shown' }),
  kafka: options =>
    Object.entries(options).some(([name, value]) => name.toLowerCase() === 'transactional' && value.toLowerCase() === 'true')
      ? { delivery: 'exactly-once', why: 'for readers with isolation.level read_committed' }
      : { delivery: 'at-least-once', why: "a batch that did not commit is sent again; .option('transactional', true) leaves one copy" },
}

/** Of several sinks each is named. */
function deliveredByAll(sources: readonly Connector[], { also = [], ...first }: StreamWrite): readonly string[] {
  if (also.length === 0) return delivered(sources, first)
  return [first, ...also].flatMap(target => delivered(sources, target).map(line => `${target.format}: ${line}`))
}

function delivered(sources: readonly Connector[], write: StreamTarget): readonly string[] {
  if (write.foreach || write.foreachBatch)
    return delivery(sources, {
      description: 'your function',
      delivery: 'at-least-once',
      why: 'a batch that did not commit runs again, with the same id',
    })
  const known = SINKS[write.format.toLowerCase()]?.(write.options)
  return known ? delivery(sources, { description: write.format, ...known }) : [`as the sink ${write.format} says when the query runs`]
}
