import type { Connector, Sink } from '../../connectors/contract.ts'
import type { StreamWrite } from '../contract.ts'

/** What a whole query delivers, which part of it limits that, and what may never come in. */
export const delivery = (sources: readonly Connector[], sink: Pick<Sink, 'delivery' | 'why' | 'description'>): readonly string[] => [
  ...promise(sources, sink),
  ...new Set(sources.flatMap(s => (s.gaps === undefined ? [] : [`not: ${s.gaps} (${s.name})`]))),
]

function promise(sources: readonly Connector[], sink: Pick<Sink, 'delivery' | 'why' | 'description'>): readonly string[] {
  const once = sources.filter(s => s.replayable === false)
  if (once.length > 0) {
    const names = [...new Set(once.map(s => s.name))].join(', ')
    return [`at most once: rows of ${names} exist only once, so what was read but not committed is lost when the process dies`]
  }
  if (sink.delivery === 'at-least-once')
    return [`at least once, limited by the sink ${sink.description}: ${sink.why ?? 'it cannot tell a batch it has already written'}`]
  const readers = sink.why === undefined ? '' : `; ${sink.why}`
  return [`exactly once: every source can be read again, and the sink takes each batch once${readers}`]
}

/** The same for each sink of a query; of several, each is named. */
export const mainDelivery = (
  sources: readonly Connector[],
  bindings: readonly { readonly sink: Pick<Sink, 'delivery' | 'why' | 'description'> }[],
): readonly string[] =>
  bindings.flatMap(({ sink }) => delivery(sources, sink).map(line => (bindings.length === 1 ? line : `${sink.description}: ${line}`)))

/** What becomes of rows that the sinks hold already. */
export const rowsThere = (
  { also = [], ...first }: Pick<StreamWrite, 'outputMode' | 'format' | 'options' | 'also'>,
  sinks: readonly (Connector | undefined)[],
): readonly string[] =>
  [first, ...also].flatMap(({ format, options }, i) => {
    const said = sinks[i]?.rowsThere?.({ outputMode: first.outputMode, options })
    return said === undefined ? [] : [`rows that are there (${format}): ${said}`]
  })

/** What becomes of records that are set aside. */
export const badDelivery = (bindings: readonly { readonly sink: Pick<Sink, 'delivery' | 'why' | 'description'> }[]): readonly string[] =>
  bindings.map(({ sink }) => {
    const once =
      sink.delivery === 'exactly-once'
        ? 'exactly once, with their batch'
        : `at least once: ${sink.why ?? 'it cannot tell a batch it has already written'}`
    return `bad records: to ${sink.description}, ${once}`
  })
