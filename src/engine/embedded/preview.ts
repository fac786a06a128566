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
    delivery: deliveredByAll(sources, write, await connectorsOf(write, engine)),
    stateful: planRecord.shape.operators.map(o => o.name),
    checkpoint: { ...(place.uri !== undefined && { location: place.uri }), ...rest, changed: changed.map(part => CHANGES[part]) },
  }
}

/** What a query that is not started yet would deliver, and which part of it limits that. */
export async function promised(plan: Relation, write: StreamWrite, engine: EmbeddedEngine): Promise<readonly string[]> {
  const analyzed = await engine.analysis.analyze(plan)
  const sources = await Promise.all(analyzed.sources.map(s => engine.analysis.connector(s.format)))
  const bad = await Promise.all(
    badOutputs(analyzed).map(async ({ target }) => {
      const known = (await engine.analysis.connector(target.format)).delivers?.(target.options)
      return known ? [{ sink: { description: target.path ?? target.options['topic'] ?? target.format, ...known } }] : []
    }),
  )
  const sinks = await connectorsOf(write, engine)
  return [...deliveredByAll(sources, write, sinks), ...rowsThere(write, sinks), ...badDelivery(bad.flat())]
}

/** Of several sinks each is named. */
function deliveredByAll(sources: readonly Connector[], { also = [], ...first }: StreamWrite, sinks: readonly (Connector | undefined)[]) {
  if (also.length === 0) return delivered(sources, first, sinks[0])
  return [first, ...also].flatMap((target, i) => delivered(sources, target, sinks[i]).map(line => `${target.format}: ${line}`))
}

function delivered(sources: readonly Connector[], target: StreamTarget, sink: Connector | undefined): readonly string[] {
  if (!sink)
    return delivery(sources, {
      description: 'your function',
      delivery: 'at-least-once',
      why: 'a batch that did not commit runs again, with the same id',
    })
  const known = sink.delivers?.(target.options)
  return known ? delivery(sources, { description: target.format, ...known }) : [`as the sink ${target.format} says when the query runs`]
}

/** The connector of each sink; undefined where it is a function of the person's own. */
const connectorsOf = (write: StreamWrite, engine: EmbeddedEngine): Promise<(Connector | undefined)[]> =>
  Promise.all(
    [write, ...(write.also ?? [])].map(async (target: StreamTarget) =>
      target.foreach || target.foreachBatch ? undefined : engine.analysis.connector(target.format),
    ),
  )
